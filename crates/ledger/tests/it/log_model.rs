//! The log as RFC 6962, section 2.1, defines it: recursion over all leaves, no tiles.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use assent_crypto::digest::Digest;

/// The leaf hashes of a log.
pub(crate) struct LogModel {
    pub(crate) leaves: Vec<Digest>,
    /// The roots that were computed before, for speed alone.
    roots: RefCell<BTreeMap<(usize, usize), Digest>>,
}

fn hash(left: Digest, right: Digest) -> Digest {
    Digest::of(&[&[0x01], left.as_bytes().as_slice(), right.as_bytes()].concat())
}

/// Cuts a range after the largest power of two below its length.
fn split(range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let mut power = 1;
    while power * 2 < range.len() {
        power *= 2;
    }
    let middle = range.start + power;
    (range.start..middle, middle..range.end)
}

impl LogModel {
    /// A log of distinct entries.
    pub(crate) fn of_size(size: usize) -> LogModel {
        let leaf = |index: usize| Digest::of(&[&[0x00], index.to_be_bytes().as_slice()].concat());
        LogModel {
            leaves: (0..size).map(leaf).collect(),
            roots: RefCell::default(),
        }
    }

    /// `MTH(D[size])`.
    pub(crate) fn root(&self, size: usize) -> Digest {
        self.tree(0..size)
    }

    /// `PATH(index, D[size])`.
    pub(crate) fn inclusion(&self, index: usize, size: usize) -> Vec<Digest> {
        self.path(index, 0..size)
    }

    /// `PROOF(old, D[new])`.
    pub(crate) fn consistency(&self, old: usize, new: usize) -> Vec<Digest> {
        if old == 0 {
            Vec::new()
        } else {
            self.subproof(old, 0..new, true)
        }
    }

    fn tree(&self, range: Range<usize>) -> Digest {
        let place = (range.start, range.end);
        if let Some(root) = self.roots.borrow().get(&place) {
            return *root;
        }
        let root = match range.len() {
            0 => Digest::of(&[]),
            1 => self.leaves[range.start],
            _ => {
                let (left, right) = split(range);
                hash(self.tree(left), self.tree(right))
            }
        };
        self.roots.borrow_mut().insert(place, root);
        root
    }

    fn path(&self, index: usize, range: Range<usize>) -> Vec<Digest> {
        if range.len() == 1 {
            return Vec::new();
        }
        let (left, right) = split(range);
        let (way, sibling) = if left.contains(&index) {
            (left, right)
        } else {
            (right, left)
        };
        let mut path = self.path(index, way);
        path.push(self.tree(sibling));
        path
    }

    fn subproof(&self, old: usize, range: Range<usize>, known: bool) -> Vec<Digest> {
        if old == range.end {
            return if known {
                Vec::new()
            } else {
                vec![self.tree(range)]
            };
        }
        let (left, right) = split(range);
        let (mut proof, sibling) = if old <= left.end {
            (self.subproof(old, left, known), right)
        } else {
            (self.subproof(old, right, false), left)
        };
        proof.push(self.tree(sibling));
        proof
    }
}
