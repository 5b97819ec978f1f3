//! A node in memory: the rules, the sequencer and a store of maps.

use std::collections::BTreeMap;

use assent_api::evidence::{EvidenceBundle, EvidenceEntry, FORMAT};
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_crypto::signature::SigningKey;
use assent_exchange::Exchange;
use assent_exchange::command::Command;
use assent_exchange::event::Event;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::rejection::Rejection;
use assent_ledger::block::ExecutedBlock;
use assent_ledger::checkpoint::Checkpoint;
use assent_ledger::merkle::{TileSet, inclusion_proof};
use assent_ledger::sequencer::{LeafContent, Sequencer, Step};
use assent_ledger::status_map::{NodeNotLoaded, StatusMap, StatusProof};
use assent_model::canonical;
use assent_model::ids::ConsentId;
use assent_model::machine::StateKey;
use assent_model::names::ChainId;
use assent_model::records::identity::Genesis;
use assent_model::time::{Span, Timestamp};

pub(crate) const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
pub(crate) const ACKNOWLEDGE_WITHIN: Span = Span::from_days(7);

pub(crate) fn chain() -> ChainId {
    "assent:test".parse().unwrap()
}

/// The keys of an operator.
pub(crate) struct Operator {
    pub keys: PartyKeys,
    pub token_key: SigningKey,
    pub checkpoint_key: SigningKey,
}

/// A node: what it was told, and what it stores.
pub(crate) struct World {
    pub operator: Operator,
    pub now: Timestamp,
    sequencer: Option<Sequencer<Exchange>>,
    state: BTreeMap<StateKey, Vec<u8>>,
    nodes: BTreeMap<String, Vec<u8>>,
    tiles: TileSet,
    pub leaves: Vec<Vec<u8>>,
}

impl World {
    /// A node with a fresh chain.
    pub(crate) fn open() -> Self {
        let operator = Operator {
            keys: PartyKeys::generate(),
            token_key: SigningKey::generate(),
            checkpoint_key: SigningKey::generate(),
        };
        let mut world = Self {
            operator,
            now: START,
            sequencer: Some(Sequencer::new(START)),
            state: BTreeMap::new(),
            nodes: BTreeMap::new(),
            tiles: TileSet::default(),
            leaves: Vec::new(),
        };
        let genesis = world.genesis();
        let genesis = world.signer().sign(&world.operator.keys.signing, genesis);
        world.accept(Command::Identity(IdentityCommand::Open(genesis)));
        world
    }

    fn genesis(&self) -> Genesis {
        Genesis {
            operator: self.operator.keys.party_id(),
            token_key: *self.operator.token_key.verifying_key(),
            checkpoint_key: *self.operator.checkpoint_key.verifying_key(),
            sealing_key: self.operator.keys.opening.sealing_key().clone(),
            acknowledge_within: ACKNOWLEDGE_WITHIN,
        }
    }

    /// Signs for this chain, now.
    pub(crate) fn signer(&self) -> Signer {
        Signer::new(chain(), self.now)
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, span: Span) {
        self.now = self.now + span;
    }

    /// Submits a command that the rules accept.
    #[track_caller]
    pub(crate) fn accept(&mut self, command: Command) -> Vec<Event> {
        self.submit(command).unwrap()
    }

    /// Submits a command as a block of its own.
    pub(crate) fn submit(&mut self, command: Command) -> Result<Vec<Event>, Rejection> {
        self.wait(Span::from_seconds(1));
        let sequencer = self.sequencer.take().unwrap();
        let mut draft = sequencer.begin(self.now, vec![command]);
        let (block, uncommitted) = loop {
            match draft.run() {
                Step::Done(block, uncommitted) => break (block, uncommitted),
                Step::Needs(missing, waiting) => {
                    draft = waiting;
                    for key in missing.state {
                        let value = self.state.get(&key).map(Vec::as_slice);
                        draft.load_state(&key, value).unwrap();
                    }
                    for path in missing.nodes {
                        let node = self.nodes.get(&path).map(Vec::as_slice);
                        draft.load_node(&path, node).unwrap();
                    }
                }
            }
        };
        self.sequencer = Some(uncommitted.committed());
        self.store(block)
    }

    fn store(&mut self, block: ExecutedBlock<Event, Rejection>) -> Result<Vec<Event>, Rejection> {
        for change in block.changes {
            match change.value {
                Some(value) => self.state.insert(change.key, value),
                None => self.state.remove(&change.key),
            };
        }
        for change in block.nodes {
            match change.node {
                Some(node) => self.nodes.insert(change.path, node),
                None => self.nodes.remove(&change.path),
            };
        }
        for tile in block.tiles {
            self.tiles.insert(tile);
        }
        self.leaves
            .extend(block.entries.into_iter().map(|entry| entry.bytes));
        let outcome = block.outcomes.into_iter().next().unwrap();
        outcome.map(|accepted| accepted.events)
    }

    /// All entries of the log.
    pub(crate) fn log(&self) -> Vec<LeafContent<Event>> {
        let leaves = self.leaves.iter();
        leaves
            .map(|leaf| LeafContent::decode(leaf).unwrap())
            .collect()
    }

    /// The newest checkpoint, signed.
    pub(crate) fn checkpoint(&self) -> String {
        let header = self.sequencer.as_ref().unwrap().head();
        let origin = "node.example/test".parse().unwrap();
        Checkpoint::new(origin, header)
            .sign(&self.operator.checkpoint_key)
            .to_string()
    }

    fn prove_status(&self, subject: &str) -> StatusProof {
        let mut map = StatusMap::at(self.sequencer.as_ref().unwrap().head().status_root);
        loop {
            match map.prove(subject) {
                Ok(proof) => return proof,
                Err(NodeNotLoaded(path)) => {
                    let node = self.nodes.get(&path).map(Vec::as_slice);
                    map.load(&path, node).unwrap();
                }
            }
        }
    }

    /// The bundle of a consent with these entries, as a node makes it.
    pub(crate) fn bundle(
        &self,
        cr_id: ConsentId,
        indices: &[u64],
        descriptions: Vec<String>,
        notice: String,
    ) -> String {
        let size = self.leaves.len() as u64;
        let entry = |&index: &u64| EvidenceEntry {
            index,
            leaf: String::from_utf8(self.leaves[usize::try_from(index).unwrap()].clone()).unwrap(),
            proof: inclusion_proof(index, size, &self.tiles).unwrap(),
        };
        let bundle = EvidenceBundle {
            format: FORMAT.to_owned(),
            cr_id,
            checkpoint: self.checkpoint(),
            entries: indices.iter().map(entry).collect(),
            descriptions,
            notice,
            status: self.prove_status(&cr_id.to_string()),
        };
        String::from_utf8(canonical::encode(&bundle)).unwrap()
    }
}
