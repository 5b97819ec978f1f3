//! Rebuilding state from the log: no command is decided again (invariant 1).

use std::collections::BTreeSet;

use assent_model::canonical::DecodeError;
use assent_model::machine::{CorruptState, Machine, StateKey};

use super::assembly::Assembly;
use super::{LeafContent, Missing, Sequencer, Step};
use crate::block::BlockHeader;
use crate::status_map::CorruptNode;

/// A block that is being replayed.
pub struct Replay<M: Machine> {
    block: Assembly<M>,
    header: BlockHeader,
    /// The events with the bytes of their leaves.
    entries: Vec<(M::Event, Vec<u8>)>,
    recorded: usize,
}

/// A block that cannot be replayed: the log, the header or the rules are not those of then.
#[derive(Debug, thiserror::Error)]
#[error("block {height} cannot be replayed")]
pub struct ReplayError {
    /// The block.
    pub height: u64,
    /// What is wrong with it.
    #[source]
    pub fault: ReplayFault,
}

/// What is wrong with a block that cannot be replayed, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub enum ReplayFault {
    /// The block does not follow the head: another height, or an earlier time.
    #[error("the block does not follow the one before")]
    OutOfOrder,
    /// An entry is not a leaf of this log.
    #[error("the log entry {index} cannot be read")]
    Undecodable {
        /// The position of the entry in the log.
        index: u64,
        /// Why.
        #[source]
        source: DecodeError,
    },
    /// An entry names another index, height or time than those of its place.
    #[error("the log entry {index} is not of this place")]
    Misplaced {
        /// The position of the entry in the log.
        index: u64,
    },
    /// The block leads to other roots than its header names.
    #[error("the block leads to other roots than its header names")]
    OtherRoots,
}

impl<M: Machine> Replay<M> {
    pub(super) fn new(
        sequencer: Sequencer<M>,
        header: BlockHeader,
        leaves: Vec<Vec<u8>>,
    ) -> Result<Replay<M>, ReplayError> {
        let height = header.height;
        match decode_leaves(&sequencer.head, &header, leaves) {
            Ok(entries) => {
                let block = Assembly::new(sequencer, header.time);
                Ok(Replay {
                    block,
                    header,
                    entries,
                    recorded: 0,
                })
            }
            Err(fault) => Err(ReplayError { height, fault }),
        }
    }

    /// Applies events until something must be loaded or all are applied.
    ///
    /// A replayed block has no outcomes: which command led to which events is not in the log.
    ///
    /// # Errors
    /// [`ReplayFault::OtherRoots`] where the block does not lead to what its header says.
    pub fn run(mut self) -> Result<Step<M, Replay<M>>, ReplayError> {
        while let Some((event, leaf)) = self.entries.get_mut(self.recorded) {
            if !M::missing_for_event(self.block.state(), event).is_empty() {
                return Ok(Step::Needs(self.missing_state(), self));
            }
            self.block.record(event, |_| std::mem::take(leaf));
            self.recorded += 1;
        }
        if let Some(missing) = self.block.missing_nodes() {
            return Ok(Step::Needs(missing, self));
        }
        let (block, uncommitted) = self.block.seal(Vec::new());
        if block.header == self.header {
            Ok(Step::Done(block, uncommitted))
        } else {
            Err(ReplayError {
                height: self.header.height,
                fault: ReplayFault::OtherRoots,
            })
        }
    }

    /// What all events that are not applied yet need, to be loaded in one go.
    fn missing_state(&self) -> Missing {
        let waiting = &self.entries[self.recorded..];
        let missing = |(event, _): &(M::Event, _)| M::missing_for_event(self.block.state(), event);
        let state = waiting.iter().flat_map(missing).collect::<BTreeSet<_>>();
        Missing {
            state: state.into_iter().collect(),
            ..Missing::default()
        }
    }

    /// Takes in a piece of state that was missing, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptState`] where the bytes are not a piece of that kind.
    pub fn load_state(&mut self, key: &StateKey, value: Option<&[u8]>) -> Result<(), CorruptState> {
        self.block.load_state(key, value)
    }

    /// Takes in a node of the status map that was missing, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptNode`] where it is not the node that the status root commits to.
    pub fn load_node(&mut self, path: &str, encoded: Option<&[u8]>) -> Result<(), CorruptNode> {
        self.block.load_node(path, encoded)
    }
}

/// Reads the leaves of the block with this header, which must follow the head.
fn decode_leaves<Event: serde::Serialize + serde::de::DeserializeOwned>(
    head: &BlockHeader,
    header: &BlockHeader,
    leaves: Vec<Vec<u8>>,
) -> Result<Vec<(Event, Vec<u8>)>, ReplayFault> {
    if header.height != head.height + 1 || header.time < head.time {
        return Err(ReplayFault::OutOfOrder);
    }
    let decode = |(index, bytes): (u64, Vec<u8>)| {
        let leaf: LeafContent<Event> = LeafContent::decode(&bytes)
            .map_err(|source| ReplayFault::Undecodable { index, source })?;
        let in_place = (leaf.index, leaf.height, leaf.time) == (index, header.height, header.time);
        if in_place {
            Ok((leaf.event, bytes))
        } else {
            Err(ReplayFault::Misplaced { index })
        }
    };
    (head.log_size..).zip(leaves).map(decode).collect()
}
