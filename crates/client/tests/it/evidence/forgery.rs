//! Logs that a dishonest operator could make: any events, in any order, well signed and proven.

use assent_api::evidence::{EvidenceBundle, EvidenceEntry, FORMAT};
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_exchange::event::Event;
use assent_ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use assent_ledger::merkle::{Appender, TileSet, inclusion_proof, leaf_hash};
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::{StatusKey, StatusMap, StatusProof};
use assent_model::canonical;
use assent_model::ids::ConsentId;

/// All that goes into a bundle, to be changed before it is made.
#[derive(Clone)]
pub(crate) struct Forgery {
    pub format: String,
    pub cr_id: ConsentId,
    pub leaves: Vec<LeafContent<Event>>,
    pub descriptions: Vec<String>,
    pub notice: String,
    /// What the status map has for the consent.
    pub status: Digest,
    /// The height and time of the checkpoint, where not those of the last entry.
    pub checkpoint_height: Option<u64>,
}

impl Forgery {
    pub(crate) fn new(
        cr_id: ConsentId,
        leaves: Vec<LeafContent<Event>>,
        descriptions: Vec<String>,
        notice: String,
        status: Digest,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            cr_id,
            leaves,
            descriptions,
            notice,
            status,
            checkpoint_height: None,
        }
    }

    /// Gives each entry the index of its place, as it would have in a log of its own.
    pub(crate) fn renumber(&mut self) {
        for (index, leaf) in (0..).zip(&mut self.leaves) {
            leaf.index = index;
        }
    }

    /// The bundle under a checkpoint signed with `key`.
    pub(crate) fn bundle(&self, key: &SigningKey) -> EvidenceBundle<StatusProof> {
        let leaves: Vec<String> = self
            .leaves
            .iter()
            .map(|leaf| String::from_utf8(leaf.encode()).unwrap())
            .collect();
        let mut log = Appender::default();
        for leaf in &leaves {
            log.append(leaf_hash(leaf.as_bytes()));
        }
        let (statuses, proof) = self.statuses();
        let last = self.leaves.last().unwrap();
        let checkpoint = Checkpoint {
            origin: "node.example/test".parse().unwrap(),
            size: log.size(),
            log_root: log.root(),
            status_root: statuses,
            height: self.checkpoint_height.unwrap_or(last.height),
            time: last.time,
        };
        let tiles: TileSet = log.drain_tiles().into_iter().collect();
        let entry = |(place, leaf): (u64, String)| EvidenceEntry {
            index: self.leaves[usize::try_from(place).unwrap()].index,
            leaf,
            proof: inclusion_proof(place, log.size(), &tiles).unwrap(),
        };
        let signed: SignedCheckpoint = checkpoint.sign(key);
        EvidenceBundle {
            format: self.format.clone(),
            cr_id: self.cr_id,
            checkpoint: signed.to_string(),
            entries: (0..).zip(leaves).map(entry).collect(),
            descriptions: self.descriptions.clone(),
            notice: self.notice.clone(),
            status: proof,
        }
    }

    fn statuses(&self) -> (Digest, StatusProof) {
        let mut map = StatusMap::at(Digest::ZERO);
        let subjects = ["cns_other", &self.cr_id.to_string()].map(StatusKey::of);
        while let [path, ..] = map.missing(&subjects).as_slice() {
            map.load(path, None).unwrap();
        }
        let [other, subject] = subjects;
        let root = map.apply([(other, Digest::of(b"other")), (subject, self.status)]);
        (root, map.prove(&self.cr_id.to_string()).unwrap())
    }
}

/// The text of a bundle.
pub(crate) fn encode(bundle: &EvidenceBundle<StatusProof>) -> String {
    String::from_utf8(canonical::encode(bundle)).unwrap()
}
