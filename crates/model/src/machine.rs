//! The seam between rules and ledger: a deterministic state machine over a working set.
//!
//! The ledger orders commands and knows nothing of their meaning; the rules decide and know
//! nothing of how they were ordered. Neither side reads a clock, a file or the network. The
//! state that a command needs is named by [`Machine::missing`] and loaded before
//! [`Machine::decide`] runs, so state may outgrow memory.

use std::fmt::Debug;

use assent_crypto::digest::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::time::Timestamp;

/// The name of one stored piece of state, such as `consent/cns_…`. Ordered, printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey(String);

impl StateKey {
    /// The key of the thing `id` in the collection `kind`.
    pub fn new(kind: &str, id: impl std::fmt::Display) -> Self {
        Self(format!("{kind}/{id}"))
    }

    /// A key as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One piece of state after a block: its new bytes, or `None` when it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which piece.
    pub key: StateKey,
    /// Its encoding, opaque to ledger and storage.
    pub value: Option<Vec<u8>>,
}

/// Stored bytes that are not a piece of state: the store is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored state `{}` cannot be read", .0.as_str())]
pub struct CorruptState(pub StateKey);

/// The part of the state that is in memory.
pub trait WorkingSet: Default + Send {
    /// Takes in a stored piece, or the knowledge that there is none.
    ///
    /// # Errors
    /// The bytes are not an encoding of a piece of this kind.
    fn load(&mut self, key: &StateKey, value: Option<&[u8]>) -> Result<(), CorruptState>;

    /// Hands out what changed since the last call, in key order.
    fn drain_changes(&mut self) -> Vec<Change>;

    /// Forgets pieces that have not been used lately until at most `pieces` are in memory.
    /// Must not be called while changes wait to be drained.
    fn evict(&mut self, pieces: usize);
}

/// What the sequencer tells the rules: when and where in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The number of the block, from 1.
    pub height: u64,
    /// The time of the block; never decreases.
    pub time: Timestamp,
}

/// The current status of one thing, as the status map commits to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Which thing, for example `cns_…`.
    pub subject: String,
    /// The digest of its canonical status.
    pub status: Digest,
}

/// Deterministic rules. `decide` is pure; `evolve` cannot fail; replay uses only `evolve`.
pub trait Machine {
    /// The working set.
    type State: WorkingSet;
    /// A verified command.
    type Command: Debug + Send + Sync;
    /// What happened. Its canonical JSON is what the log commits to.
    type Event: Debug + Clone + Serialize + DeserializeOwned + Send + Sync;
    /// A refusal, from a closed list.
    type Rejection: Debug + Clone + PartialEq + Send + Sync;

    /// The pieces of state that deciding on `command` in `context` needs and that are not loaded
    /// yet. Called again after each load until it returns nothing, so one piece may lead to
    /// another. What a command reads can change with the time of the block and with what earlier
    /// commands of the same block did, so the sequencer asks again right before it decides.
    fn missing(state: &Self::State, command: &Self::Command, context: Context) -> Vec<StateKey>;

    /// Decides on a command. [`missing`](Self::missing) has returned nothing for the same state,
    /// command and context.
    ///
    /// # Errors
    /// The first rule that the command breaks.
    fn decide(
        state: &Self::State,
        command: &Self::Command,
        context: Context,
    ) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Applies what happened.
    fn evolve(state: &mut Self::State, event: &Self::Event, context: Context);

    /// The pieces of state that applying `event` needs and that are not loaded yet (for replay).
    fn missing_for_event(state: &Self::State, event: &Self::Event) -> Vec<StateKey>;

    /// The statuses that an event changes, computed after it was applied.
    fn statuses(state: &Self::State, event: &Self::Event) -> Vec<StatusUpdate>;
}
