//! The log alone leads to the same state: every block is replayed from its leaves (invariant 1).

use std::collections::BTreeMap;

use assent_exchange::Exchange;
use assent_ledger::sequencer::{Sequencer, Step};
use assent_model::machine::StateKey;
use assent_model::time::Timestamp;
use assent_storage::Store;

/// State and status map as replay builds them up.
#[derive(Default)]
struct Rebuilt {
    state: BTreeMap<StateKey, Vec<u8>>,
    nodes: BTreeMap<String, Vec<u8>>,
}

/// Replays the whole log of a store and compares heads block for block, and at the end each
/// piece of state with the stored one. Returns the number of blocks.
pub(crate) async fn replay_all(store: &Store) -> u64 {
    let head = store.head().unwrap();
    let mut rebuilt = Rebuilt::default();
    let mut sequencer = Sequencer::<Exchange>::new(Timestamp::default());
    for height in 1..=head.height {
        let header = store.header(height).await.unwrap().unwrap();
        let entries = store
            .entries(sequencer.head().log_size..header.log_size)
            .await
            .unwrap();
        let leaves = entries.into_iter().map(|entry| entry.bytes).collect();
        let mut replay = sequencer.replay(header.clone(), leaves).unwrap();
        sequencer = loop {
            match replay.run().unwrap() {
                Step::Done(block, uncommitted) => {
                    assert_eq!(block.header, header);
                    rebuilt.take(block.changes, block.nodes);
                    break uncommitted.committed();
                }
                Step::Needs(missing, waiting) => {
                    replay = waiting;
                    for key in missing.state {
                        replay
                            .load_state(&key, rebuilt.state.get(&key).map(Vec::as_slice))
                            .unwrap();
                    }
                    for path in missing.nodes {
                        replay
                            .load_node(&path, rebuilt.nodes.get(&path).map(Vec::as_slice))
                            .unwrap();
                    }
                }
            }
        };
    }
    let keys: Vec<StateKey> = rebuilt.state.keys().cloned().collect();
    for (key, stored) in store.state(&keys).await.unwrap() {
        assert_eq!(stored.as_ref(), rebuilt.state.get(&key), "{key:?}");
    }
    head.height
}

impl Rebuilt {
    fn take(
        &mut self,
        changes: Vec<assent_model::machine::Change>,
        nodes: Vec<assent_ledger::block::NodeChange>,
    ) {
        for change in changes {
            match change.value {
                Some(value) => drop(self.state.insert(change.key, value)),
                None => drop(self.state.remove(&change.key)),
            }
        }
        for node in nodes {
            match node.node {
                Some(bytes) => drop(self.nodes.insert(node.path, bytes)),
                None => drop(self.nodes.remove(&node.path)),
            }
        }
    }
}
