//! The part of a block that execution and replay have in common.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_model::machine::{Context, CorruptState, Machine, StateKey, WorkingSet};
use assent_model::time::Timestamp;

use super::{Missing, Sequencer};
use crate::block::{Accepted, BlockHeader, ExecutedBlock, LogEntry};
use crate::checkpoint::app_hash;
use crate::merkle::leaf_hash;
use crate::status_map::{CorruptNode, StatusKey};

/// What became of the commands of a block, in order.
pub(super) type Outcomes<M> =
    Vec<Result<Accepted<<M as Machine>::Event>, <M as Machine>::Rejection>>;

/// A block in progress.
pub(super) struct Assembly<M: Machine> {
    sequencer: Sequencer<M>,
    context: Context,
    entries: Vec<LogEntry>,
    statuses: BTreeMap<StatusKey, Digest>,
}

impl<M: Machine> Assembly<M> {
    /// The block after the head, at this time.
    pub(super) fn new(sequencer: Sequencer<M>, time: Timestamp) -> Assembly<M> {
        let height = sequencer.head.height + 1;
        Assembly {
            sequencer,
            context: Context { height, time },
            entries: Vec::new(),
            statuses: BTreeMap::new(),
        }
    }

    pub(super) fn load_state(
        &mut self,
        key: &StateKey,
        value: Option<&[u8]>,
    ) -> Result<(), CorruptState> {
        self.sequencer.state.load(key, value)
    }

    pub(super) fn load_node(
        &mut self,
        path: &str,
        encoded: Option<&[u8]>,
    ) -> Result<(), CorruptNode> {
        self.sequencer.statuses.load(path, encoded)
    }

    /// Applies an event; `leaf` makes the bytes of its log entry from its index.
    pub(super) fn record(&mut self, event: &M::Event, leaf: impl FnOnce(u64) -> Vec<u8>) {
        M::evolve(&mut self.sequencer.state, event, self.context);
        for update in M::statuses(&self.sequencer.state, event) {
            self.statuses
                .insert(StatusKey::of(&update.subject), update.status);
        }
        let index = self.next_index();
        let bytes = leaf(index);
        let leaf_hash = leaf_hash(&bytes);
        self.sequencer.log.append(leaf_hash);
        self.entries.push(LogEntry {
            index,
            bytes,
            leaf_hash,
        });
    }

    /// What the status map needs before the block can be sealed; nothing when it can.
    pub(super) fn missing_nodes(&self) -> Option<Missing> {
        let nodes = self.sequencer.statuses.missing(self.statuses.keys());
        (!nodes.is_empty()).then(|| Missing {
            nodes,
            ..Missing::default()
        })
    }

    /// Finishes the block. Nothing may be missing any more.
    pub(super) fn seal(
        self,
        outcomes: Outcomes<M>,
    ) -> (ExecutedBlock<M::Event, M::Rejection>, Uncommitted<M>) {
        let Assembly {
            mut sequencer,
            context,
            entries,
            statuses,
        } = self;
        let (log_root, status_root) = (sequencer.log.root(), sequencer.statuses.apply(statuses));
        let head = BlockHeader {
            height: context.height,
            time: context.time,
            log_size: sequencer.log.size(),
            log_root,
            status_root,
            app_hash: app_hash(&log_root, &status_root),
        };
        let block = ExecutedBlock {
            header: head.clone(),
            entries,
            outcomes,
            changes: sequencer.state.drain_changes(),
            tiles: sequencer.log.drain_tiles(),
            nodes: sequencer.statuses.drain_changes(),
        };
        let before = std::mem::replace(&mut sequencer.head, head);
        (block, Uncommitted { sequencer, before })
    }

    pub(super) fn state(&self) -> &M::State {
        &self.sequencer.state
    }

    pub(super) fn context(&self) -> Context {
        self.context
    }

    /// The index that the next log entry gets.
    pub(super) fn next_index(&self) -> u64 {
        self.sequencer.log.size()
    }
}

/// A sequencer whose last block is not durable yet. Drop it where the commit fails: its memory is
/// ahead of the store, and nothing may be built on that.
#[must_use = "the sequencer is inside: it comes back by `committed`"]
pub struct Uncommitted<M: Machine> {
    sequencer: Sequencer<M>,
    before: BlockHeader,
}

impl<M: Machine> Uncommitted<M> {
    /// The store has the block: on to the next.
    pub fn committed(self) -> Sequencer<M> {
        self.sequencer
    }

    /// The block was not worth keeping, for nothing happened in it: back to the head before. Only
    /// for who orders alone; other validators would count the block.
    ///
    /// # Panics
    /// Where the block has log entries. They cannot be taken back.
    pub fn revoked(self) -> Sequencer<M> {
        let Uncommitted {
            mut sequencer,
            before,
        } = self;
        assert_eq!(
            sequencer.head.log_size, before.log_size,
            "only an empty block is revoked"
        );
        sequencer.head = before;
        sequencer
    }
}
