//! A stored node: four levels of the binary tree.

use assent_crypto::digest::Digest;
use assent_crypto::domains;

use super::key::{Digits, StatusKey};
use super::tree::Tree;

/// The slots of a node, one for each hexadecimal digit.
const SLOTS: u8 = 16;
/// The bytes of a key, a status and a hash.
const DIGEST_BYTES: usize = 32;

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

/// Up to 16 slots, by the digit that leads to each.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The slots that lead to anything, in order.
    pub(super) slots: Vec<(u8, Slot)>,
    /// Whether the node waits to be drained. Nothing below a node changes without it.
    pub(super) changed: bool,
    /// The turn in which the node was last loaded or written to.
    pub(super) last_turn: u64,
}

pub(super) fn leaf_hash(key: &StatusKey, status: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_LEAF, &[key.as_bytes(), status.as_bytes()])
}

pub(super) fn inner_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_NODE, &[left.as_bytes(), right.as_bytes()])
}

impl Node {
    /// Where the slot of `digit` is, or would be.
    pub(super) fn find(&self, digit: u8) -> Result<usize, usize> {
        self.slots.binary_search_by_key(&digit, |(digit, _)| *digit)
    }

    /// What is in the slot of `digit`.
    pub(super) fn slot(&self, digit: u8) -> Option<&Slot> {
        self.find(digit).ok().map(|place| &self.slots[place].1)
    }

    /// The trees right below.
    pub(super) fn trees(&self) -> impl Iterator<Item = &Tree> {
        self.slots.iter().filter_map(|(_, slot)| match slot {
            Slot::Tree(tree) => Some(tree),
            Slot::Leaf(_) => None,
        })
    }

    /// The hash of the tree below this node.
    pub(super) fn hash(&self) -> Digest {
        self.whole().hash()
    }

    /// Walks down the four levels towards `digit`, as far as more than one subject is below, and
    /// collects the siblings. Returns where the walk ends.
    pub(super) fn descend(&self, digit: u8, siblings: &mut Vec<Digest>) -> Option<&Slot> {
        let mut subtree = self.whole();
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

    fn whole(&self) -> Subtree<'_> {
        Subtree {
            slots: &self.slots,
            first: 0,
            width: SLOTS,
        }
    }

    /// The stored form: two bytes with a bit for each leaf and two with a bit for each tree, the
    /// lowest bit of the second byte for digit 0; then, by digit, 32 bytes of key and 32 of status
    /// for a leaf and 32 of hash for a tree.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.reserve_exact(2 * DIGEST_BYTES * self.slots.len());
        let (mut leaves, mut trees) = (0u16, 0u16);
        for (digit, slot) in &self.slots {
            match slot {
                Slot::Leaf(leaf) => {
                    leaves |= 1 << digit;
                    bytes.extend_from_slice(leaf.key.as_bytes());
                    bytes.extend_from_slice(leaf.status.as_bytes());
                }
                Slot::Tree(tree) => {
                    trees |= 1 << digit;
                    bytes.extend_from_slice(tree.hash.as_bytes());
                }
            }
        }
        bytes[..2].copy_from_slice(&leaves.to_be_bytes());
        bytes[2..4].copy_from_slice(&trees.to_be_bytes());
        bytes
    }

    /// Reads the stored form of the node at `path`; `None` where the bytes are not one.
    pub(super) fn decode(bytes: &[u8], path: &Digits) -> Option<Node> {
        let (leaves, rest) = bytes.split_first_chunk()?;
        let (trees, mut rest) = rest.split_first_chunk()?;
        let (leaves, trees) = (u16::from_be_bytes(*leaves), u16::from_be_bytes(*trees));
        if leaves & trees != 0 {
            return None;
        }
        let mut next = || {
            let (chunk, after) = rest.split_first_chunk::<DIGEST_BYTES>()?;
            rest = after;
            Some(*chunk)
        };
        let mut node = Node::default();
        // Many nodes are kept and most have few slots: no room is spent on more.
        node.slots
            .reserve_exact((leaves | trees).count_ones() as usize);
        for digit in 0..SLOTS {
            if leaves >> digit & 1 == 1 {
                let leaf = Leaf::new(StatusKey::from_bytes(next()?), Digest::from_bytes(next()?));
                if !path.lead_to(digit, &leaf.key) {
                    return None;
                }
                node.slots.push((digit, Slot::Leaf(leaf)));
            } else if trees >> digit & 1 == 1 {
                let tree = Tree::unloaded(Digest::from_bytes(next()?));
                node.slots.push((digit, Slot::Tree(tree)));
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
