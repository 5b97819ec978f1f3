//! A store in memory, and the drivers that join it with a sequencer.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_ledger::block::{BlockHeader, ExecutedBlock};
use assent_ledger::merkle::{TileSet, edge_tiles_needed};
use assent_ledger::sequencer::{Missing, ReplayError, Sequencer, Step};
use assent_model::machine::StateKey;
use assent_model::time::Timestamp;

use crate::log::TileStore;
use crate::toy::{Command, Event, Rejection, Toy};

pub(crate) type Block = ExecutedBlock<Event, Rejection>;

/// The time before which no block of a test is.
pub(crate) const GENESIS: Timestamp = Timestamp::from_millis(1_000);

/// What a store keeps of committed blocks.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) headers: Vec<BlockHeader>,
    /// The leaves of each block.
    pub(crate) leaves: Vec<Vec<Vec<u8>>>,
    pub(crate) state: BTreeMap<StateKey, Vec<u8>>,
    pub(crate) nodes: BTreeMap<String, Vec<u8>>,
    pub(crate) tiles: TileStore,
}

impl Store {
    pub(crate) fn commit(&mut self, block: Block) {
        self.headers.push(block.header);
        self.leaves
            .push(block.entries.into_iter().map(|entry| entry.bytes).collect());
        self.tiles.keep(block.tiles);
        for change in block.changes {
            match change.value {
                Some(value) => self.state.insert(change.key, value),
                None => self.state.remove(&change.key),
            };
        }
        for change in block.nodes {
            self.nodes
                .insert(change.path, change.node.expect("no node ever goes"));
        }
    }

    pub(crate) fn head(&self) -> BlockHeader {
        self.headers
            .last()
            .cloned()
            .unwrap_or_else(|| BlockHeader::genesis(GENESIS))
    }

    pub(crate) fn resume(&self) -> Sequencer<Toy> {
        let head = self.head();
        let edge = self.tiles.read(&edge_tiles_needed(head.log_size));
        Sequencer::resume(head, edge).expect("head and tiles fit")
    }

    /// All tiles, for proofs.
    pub(crate) fn tile_set(&self) -> TileSet {
        let ids: Vec<_> = self.tiles.tiles().map(|(id, _)| *id).collect();
        self.tiles.read(&ids).into_iter().collect()
    }

    fn values(&self, missing: Missing) -> Loaded<'_> {
        let value = |key: StateKey| {
            let value = self.state.get(&key).map(Vec::as_slice);
            (key, value)
        };
        let node = |path: String| {
            let node = self.nodes.get(&path).map(Vec::as_slice);
            (path, node)
        };
        Loaded {
            state: missing.state.into_iter().map(value).collect(),
            nodes: missing.nodes.into_iter().map(node).collect(),
        }
    }
}

struct Loaded<'store> {
    state: Vec<(StateKey, Option<&'store [u8]>)>,
    nodes: Vec<(String, Option<&'store [u8]>)>,
}

/// Executes a block and commits it. Also returns how often something had to be loaded.
pub(crate) fn execute(
    sequencer: Sequencer<Toy>,
    store: &mut Store,
    now: u64,
    commands: &[Command],
) -> (Sequencer<Toy>, Block, usize) {
    let mut draft = sequencer.begin(Timestamp::from_millis(now), commands.to_vec());
    let mut rounds = 0;
    let (block, uncommitted) = loop {
        match draft.run() {
            Step::Done(block, uncommitted) => break (block, uncommitted),
            Step::Needs(missing, waiting) => {
                draft = waiting;
                rounds += 1;
                let loaded = store.values(missing);
                for (key, value) in loaded.state {
                    draft.load_state(&key, value).expect("the state is whole");
                }
                for (path, node) in loaded.nodes {
                    draft.load_node(&path, node).expect("the nodes are whole");
                }
            }
        }
    };
    store.commit(block.clone());
    (uncommitted.committed(), block, rounds)
}

/// Replays a block and commits it.
pub(crate) fn replay(
    sequencer: Sequencer<Toy>,
    store: &mut Store,
    header: &BlockHeader,
    leaves: &[Vec<u8>],
) -> Result<(Sequencer<Toy>, Block), ReplayError> {
    let mut replay = sequencer.replay(header.clone(), leaves.to_vec())?;
    let (block, uncommitted) = loop {
        match replay.run()? {
            Step::Done(block, uncommitted) => break (block, uncommitted),
            Step::Needs(missing, waiting) => {
                replay = waiting;
                let loaded = store.values(missing);
                for (key, value) in loaded.state {
                    replay.load_state(&key, value).expect("the state is whole");
                }
                for (path, node) in loaded.nodes {
                    replay.load_node(&path, node).expect("the nodes are whole");
                }
            }
        }
    };
    store.commit(block.clone());
    Ok((uncommitted.committed(), block))
}

/// The status that the rules give a counter.
pub(crate) fn status_of(count: u64) -> Digest {
    Digest::of(&count.to_be_bytes())
}
