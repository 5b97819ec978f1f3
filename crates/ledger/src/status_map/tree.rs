//! The nodes in memory, each below its parent.

use assent_crypto::digest::Digest;

use super::key::{Digits, StatusKey, character};
use super::node::{Leaf, Node, Slot};
use crate::block::NodeChange;

/// A tree by its hash, and its top node where that is in memory.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) hash: Digest,
    pub(super) node: Option<Box<Node>>,
}

/// New statuses, sorted by key, each key once.
type Updates<'updates> = &'updates [(StatusKey, Digest)];

impl Tree {
    /// The tree with this hash, with nothing in memory.
    pub(super) fn unloaded(hash: Digest) -> Tree {
        Tree { hash, node: None }
    }

    /// The tree that these digits lead to, where the nodes above it are in memory.
    pub(super) fn below(&mut self, digits: &Digits) -> Option<&mut Tree> {
        digits.0.iter().try_fold(self, |tree, digit| {
            let node = tree.node.as_mut()?;
            let place = node.find(*digit).ok()?;
            match &mut node.slots[place].1 {
                Slot::Tree(below) => Some(below),
                Slot::Leaf(_) => None,
            }
        })
    }

    /// Writes into this tree, whose top node has this depth. Returns how many nodes are new.
    pub(super) fn write(&mut self, depth: usize, updates: Updates<'_>, turn: u64) -> usize {
        let node = self.node.as_mut().expect("the nodes on the way are loaded");
        let mut new_nodes = 0;
        for group in updates.chunk_by(|(one, _), (next, _)| one.digit(depth) == next.digit(depth)) {
            let digit = group[0].0.digit(depth);
            match node.find(digit) {
                Ok(place) => {
                    let (_, slot) = &mut node.slots[place];
                    new_nodes += slot.write(depth + 1, group, turn);
                }
                Err(place) => {
                    let (slot, count) = Slot::new(depth + 1, group, turn);
                    node.slots.insert(place, (digit, slot));
                    new_nodes += count;
                }
            }
        }
        node.changed = true;
        node.last_turn = turn;
        self.hash = node.hash();
        new_nodes
    }

    /// A new tree of one leaf that was alone until now, if any, and updates. Also says how many
    /// nodes it has.
    fn parting(leaf: Option<Leaf>, depth: usize, updates: Updates<'_>, turn: u64) -> (Tree, usize) {
        let mut node = Box::<Node>::default();
        node.slots.reserve_exact(2);
        node.slots
            .extend(leaf.map(|leaf| (leaf.key.digit(depth), Slot::Leaf(leaf))));
        let mut tree = Tree {
            hash: Digest::ZERO,
            node: Some(node),
        };
        let new_nodes = 1 + tree.write(depth, updates, turn);
        (tree, new_nodes)
    }

    /// Collects the nodes that changed, of which this one has this path.
    pub(super) fn drain_changes(&mut self, path: &mut String, changes: &mut Vec<NodeChange>) {
        let Some(node) = self.node.as_mut().filter(|node| node.changed) else {
            return;
        };
        node.changed = false;
        changes.push(NodeChange {
            path: path.clone(),
            node: Some(node.encode()),
        });
        for (digit, slot) in &mut node.slots {
            if let Slot::Tree(tree) = slot {
                path.push(character(*digit));
                tree.drain_changes(path, changes);
                path.pop();
            }
        }
    }

    /// Collects the last turns of all nodes but those that wait to be drained.
    pub(super) fn last_turns(&self, turns: &mut Vec<u64>) {
        if let Some(node) = &self.node {
            turns.extend((!node.changed).then_some(node.last_turn));
            node.trees().for_each(|tree| tree.last_turns(turns));
        }
    }

    /// Forgets the nodes whose last turn is not after this one, and says how many. What is below
    /// such a node goes with it.
    pub(super) fn forget(&mut self, turn: u64) -> usize {
        let Some(node) = &mut self.node else { return 0 };
        if node.changed || node.last_turn > turn {
            return node
                .slots
                .iter_mut()
                .map(|(_, slot)| slot.forget(turn))
                .sum();
        }
        let nodes = self.nodes();
        self.node = None;
        nodes
    }

    fn nodes(&self) -> usize {
        let below = |node: &Node| node.trees().map(Tree::nodes).sum::<usize>();
        self.node.as_deref().map_or(0, |node| 1 + below(node))
    }
}

impl Slot {
    /// A slot for new subjects, and how many nodes it took.
    fn new(depth: usize, updates: Updates<'_>, turn: u64) -> (Slot, usize) {
        if let [(key, status)] = updates {
            return (Slot::Leaf(Leaf::new(*key, *status)), 0);
        }
        let (tree, new_nodes) = Tree::parting(None, depth, updates, turn);
        (Slot::Tree(tree), new_nodes)
    }

    fn write(&mut self, depth: usize, updates: Updates<'_>, turn: u64) -> usize {
        match (self, updates) {
            (Slot::Tree(tree), _) => tree.write(depth, updates, turn),
            (Slot::Leaf(leaf), [(key, status)]) if leaf.key == *key => {
                *leaf = Leaf::new(*key, *status);
                0
            }
            (slot @ Slot::Leaf(_), _) => {
                let (tree, new_nodes) = Tree::parting(slot.leaf(), depth, updates, turn);
                *slot = Slot::Tree(tree);
                new_nodes
            }
        }
    }

    fn leaf(&self) -> Option<Leaf> {
        match self {
            Slot::Leaf(leaf) => Some(leaf.clone()),
            Slot::Tree(_) => None,
        }
    }

    fn forget(&mut self, turn: u64) -> usize {
        match self {
            Slot::Tree(tree) => tree.forget(turn),
            Slot::Leaf(_) => 0,
        }
    }
}
