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
mod proof;
#[cfg(test)]
mod tests;
mod tree;

pub use key::StatusKey;
pub use proof::{InvalidStatusProof, OtherLeaf, StatusProof};

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;

use crate::block::NodeChange;
use key::Digits;
use node::{Leaf, Node, Slot};
use tree::Tree;

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
#[derive(Debug)]
pub struct StatusMap {
    tree: Tree,
    nodes: usize,
    /// Counts the calls of [`StatusMap::apply`], to tell which nodes were used last.
    turn: u64,
}

/// What a walk towards a key ends at.
enum Place<'map> {
    /// A node of this depth that is not in memory.
    NotLoaded(usize),
    Empty,
    Leaf(&'map Leaf),
}

impl StatusMap {
    /// The map with this root ([`Digest::ZERO`] for the empty one), with nothing in memory.
    pub fn at(root: Digest) -> StatusMap {
        StatusMap {
            tree: Tree::unloaded(root),
            nodes: 0,
            turn: 0,
        }
    }

    /// The paths of the nodes on the way to these keys that must be loaded next. Called again after
    /// each load until it returns nothing, for a node leads to the next.
    pub fn missing<'keys>(&self, keys: impl IntoIterator<Item = &'keys StatusKey>) -> Vec<String> {
        let unloaded = |key: &StatusKey| match self.walk(key) {
            Place::NotLoaded(depth) => Some(key.path(depth)),
            Place::Empty | Place::Leaf(_) => None,
        };
        let paths: BTreeSet<String> = keys.into_iter().filter_map(unloaded).collect();
        paths.into_iter().collect()
    }

    /// Takes in a node that was missing, as it is stored, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptNode`] where it is not the node that the root commits to.
    pub fn load(&mut self, path: &str, encoded: Option<&[u8]>) -> Result<(), CorruptNode> {
        let corrupt = || CorruptNode(path.to_owned());
        let digits = Digits::parse(path).ok_or_else(corrupt)?;
        let tree = self.tree.below(&digits).ok_or_else(corrupt)?;
        if tree.node.is_some() {
            return Ok(());
        }
        let mut node = match encoded {
            Some(bytes) => Node::decode(bytes, &digits).ok_or_else(corrupt)?,
            None => Node::default(),
        };
        if node.hash() != tree.hash {
            return Err(corrupt());
        }
        node.last_turn = self.turn;
        tree.node = Some(Box::new(node));
        self.nodes += 1;
        Ok(())
    }

    fn walk(&self, key: &StatusKey) -> Place<'_> {
        let (mut tree, mut depth) = (&self.tree, 0);
        loop {
            let Some(node) = &tree.node else {
                return Place::NotLoaded(depth);
            };
            match node.slot(key.digit(depth)) {
                None => return Place::Empty,
                Some(Slot::Leaf(leaf)) => return Place::Leaf(leaf),
                Some(Slot::Tree(below)) => tree = below,
            }
            depth += 1;
        }
    }

    /// Sets statuses, the last one where a key comes more than once, and returns the new root.
    ///
    /// # Panics
    /// Where a node is not loaded that [`StatusMap::missing`] names for these keys.
    pub fn apply(&mut self, updates: impl IntoIterator<Item = (StatusKey, Digest)>) -> Digest {
        let updates: BTreeMap<StatusKey, Digest> = updates.into_iter().collect();
        let updates: Vec<(StatusKey, Digest)> = updates.into_iter().collect();
        self.turn += 1;
        if !updates.is_empty() {
            self.nodes += self.tree.write(0, &updates, self.turn);
        }
        self.root()
    }

    /// Hands out the nodes that changed since the last call, in path order.
    pub fn drain_changes(&mut self) -> Vec<NodeChange> {
        let mut changes = Vec::new();
        self.tree.drain_changes(&mut String::new(), &mut changes);
        changes
    }

    /// Forgets the nodes that were not used lately when more than `nodes` are in memory. Nodes
    /// whose changes were not drained stay.
    pub fn evict(&mut self, nodes: usize) {
        if self.nodes <= nodes {
            return;
        }
        // Some room is made beyond that, so that not every block has to look at every node.
        let excess = self.nodes - (nodes - nodes / 8);
        let mut turns = Vec::with_capacity(self.nodes);
        self.tree.last_turns(&mut turns);
        let last = excess.min(turns.len());
        if last > 0 {
            let (_, turn, _) = turns.select_nth_unstable(last - 1);
            self.nodes -= self.tree.forget(*turn);
        }
    }

    /// The current status of a subject.
    ///
    /// # Errors
    /// [`NodeNotLoaded`] names the node to load first.
    pub fn status(&self, subject: &str) -> Result<Option<Digest>, NodeNotLoaded> {
        let key = StatusKey::of(subject);
        match self.walk(&key) {
            Place::NotLoaded(depth) => Err(NodeNotLoaded(key.path(depth))),
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
        let (mut tree, mut depth) = (&self.tree, 0);
        loop {
            let Some(node) = &tree.node else {
                return Err(NodeNotLoaded(key.path(depth)));
            };
            match node.descend(key.digit(depth), &mut siblings) {
                None => return Ok(StatusProof::new(siblings, &key, None)),
                Some(Slot::Leaf(leaf)) => return Ok(StatusProof::new(siblings, &key, Some(leaf))),
                Some(Slot::Tree(below)) => tree = below,
            }
            depth += 1;
        }
    }

    /// The root over all statuses.
    pub fn root(&self) -> Digest {
        self.tree.hash
    }
}
