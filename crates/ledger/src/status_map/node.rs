//! A stored node: four levels of the binary tree.

use assent_crypto::digest::Digest;
use assent_crypto::domains;

use super::key::StatusKey;
use super::path::NodePath;

/// The slots of a node, one for each hexadecimal digit.
const SLOTS: u8 = 16;

/// A subject and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) key: StatusKey,
    pub(super) status: Digest,
    hash: Digest,
}

impl Leaf {
    pub(super) fn new(key: StatusKey, status: Digest) -> Leaf {
        Leaf {
            key,
            status,
            hash: leaf_hash(&key, &status),
        }
    }
}

/// What a digit leads to, where it leads to anything.
#[derive(Debug)]
pub(super) enum Slot {
    /// The only subject whose key begins this way.
    Leaf(Leaf),
    /// Two subjects or more.
    Tree(Tree),
}

impl Slot {
    fn hash(&self) -> Digest {
        match self {
            Slot::Leaf(leaf) => leaf.hash,
            Slot::Tree(tree) => tree.hash,
        }
    }
}

/// A tree by its hash, and its top node where that is in memory.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) hash: Digest,
    pub(super) node: Option<Box<Node>>,
}

/// Up to 16 slots, by the digit that leads to each.
#[derive(Debug, Default)]
pub(super) struct Node {
    slots: Vec<(u8, Slot)>,
    changed: bool,
    /// When the node was last loaded or written to: never later than the one above it.
    pub(super) last_turn: u64,
}

/// New statuses, sorted by key, each key once.
type Updates<'updates> = &'updates [(StatusKey, Digest)];

pub(super) fn leaf_hash(key: &StatusKey, status: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_LEAF, &[key.as_bytes(), status.as_bytes()])
}

pub(super) fn inner_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_NODE, &[left.as_bytes(), right.as_bytes()])
}

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
                    new_nodes += node.slots[place].1.write(depth + 1, group, turn);
                }
                Err(place) => {
                    let (slot, count) = Slot::with(depth + 1, group, turn);
                    node.slots.insert(place, (digit, slot));
                    new_nodes += count;
                }
            }
        }
        (node.changed, node.last_turn) = (true, turn);
        self.hash = node.hash();
        new_nodes
    }

    /// Collects the nodes that changed, this one having this path.
    pub(super) fn drain_changes(&mut self, path: &mut String, changes: &mut Vec<NodeChange>) {
        // Nothing below a node changes without it.
        let Some(node) = self.node.as_mut().filter(|node| node.changed) else {
            return;
        };
        node.changed = false;
        changes.push(NodeChange { path: path.clone(), node: Some(node.encode()) });
        for (digit, slot) in &mut node.slots {
            if let Slot::Tree(tree) = slot {
                path.push(character(*digit));
                tree.drain_changes(path, changes);
                path.pop();
            }
        }
    }

    /// Collects when each node was used last, without those that wait to be drained.
    pub(super) fn turns(&self, turns: &mut Vec<u64>) {
        if let Some(node) = &self.node {
            if !node.changed {
                turns.push(node.last_turn);
            }
            node.trees().for_each(|tree| tree.turns(turns));
        }
    }

    /// Forgets the nodes that were not used after this turn, and says how many they were.
    pub(super) fn forget(&mut self, turn: u64) -> usize {
        let Some(node) = &mut self.node else { return 0 };
        if node.changed || node.last_turn > turn {
            let slots = node.slots.iter_mut();
            return slots.map(|(_, slot)| slot.forget(turn)).sum();
        }
        let count = self.count();
        self.node = None;
        count
    }

    fn count(&self) -> usize {
        self.node.as_ref().map_or(0, |node| 1 + node.trees().map(Tree::count).sum::<usize>())
    }
}

impl Slot {
    /// A slot for these subjects, and how many nodes it takes.
    fn with(depth: usize, updates: Updates<'_>, turn: u64) -> (Slot, usize) {
        if let [(key, status)] = updates {
            return (Slot::Leaf(Leaf::new(*key, *status)), 0);
        }
        let mut tree = Tree { hash: Digest::ZERO, node: Some(Box::default()) };
        let new_nodes = 1 + tree.write(depth, updates, turn);
        (Slot::Tree(tree), new_nodes)
    }
}

impl Node {
    fn find(&self, digit: u8) -> Result<usize, usize> {
        self.slots.binary_search_by_key(&digit, |(digit, _)| *digit)
    }

    fn trees(&self) -> impl Iterator<Item = &Tree> {
        self.slots.iter().filter_map(|(_, slot)| match slot {
            Slot::Tree(tree) => Some(tree),
            Slot::Leaf(_) => None,
        })
    }

    /// What is in the slot of `digit`.
    pub(super) fn slot(&self, digit: u8) -> Option<&Slot> {
        self.find(digit).ok().map(|place| &self.slots[place].1)
    }

    /// The hash of the tree below this node.
    pub(super) fn hash(&self) -> Digest {
        self.tree().hash()
    }

    /// Walks down the four levels towards `digit`, as far as more than one subject is below, and
    /// collects the siblings. Returns where the walk ends.
    pub(super) fn descend(&self, digit: u8, siblings: &mut Vec<Digest>) -> Option<&Slot> {
        let mut subtree = self.tree();
        loop {
            match subtree.shape() {
                Shape::Empty => return None,
                Shape::One(slot) => return Some(slot),
                Shape::Halves(left, right) => {
                    let goes_right = digit >= right.first;
                    let (next, sibling) = if goes_right {
                        (right, left)
                    } else {
                        (left, right)
                    };
                    siblings.push(sibling.hash());
                    subtree = next;
                }
            }
        }
    }

    fn tree(&self) -> Subtree<'_> {
        Subtree {
            slots: &self.slots,
            first: 0,
            width: SLOTS,
        }
    }

    /// The stored form: two bytes with a bit for each leaf and two with a bit for each child, the
    /// lowest bit of the second byte for digit 0; then, by digit, 32 bytes of key and 32 of status
    /// for a leaf and 32 of hash for a child.
    pub(super) fn encode(&self) -> Vec<u8> {
        let (mut leaves, mut children) = (0u16, 0u16);
        let mut contents = Vec::new();
        for (digit, slot) in &self.slots {
            match slot {
                Slot::Leaf(leaf) => {
                    leaves |= 1 << digit;
                    contents.extend_from_slice(leaf.key.as_bytes());
                    contents.extend_from_slice(leaf.status.as_bytes());
                }
                Slot::Child(hash) => {
                    children |= 1 << digit;
                    contents.extend_from_slice(hash.as_bytes());
                }
            }
        }
        [
            &leaves.to_be_bytes(),
            &children.to_be_bytes(),
            contents.as_slice(),
        ]
        .concat()
    }

    /// Reads the stored form of the node at `path`; `None` where the bytes are not one.
    pub(super) fn decode(bytes: &[u8], path: NodePath) -> Option<Node> {
        let (leaves, rest) = bytes.split_first_chunk()?;
        let (children, mut rest) = rest.split_first_chunk()?;
        let (leaves, children) = (u16::from_be_bytes(*leaves), u16::from_be_bytes(*children));
        if leaves & children != 0 {
            return None;
        }
        let mut next = || {
            let (chunk, after) = rest.split_first_chunk::<32>()?;
            rest = after;
            Some(*chunk)
        };
        let mut node = Node::default();
        for digit in 0..SLOTS {
            if leaves >> digit & 1 == 1 {
                let leaf = Leaf::new(StatusKey::from_bytes(next()?), Digest::from_bytes(next()?));
                if !path.child(digit).leads_to(&leaf.key) {
                    return None;
                }
                node.slots.push((digit, Slot::Leaf(leaf)));
            } else if children >> digit & 1 == 1 {
                node.slots
                    .push((digit, Slot::Child(Digest::from_bytes(next()?))));
            }
        }
        rest.is_empty().then_some(node)
    }
}

/// The tree over the slots with the digits `first..first + width`.
#[derive(Clone, Copy)]
struct Subtree<'node> {
    slots: &'node [(u8, Slot)],
    first: u8,
    width: u8,
}

/// What a tree comes down to.
enum Shape<'node> {
    Empty,
    One(&'node Slot),
    Halves(Subtree<'node>, Subtree<'node>),
}

impl<'node> Subtree<'node> {
    fn shape(self) -> Shape<'node> {
        match self.slots {
            [] => Shape::Empty,
            [(_, slot)] if self.width == 1 || matches!(slot, Slot::Leaf(_)) => Shape::One(slot),
            _ => {
                let width = self.width / 2;
                let middle = self.first + width;
                let parting = self.slots.partition_point(|(digit, _)| *digit < middle);
                let (left, right) = self.slots.split_at(parting);
                Shape::Halves(
                    Subtree {
                        slots: left,
                        first: self.first,
                        width,
                    },
                    Subtree {
                        slots: right,
                        first: middle,
                        width,
                    },
                )
            }
        }
    }

    fn hash(self) -> Digest {
        match self.shape() {
            Shape::Empty => Digest::ZERO,
            Shape::One(slot) => slot.hash(),
            Shape::Halves(left, right) => inner_hash(&left.hash(), &right.hash()),
        }
    }
}
