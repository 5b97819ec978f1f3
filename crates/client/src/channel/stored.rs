//! Both ends of a channel as they are stored, under seal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use assent_crypto::base64url;
use assent_crypto::channel::{Lane, Record, UnverifiedRecord};
use assent_crypto::digest::Digest;
use assent_crypto::key_tree::{ChannelTag, KeyTree, Leaf, PathKeys, Reader};
use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::stream::StreamKeys;
use assent_model::statement::{self, Verified};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::past::{Past, Published, StoredWayBack, WayBack};
use super::publisher::{Publisher, SnapshotError};
use super::subscriber::Subscriber;
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
    /// Absent where it was not written down: then nothing is known of any epoch.
    #[serde(default)]
    published: Option<BTreeMap<u16, Published>>,
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
        let published = self.published.iter();
        let published = published.map(|(lane, one)| (lane.0, *one));
        let stored = Stored {
            stream_id: self.stream,
            lanes: self.lanes.all().into_iter().map(name).collect(),
            trees: self.trees.iter().map(tree).collect(),
            published: Some(published.collect()),
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
        let unsent = records(&stored.unsent, &channel, device.verifying_key())?;
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
        let published: BTreeMap<Lane, Published> = match stored.published {
            Some(known) => known
                .into_iter()
                .map(|(lane, one)| (Lane(lane), one))
                .collect(),
            None => lanes
                .all()
                .into_iter()
                .map(|lane| (lane, Published::UNKNOWN))
                .collect(),
        };
        Ok(Self {
            stream: stored.stream_id,
            channel,
            device,
            lanes,
            trees,
            published,
            past: Past::default(),
            readers: readers.collect(),
            sequence: stored.sequence,
            prev: stored.prev,
            unsent,
        })
    }
}

/// The keys of a path, in base64url.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
struct StoredPath(String);

/// A reader's end as a whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSubscriber {
    stream_id: StreamId,
    device: VerifyingKey,
    lanes: Vec<LaneName>,
    paths: BTreeMap<u16, StoredPath>,
    sequence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    way_back: Option<StoredWayBack>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handed: Option<String>,
    as_of: u64,
    recent: Vec<String>,
    withheld: BTreeSet<u64>,
    is_closed: bool,
}

impl Subscriber {
    /// The whole state, so that a reader goes on where it stopped. Secret: to be stored under seal,
    /// and to be deleted when the consent ends.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let name = |lane| self.lanes.name(lane).expect("a lane has a name").clone();
        let path = |(lane, reader): (&Lane, &Reader)| {
            let bytes = reader.path_keys().to_bytes();
            (lane.0, StoredPath(base64url::encode(&bytes)))
        };
        let recent = self.recent.iter();
        let stored = StoredSubscriber {
            stream_id: self.stream,
            device: self.device,
            lanes: self.lanes.all().into_iter().map(name).collect(),
            paths: self.readers.iter().map(path).collect(),
            sequence: self.sequence,
            prev: self.prev,
            way_back: self.way_back.as_ref().map(WayBack::stored),
            handed: self.handed.as_ref().map(|keys| keys.compact().to_owned()),
            as_of: self.as_of,
            recent: recent
                .map(|record| base64url::encode(record.bytes()))
                .collect(),
            withheld: self.withheld.clone(),
            is_closed: self.is_closed,
        };
        Zeroizing::new(serde_json::to_vec(&stored).expect("the state is plain data"))
    }

    /// Reads what [`Subscriber::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let damaged = |_| SnapshotError::Damaged;
        let stored: StoredSubscriber =
            serde_json::from_slice(bytes).map_err(|_| SnapshotError::Damaged)?;
        let channel = channel_tag(stored.stream_id);
        let mut readers = BTreeMap::new();
        for (lane, path) in stored.paths {
            let bytes = base64url::decode(&path.0).map(Zeroizing::new);
            let bytes = bytes.map_err(|_| SnapshotError::Damaged)?;
            let keys = PathKeys::from_bytes(&bytes).map_err(|_| SnapshotError::Damaged)?;
            let lane = Lane(lane);
            readers.insert(lane, Reader::new(lane_tag(&channel, lane), keys));
        }
        Ok(Self {
            stream: stored.stream_id,
            recent: records(&stored.recent, &channel, &stored.device)?,
            channel,
            device: stored.device,
            lanes: Lanes::new(stored.lanes).map_err(damaged)?,
            readers,
            sequence: stored.sequence,
            prev: stored.prev,
            way_back: stored.way_back.map(|way| way.read()).transpose()?,
            handed: stored.handed.as_deref().map(handed).transpose()?,
            as_of: stored.as_of,
            withheld: stored.withheld,
            is_closed: stored.is_closed,
        })
    }
}

fn handed(compact: &str) -> Result<Verified<StreamKeys>, SnapshotError> {
    statement::verify(compact).map_err(|_| SnapshotError::Damaged)
}

fn records(
    stored: &[String],
    channel: &ChannelTag,
    device: &VerifyingKey,
) -> Result<VecDeque<Record>, SnapshotError> {
    let record = |text: &String| {
        let bytes = base64url::decode(text).map_err(|_| SnapshotError::Damaged)?;
        let record = UnverifiedRecord::parse(&bytes);
        let record = record.and_then(|record| record.verify(channel, device));
        record.map_err(|_| SnapshotError::Damaged)
    };
    stored.iter().map(record).collect()
}
