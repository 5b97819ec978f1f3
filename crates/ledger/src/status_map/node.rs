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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// The only subject whose key begins this way.
    Leaf(Leaf),
    /// A node of its own, for two subjects or more, with this hash.
    Child(Digest),
}

impl Slot {
    fn hash(&self) -> Digest {
        match self {
            Slot::Leaf(leaf) => leaf.hash,
            Slot::Child(hash) => *hash,
        }
    }
}

/// Up to 16 slots, by the digit that leads to each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    slots: Vec<(u8, Slot)>,
}

pub(super) fn leaf_hash(key: &StatusKey, status: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_LEAF, &[key.as_bytes(), status.as_bytes()])
}

pub(super) fn inner_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::tagged(domains::STATUS_NODE, &[left.as_bytes(), right.as_bytes()])
}

impl Node {
    fn find(&self, digit: u8) -> Result<usize, usize> {
        self.slots.binary_search_by_key(&digit, |(digit, _)| *digit)
    }

    /// Fills the slot of `digit`.
    pub(super) fn put(&mut self, digit: u8, slot: Slot) {
        match self.find(digit) {
            Ok(place) => self.slots[place].1 = slot,
            Err(place) => self.slots.insert(place, (digit, slot)),
        }
    }

    /// Empties the slot of `digit`.
    pub(super) fn take(&mut self, digit: u8) -> Option<Slot> {
        self.find(digit)
            .ok()
            .map(|place| self.slots.remove(place).1)
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
