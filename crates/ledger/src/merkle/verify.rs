//! Checking proofs, as RFC 9162 writes the algorithms down (the hashes are those of RFC 6962).

use assent_crypto::digest::Digest;

use super::{empty_root, node_hash};

/// The proof does not show what it is said to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the Merkle proof does not lead to the root")]
pub struct InvalidProof;

/// Checks that the leaf is entry `index` of the log with this size and root
/// (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`InvalidProof`] where it is not shown.
pub fn verify_inclusion(
    leaf_hash: Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: Digest,
) -> Result<(), InvalidProof> {
    if index >= size {
        return Err(InvalidProof);
    }
    let mut climb = Climb {
        node: index,
        last: size - 1,
    };
    let mut hash = leaf_hash;
    for sibling in proof {
        hash = match climb.step()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if climb.last == 0 && hash == root {
        Ok(())
    } else {
        Err(InvalidProof)
    }
}

/// Checks that the log with the old size and root is the beginning of the one with the new size
/// and root (RFC 9162, section 2.1.4.2). Every log begins with the empty one.
///
/// # Errors
/// [`InvalidProof`] where it is not shown.
pub fn verify_consistency(
    old_size: u64,
    old_root: Digest,
    new_size: u64,
    new_root: Digest,
    proof: &[Digest],
) -> Result<(), InvalidProof> {
    if old_size == 0 || old_size == new_size {
        let known = if old_size == new_size {
            new_root
        } else {
            empty_root()
        };
        return if proof.is_empty() && old_root == known {
            Ok(())
        } else {
            Err(InvalidProof)
        };
    }
    if old_size > new_size {
        return Err(InvalidProof);
    }
    // A log of a power of two is itself a node of the new one, which the proof leaves out.
    let (seed, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(InvalidProof)?;
        (*first, rest)
    };
    let mut climb = Climb {
        node: old_size - 1,
        last: new_size - 1,
    };
    climb.skip(climb.node.trailing_ones());
    let (mut old_hash, mut new_hash) = (seed, seed);
    for sibling in rest {
        match climb.step()? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, sibling),
        }
    }
    let reached = climb.last == 0 && old_hash == old_root && new_hash == new_root;
    if reached { Ok(()) } else { Err(InvalidProof) }
}

/// The way up from a node, beside that of the last node of its level.
struct Climb {
    node: u64,
    last: u64,
}

/// On which side of the node its sibling is.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// Goes up to the next node that has a sibling.
    fn step(&mut self) -> Result<Side, InvalidProof> {
        if self.last == 0 {
            return Err(InvalidProof);
        }
        let side = if self.node & 1 == 1 {
            Side::Left
        } else if self.node == self.last {
            // The last node of a level has no right sibling and moves up unchanged until it is
            // itself a right one.
            self.skip(self.node.trailing_zeros());
            Side::Left
        } else {
            Side::Right
        };
        self.skip(1);
        Ok(side)
    }

    fn skip(&mut self, levels: u32) {
        self.node >>= levels;
        self.last >>= levels;
    }
}
