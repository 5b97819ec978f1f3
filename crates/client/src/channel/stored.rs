//! A publisher as it is stored, under seal.

use std::collections::{BTreeMap, VecDeque};

use assent_crypto::base64url;
use assent_crypto::channel::{Lane, UnverifiedRecord};
use assent_crypto::digest::Digest;
use assent_crypto::key_tree::{KeyTree, Leaf};
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, StreamId};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::publisher::{Publisher, SnapshotError};
use super::{LaneName, Lanes, channel_tag, lane_tag};

/// A key tree, in base64url.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
struct StoredTree(String);

/// Everything but the device's signing key, which is kept where keys are kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    stream_id: StreamId,
    lanes: Vec<LaneName>,
    trees: Vec<StoredTree>,
    readers: BTreeMap<ConsentId, BTreeMap<u16, u32>>,
    sequence: u64,
    prev: Digest,
    unsent: Vec<String>,
}

impl Publisher {
    /// The whole state but the signing key. Secret: to be stored under seal, and before any record
    /// that it remembers is sent.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let tree = |tree: &KeyTree| StoredTree(base64url::encode(&tree.to_bytes()));
        let held = |held: &BTreeMap<Lane, Leaf>| {
            let numbers = held.iter().map(|(lane, leaf)| (lane.0, leaf.0));
            numbers.collect()
        };
        let name = |lane| self.lanes.name(lane).expect("a lane has a name").clone();
        let stored = Stored {
            stream_id: self.stream,
            lanes: self.lanes.all().into_iter().map(name).collect(),
            trees: self.trees.iter().map(tree).collect(),
            readers: self
                .readers
                .iter()
                .map(|(id, all)| (*id, held(all)))
                .collect(),
            sequence: self.sequence,
            prev: self.prev,
            unsent: self
                .unsent()
                .map(|record| base64url::encode(record.bytes()))
                .collect(),
        };
        Zeroizing::new(serde_json::to_vec(&stored).expect("the state is plain data"))
    }

    /// Reads what [`Publisher::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`].
    pub fn from_bytes(bytes: &[u8], device: SigningKey) -> Result<Self, SnapshotError> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| SnapshotError::Damaged)?;
        let channel = channel_tag(stored.stream_id);
        let lanes = Lanes::new(stored.lanes).map_err(|_| SnapshotError::Damaged)?;
        let mut trees = Vec::with_capacity(stored.trees.len());
        for (lane, tree) in lanes.all().into_iter().zip(&stored.trees) {
            let bytes = base64url::decode(&tree.0).map(Zeroizing::new);
            let bytes = bytes.map_err(|_| SnapshotError::Damaged)?;
            let tree = KeyTree::from_bytes(lane_tag(&channel, lane), &bytes);
            trees.push(tree.map_err(|_| SnapshotError::Damaged)?);
        }
        let mut unsent = VecDeque::with_capacity(stored.unsent.len());
        for text in &stored.unsent {
            let bytes = base64url::decode(text).map_err(|_| SnapshotError::Damaged)?;
            let record = UnverifiedRecord::parse(&bytes)
                .and_then(|record| record.verify(&channel, device.verifying_key()));
            unsent.push_back(record.map_err(|_| SnapshotError::Damaged)?);
        }
        if trees.len() != lanes.all().len() {
            return Err(SnapshotError::Damaged);
        }
        let held = |held: BTreeMap<u16, u32>| {
            let numbers = held
                .into_iter()
                .map(|(lane, leaf)| (Lane(lane), Leaf(leaf)));
            numbers.collect()
        };
        let readers = stored.readers.into_iter().map(|(id, all)| (id, held(all)));
        Ok(Self {
            stream: stored.stream_id,
            channel,
            device,
            lanes,
            trees,
            readers: readers.collect(),
            sequence: stored.sequence,
            prev: stored.prev,
            unsent,
        })
    }
}
