//! The map of current statuses: a sparse Merkle map from subject to status digest.
//!
//! The log proves what happened; this map proves what holds *now*. Its root is in every checkpoint,
//! so a short proof shows the status of one subject as of that checkpoint, or that there is none.
//!
//! # The tree
//!
//! `tagged` is [`Digest::tagged`]: SHA-256 over the domain string and then each part after its
//! length (8 bytes, big-endian).
//!
//! - A subject's key is `tagged("assent/v1/status-key", subject)`: 256 bits, the first being the
//!   highest of the first byte. They say the way down from the root: 0 is left, 1 is right.
//! - A tree without subjects has the hash of 32 zero bytes.
//! - A tree with exactly one subject, at whatever depth, is that subject's leaf:
//!   `tagged("assent/v1/status-leaf", key, status)`.
//! - Any other tree is `tagged("assent/v1/status-node", left, right)`.
//!
//! # Checking a proof
//!
//! A [`StatusProof`] has the hashes beside the way down, deepest first, and, where it shows that a
//! subject has no status because another one's leaf stands in its place, that leaf. To check it
//! against a root, a subject, and the status that the subject is said to have (or none):
//!
//! 1. Refuse more than 256 siblings. Let `key` be the key of the subject.
//! 2. Let `hash` be the leaf hash of `key` and the status where one is claimed (refuse the proof if
//!    it has another leaf). Otherwise let it be the hash of the other leaf if there is one (refuse
//!    it if its key is `key`, or differs from `key` within the first `n` bits, `n` being the number
//!    of siblings), and 32 zero bytes if there is none.
//! 3. For each sibling in order, the first belonging to bit `n − 1` of `key` and the last to bit 0:
//!    replace `hash` with `tagged("assent/v1/status-node", hash, sibling)` where the bit is 0 and
//!    with `tagged("assent/v1/status-node", sibling, hash)` where it is 1.
//! 4. Accept if `hash` is the root.
//!
//! `docs/reference/status-map.md` has the same as a program, with an example.
//!
//! # Storage
//!
//! Four levels of the tree are one stored node, found by the hexadecimal digits that lead to it.
//! Only the current map is kept: nodes are replaced in place, and none ever goes, as a subject
//! never loses its status. The same page has the encoding.

mod key;
mod node;
mod path;
mod proof;
#[cfg(test)]
mod tests;

pub use key::StatusKey;
pub use proof::{InvalidStatusProof, OtherLeaf, StatusProof};

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;

use crate::block::NodeChange;
use node::{Leaf, Node, Slot};
use path::NodePath;

/// A stored node is damaged, is not the one that its parent commits to, or was not asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the node `{0}` of the status map is damaged or not the current one")]
pub struct CorruptNode(pub String);

/// A node must be loaded before the question can be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the node `{0}` of the status map is not loaded")]
pub struct NodeNotLoaded(pub String);

/// The part of the map that is in memory. What it needs from the store it asks for by
/// [`StatusMap::missing`]; every node that it is given is checked against the root.
#[derive(Debug, Clone)]
pub struct StatusMap {
    root: Digest,
    nodes: BTreeMap<NodePath, LoadedNode>,
    changed: BTreeSet<NodePath>,
    /// Counts loads and writes, to tell which nodes were used last.
    uses: u64,
}

#[derive(Debug, Clone)]
struct LoadedNode {
    node: Node,
    last_use: u64,
}

/// What a walk towards a key ends at.
enum Place<'map> {
    NotLoaded(NodePath),
    Empty,
    Leaf(&'map Leaf),
}

impl StatusMap {
    /// The map with this root ([`Digest::ZERO`] for the empty one), with nothing in memory.
    pub fn at(root: Digest) -> StatusMap {
        StatusMap {
            root,
            nodes: BTreeMap::new(),
            changed: BTreeSet::new(),
            uses: 0,
        }
    }

    /// The paths of the nodes on the way to these keys that must be loaded next. Called again after
    /// each load until it returns nothing, for a node leads to the next.
    pub fn missing<'keys>(&self, keys: impl IntoIterator<Item = &'keys StatusKey>) -> Vec<String> {
        let unloaded = |key| match self.walk(key) {
            Place::NotLoaded(path) => Some(path),
            Place::Empty | Place::Leaf(_) => None,
        };
        let paths: BTreeSet<NodePath> = keys.into_iter().filter_map(unloaded).collect();
        paths.iter().map(NodePath::to_string).collect()
    }

    /// Takes in a node that was missing, as it is stored, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptNode`] where it is not the node that the root commits to.
    pub fn load(&mut self, path: &str, encoded: Option<&[u8]>) -> Result<(), CorruptNode> {
        let corrupt = || CorruptNode(path.to_owned());
        let place = NodePath::parse(path).ok_or_else(corrupt)?;
        if self.nodes.contains_key(&place) {
            return Ok(());
        }
        let expected = self.expected_hash(place).ok_or_else(corrupt)?;
        let node = match encoded {
            Some(bytes) => Node::decode(bytes, place).ok_or_else(corrupt)?,
            None => Node::default(),
        };
        if node.hash() != expected {
            return Err(corrupt());
        }
        self.insert(place, node);
        Ok(())
    }

    /// What the node at `path` must hash to; `None` where the map has none there.
    fn expected_hash(&self, path: NodePath) -> Option<Digest> {
        let Some((parent, digit)) = path.parent() else {
            return Some(self.root);
        };
        match self.nodes.get(&parent)?.node.slot(digit)? {
            Slot::Child(hash) => Some(*hash),
            Slot::Leaf(_) => None,
        }
    }

    fn insert(&mut self, path: NodePath, node: Node) {
        self.uses += 1;
        self.nodes.insert(
            path,
            LoadedNode {
                node,
                last_use: self.uses,
            },
        );
    }

    fn walk(&self, key: &StatusKey) -> Place<'_> {
        let mut path = NodePath::ROOT;
        loop {
            let Some(loaded) = self.nodes.get(&path) else {
                return Place::NotLoaded(path);
            };
            let digit = key.digit(path.depth());
            match loaded.node.slot(digit) {
                None => return Place::Empty,
                Some(Slot::Leaf(leaf)) => return Place::Leaf(leaf),
                Some(Slot::Child(_)) => path = path.child(digit),
            }
        }
    }

    /// Sets statuses, the last one where a key comes more than once, and returns the new root.
    ///
    /// # Panics
    /// Where a node is not loaded that [`StatusMap::missing`] names for these keys.
    pub fn apply(&mut self, updates: impl IntoIterator<Item = (StatusKey, Digest)>) -> Digest {
        let updates: BTreeMap<StatusKey, Digest> = updates.into_iter().collect();
        let updates: Vec<(StatusKey, Digest)> = updates.into_iter().collect();
        if !updates.is_empty() {
            self.root = self.write(NodePath::ROOT, &updates);
        }
        self.root
    }

    /// Writes updates, sorted by key, into the node at `path` and those below, and returns its hash.
    fn write(&mut self, path: NodePath, updates: &[(StatusKey, Digest)]) -> Digest {
        let loaded = self
            .nodes
            .remove(&path)
            .expect("the nodes on the way are loaded");
        let mut node = loaded.node;
        let depth = path.depth();
        for group in updates.chunk_by(|(one, _), (next, _)| one.digit(depth) == next.digit(depth)) {
            let digit = group[0].0.digit(depth);
            let slot = self.write_slot(node.take(digit), path.child(digit), group);
            node.put(digit, slot);
        }
        let hash = node.hash();
        self.changed.insert(path);
        self.insert(path, node);
        hash
    }

    /// What a slot becomes by updates that all lead to it; `child` is the node that it can lead to.
    fn write_slot(
        &mut self,
        slot: Option<Slot>,
        child: NodePath,
        updates: &[(StatusKey, Digest)],
    ) -> Slot {
        match (slot, updates) {
            (None, [(key, status)]) => Slot::Leaf(Leaf::new(*key, *status)),
            (Some(Slot::Leaf(leaf)), [(key, status)]) if leaf.key == *key => {
                Slot::Leaf(Leaf::new(*key, *status))
            }
            (Some(Slot::Child(_)), _) => Slot::Child(self.write(child, updates)),
            (slot, _) => {
                // Two keys or more meet here and part in a node of their own.
                let mut node = Node::default();
                if let Some(Slot::Leaf(leaf)) = slot {
                    node.put(leaf.key.digit(child.depth()), Slot::Leaf(leaf));
                }
                self.insert(child, node);
                Slot::Child(self.write(child, updates))
            }
        }
    }

    /// Hands out the nodes that changed since the last call, in path order.
    pub fn drain_changes(&mut self) -> Vec<NodeChange> {
        let changed = std::mem::take(&mut self.changed);
        let node_change = |path: NodePath| {
            let encoded = self.nodes[&path].node.encode();
            NodeChange {
                path: path.to_string(),
                node: Some(encoded),
            }
        };
        changed.into_iter().map(node_change).collect()
    }

    /// Forgets the nodes that were not used lately when more than `nodes` are in memory. Nodes
    /// whose changes were not drained stay.
    pub fn evict(&mut self, nodes: usize) {
        if self.nodes.len() <= nodes {
            return;
        }
        // Some room is made beyond that, so that not every block has to look at every node.
        let excess = self.nodes.len() - (nodes - nodes / 8);
        let unchanged = self
            .nodes
            .iter()
            .filter(|(path, _)| !self.changed.contains(path));
        // A node is used when one below it is: of two as old, the deeper goes first.
        let mut oldest: Vec<(u64, Reverse<NodePath>)> = unchanged
            .map(|(path, loaded)| (loaded.last_use, Reverse(*path)))
            .collect();
        if excess < oldest.len() {
            oldest.select_nth_unstable(excess);
            oldest.truncate(excess);
        }
        for (_, Reverse(path)) in oldest {
            self.nodes.remove(&path);
        }
    }

    /// The current status of a subject.
    ///
    /// # Errors
    /// [`NodeNotLoaded`] names the node to load first.
    pub fn status(&self, subject: &str) -> Result<Option<Digest>, NodeNotLoaded> {
        let key = StatusKey::of(subject);
        match self.walk(&key) {
            Place::NotLoaded(path) => Err(NodeNotLoaded(path.to_string())),
            Place::Leaf(leaf) if leaf.key == key => Ok(Some(leaf.status)),
            Place::Leaf(_) | Place::Empty => Ok(None),
        }
    }

    /// Proves the current status of a subject, or that it has none.
    ///
    /// # Errors
    /// [`NodeNotLoaded`] names the node to load first.
    pub fn prove(&self, subject: &str) -> Result<StatusProof, NodeNotLoaded> {
        let key = StatusKey::of(subject);
        let mut siblings = Vec::new();
        let mut path = NodePath::ROOT;
        loop {
            let Some(loaded) = self.nodes.get(&path) else {
                return Err(NodeNotLoaded(path.to_string()));
            };
            let digit = key.digit(path.depth());
            match loaded.node.descend(digit, &mut siblings) {
                Some(Slot::Child(_)) => path = path.child(digit),
                Some(Slot::Leaf(leaf)) => return Ok(StatusProof::new(siblings, &key, Some(leaf))),
                None => return Ok(StatusProof::new(siblings, &key, None)),
            }
        }
    }

    /// The root over all statuses.
    pub fn root(&self) -> Digest {
        self.root
    }
}
