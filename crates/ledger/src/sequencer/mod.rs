//! The sequencer: turns ordered commands into blocks, and blocks back into state.
//!
//! It owns the working set of the rules, the status map and the growing end of the log, and does no
//! I/O: it says what it needs from the store and is given it. Ownership keeps the order of steps:
//!
//! ```text
//! Sequencer --begin---> Draft ---run--> Step::Done(ExecutedBlock, Uncommitted)
//! Sequencer --replay--> Replay --run--> Step::Done(ExecutedBlock, Uncommitted)
//!                         ^        \--> Step::Needs(Missing, …): load, then run again
//! Uncommitted --committed--> Sequencer
//!             --revoked----> Sequencer: only where nothing happened
//! ```
//!
//! There is one sequencer, and it is inside of whichever of these is alive. A block whose commit
//! fails takes it along when the [`Uncommitted`] is dropped; only [`Sequencer::resume`] from what
//! the store really has leads on (invariant 1).

mod assembly;
mod draft;
mod leaf;
mod replay;

pub use assembly::Uncommitted;
pub use draft::Draft;
pub use leaf::LeafContent;
pub use replay::{Replay, ReplayError, ReplayFault};

use assent_crypto::digest::Digest;
use assent_model::machine::{Machine, StateKey, WorkingSet};
use assent_model::time::Timestamp;

use crate::block::{BlockHeader, ExecutedBlock, Tile};
use crate::checkpoint::app_hash;
use crate::merkle::{Appender, EdgeTileMismatch, empty_root};
use crate::status_map::StatusMap;

/// Executes blocks one after the other.
pub struct Sequencer<M: Machine> {
    head: BlockHeader,
    state: M::State,
    statuses: StatusMap,
    log: Appender,
}

/// What must be loaded before a block can go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Pieces of state.
    pub state: Vec<StateKey>,
    /// Nodes of the status map, by their paths.
    pub nodes: Vec<String>,
}

/// How far a block in progress has come.
#[expect(
    clippy::large_enum_variant,
    reason = "either holds the sequencer, which decides the size"
)]
pub enum Step<M: Machine, Progress> {
    /// It goes on once these are loaded.
    Needs(Missing, Progress),
    /// It is executed and awaits its commit.
    Done(ExecutedBlock<M::Event, M::Rejection>, Uncommitted<M>),
}

/// The store's head and what it has of the log do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// A tile at the edge of the log is missing or of another size.
    #[error("the edge of the log cannot be restored")]
    Edge(#[from] EdgeTileMismatch),
    /// The tiles give another root than the head names.
    #[error("the stored tiles do not lead to the log root of the head")]
    LogRoot,
    /// The head names another application hash than its roots give.
    #[error("the application hash of the head is not that of its roots")]
    AppHash,
}

impl BlockHeader {
    /// The head of a chain without blocks, founded at a time before which no block can be.
    pub fn genesis(time: Timestamp) -> BlockHeader {
        let (log_root, status_root) = (empty_root(), Digest::ZERO);
        BlockHeader {
            height: 0,
            time,
            log_size: 0,
            log_root,
            status_root,
            app_hash: app_hash(&log_root, &status_root),
        }
    }
}

impl<M: Machine> Sequencer<M> {
    /// The sequencer of a new chain.
    pub fn new(genesis: Timestamp) -> Sequencer<M> {
        Sequencer {
            head: BlockHeader::genesis(genesis),
            state: M::State::default(),
            statuses: StatusMap::at(Digest::ZERO),
            log: Appender::default(),
        }
    }

    /// The sequencer of a chain with this head; the tiles are those that
    /// [`edge_tiles_needed`](crate::merkle::edge_tiles_needed) names for its log size.
    ///
    /// # Errors
    /// [`ResumeError`] where head and tiles are not of one and the same block.
    pub fn resume(
        head: BlockHeader,
        edge_tiles: impl IntoIterator<Item = Tile>,
    ) -> Result<Sequencer<M>, ResumeError> {
        let log = Appender::resume(head.log_size, edge_tiles)?;
        if log.root() != head.log_root {
            return Err(ResumeError::LogRoot);
        }
        if app_hash(&head.log_root, &head.status_root) != head.app_hash {
            return Err(ResumeError::AppHash);
        }
        let statuses = StatusMap::at(head.status_root);
        Ok(Sequencer {
            head,
            state: M::State::default(),
            statuses,
            log,
        })
    }

    /// Begins the next block with these commands, in this order. Its time is `now`, or that of the
    /// block before where the clock went back.
    pub fn begin(self, now: Timestamp, commands: Vec<M::Command>) -> Draft<M> {
        Draft::new(self, now, commands)
    }

    /// Begins to replay the next block from its header and the bytes of its log entries.
    ///
    /// # Errors
    /// [`ReplayError`] where they are not those of a block that follows the head.
    pub fn replay(
        self,
        header: BlockHeader,
        leaves: Vec<Vec<u8>>,
    ) -> Result<Replay<M>, ReplayError> {
        Replay::new(self, header, leaves)
    }

    /// Forgets what has not been used lately: at most so many pieces of state and nodes of the
    /// status map stay in memory.
    pub fn evict(&mut self, pieces: usize, nodes: usize) {
        self.state.evict(pieces);
        self.statuses.evict(nodes);
    }

    /// The head of the chain.
    pub fn head(&self) -> &BlockHeader {
        &self.head
    }
}
