//! The publisher's side: all keys of the tree.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::ChannelTag;
use super::place::{HEIGHT_MAX, HEIGHT_MIN, Leaf, Place};
use super::reader::PathKeys;
use super::rotation::{MalformedRotation, Rotation, Wrapper, take};
use crate::random;
use crate::vault::SecretKey;

/// The tree of one channel.
#[derive(Debug)]
pub struct KeyTree {
    channel: ChannelTag,
    epoch: u64,
    root_height: u8,
    /// The root, and every place that a reader is at or below.
    keys: BTreeMap<Place, SecretKey>,
    leaves: BTreeSet<Leaf>,
}

impl KeyTree {
    /// A tree without readers, in epoch 0.
    pub fn new(channel: ChannelTag) -> Self {
        Self::anew(channel, 0)
    }

    /// A tree without readers and with none of the keys that there were before, for a publisher that
    /// has lost its tree or does not trust it any more. `epoch` is the last one that was published:
    /// the next rotation begins the one after. Readers have to be admitted again.
    pub fn anew(channel: ChannelTag, epoch: u64) -> Self {
        let mut tree = Self {
            channel,
            epoch,
            root_height: HEIGHT_MIN,
            keys: BTreeMap::new(),
            leaves: BTreeSet::new(),
        };
        tree.keys.insert(tree.root(), SecretKey::generate());
        tree
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The key of the epoch.
    pub fn epoch_key(&self) -> &SecretKey {
        &self.keys[&self.root()]
    }

    /// How many readers there are.
    pub fn readers(&self) -> usize {
        self.leaves.len()
    }

    /// Gives a new reader a leaf. An epoch begins, so that the reader opens nothing from before; what
    /// it needs is in [`KeyTree::path_keys`], to be sealed to it alone.
    ///
    /// # Panics
    /// There are more than a thousand million readers.
    pub fn admit(&mut self) -> (Leaf, Rotation) {
        let mut roots = Vec::new();
        while self.leaves.len() as u64 >= self.capacity() / 2 {
            assert!(
                self.root_height < HEIGHT_MAX,
                "the tree is as high as it gets"
            );
            roots.push(self.root());
            self.root_height += 1;
        }
        let leaf = self.free_leaf();
        self.leaves.insert(leaf);
        self.keys.insert(Place::leaf(leaf), SecretKey::generate());
        (leaf, self.rotate(&[leaf], &roots))
    }

    /// Leaves readers out from a new epoch on. Leaves that nobody has are passed over.
    pub fn exclude(&mut self, leaves: &[Leaf]) -> Rotation {
        for leaf in leaves {
            self.leaves.remove(leaf);
            self.keys.remove(&Place::leaf(*leaf));
        }
        self.rotate(leaves, &[])
    }

    /// Begins an epoch for the same readers.
    pub fn renew(&mut self) -> Rotation {
        self.rotate(&[], &[])
    }

    /// The keys that the reader at a leaf has: to be sealed to it, and shown to nobody else.
    pub fn path_keys(&self, leaf: Leaf) -> Option<PathKeys> {
        let key = |height| {
            let key = self.keys.get(&Place::above(leaf, height))?;
            Some(SecretKey::from_bytes(*key.as_bytes()))
        };
        let is_reader = self.leaves.contains(&leaf);
        let keys = (0..=self.root_height).map(key).collect::<Option<Vec<_>>>();
        keys.filter(|_| is_reader).map(|keys| PathKeys {
            leaf,
            epoch: self.epoch,
            keys,
        })
    }

    /// Epoch (8 bytes, big-endian), height of the root (1), number of leaves (4) and the leaves (4
    /// each), then place (5) and key (32) of every place. Secret: to be stored under seal.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(13 + self.keys.len() * 41));
        bytes.extend(self.epoch.to_be_bytes());
        bytes.push(self.root_height);
        let count = u32::try_from(self.leaves.len()).expect("leaves are numbered in 32 bits");
        bytes.extend(count.to_be_bytes());
        for leaf in &self.leaves {
            bytes.extend(leaf.0.to_be_bytes());
        }
        for (place, key) in &self.keys {
            bytes.extend(place.to_bytes());
            bytes.extend(key.as_bytes());
        }
        bytes
    }

    /// Reads what [`KeyTree::to_bytes`] wrote for the same channel.
    ///
    /// # Errors
    /// The bytes are not those of a tree: the store is damaged.
    pub fn from_bytes(channel: ChannelTag, bytes: &[u8]) -> Result<Self, MalformedRotation> {
        let mut rest = bytes;
        let epoch = u64::from_be_bytes(take(&mut rest)?);
        let [root_height] = take(&mut rest)?;
        let mut leaves = BTreeSet::new();
        for _ in 0..u32::from_be_bytes(take(&mut rest)?) {
            leaves.insert(Leaf(u32::from_be_bytes(take(&mut rest)?)));
        }
        let mut keys = BTreeMap::new();
        while !rest.is_empty() {
            let place = Place::from_bytes(take(&mut rest)?);
            keys.insert(place, SecretKey::from_bytes(take(&mut rest)?));
        }
        let tree = Self {
            channel,
            epoch,
            root_height,
            keys,
            leaves,
        };
        let is_whole = (HEIGHT_MIN..=HEIGHT_MAX).contains(&root_height)
            && tree.keys.contains_key(&tree.root())
            && tree
                .leaves
                .iter()
                .all(|leaf| tree.path_keys(*leaf).is_some());
        if is_whole {
            Ok(tree)
        } else {
            Err(MalformedRotation)
        }
    }

    fn root(&self) -> Place {
        Place {
            height: self.root_height,
            index: 0,
        }
    }

    fn capacity(&self) -> u64 {
        1 << self.root_height
    }

    /// A leaf that nobody has. At least half of them are free, so a few draws find one.
    fn free_leaf(&self) -> Leaf {
        let mask = u32::MAX >> (32 - self.root_height);
        loop {
            let leaf = Leaf(u32::from_be_bytes(random::random_bytes()) & mask);
            if !self.leaves.contains(&leaf) {
                return leaf;
            }
        }
    }

    /// Replaces every key above these leaves, from the lowest up, and wraps each fresh one under the
    /// keys of its children. `roots` are places that were the root until now: their keys were those of
    /// epochs, which others may have been given since, and must wrap nothing.
    fn rotate(&mut self, leaves: &[Leaf], roots: &[Place]) -> Rotation {
        self.epoch += 1;
        let mut stale: BTreeSet<Place> = roots.iter().copied().collect();
        stale.insert(self.root());
        let is_in_tree = |leaf: &&Leaf| u64::from(leaf.0) < self.capacity();
        for leaf in leaves.iter().filter(is_in_tree) {
            stale.extend((1..=self.root_height).map(|height| Place::above(*leaf, height)));
        }
        let mut wrapper = Wrapper::new(&self.channel, self.epoch);
        for place in stale {
            let children = place.children();
            let is_root = place.height == self.root_height;
            let has_readers = children.iter().any(|child| self.keys.contains_key(child));
            if !has_readers && !is_root {
                self.keys.remove(&place);
            }
            let fresh = SecretKey::generate();
            for child in children {
                match self.keys.get(&child) {
                    Some(key) => wrapper.wrap(child, key, &fresh),
                    None => wrapper.decoy(child),
                }
            }
            if has_readers || is_root {
                self.keys.insert(place, fresh);
            }
        }
        wrapper.finish(
            self.root_height,
            &self.keys[&Place {
                height: self.root_height,
                index: 0,
            }],
        )
    }
}
