//! The Merkle log: RFC 6962 hashes over an append-only list, stored as C2SP tlog-tiles.
//!
//! Nothing here reads or writes. The [`Appender`] is restored from the few tiles at the right edge
//! and hands out the tiles that change; a proof names the tiles that it needs
//! ([`inclusion_tiles`], [`consistency_tiles`]) and is made once they are in a [`TileSet`]. The
//! formats, with worked examples, are in `docs/reference/log.md`.

mod appender;
mod proof;
mod tile;
mod verify;

pub use appender::{Appender, EdgeTileMismatch, edge_tiles_needed};
pub use proof::{
    ProofError, consistency_proof, consistency_tiles, inclusion_proof, inclusion_tiles,
};
pub use tile::{TileId, TileSet};
pub use verify::{InvalidProof, verify_consistency, verify_inclusion};

use assent_crypto::digest::Digest;

/// `SHA-256(0x00 ‖ entry)`: the hash of a leaf (RFC 6962, section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut input = Vec::with_capacity(1 + entry.len());
    input.push(0x00);
    input.extend_from_slice(entry);
    Digest::of(&input)
}

/// `SHA-256(0x01 ‖ left ‖ right)`: the hash of an inner node (RFC 6962, section 2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut input = [0x01; 65];
    input[1..33].copy_from_slice(left.as_bytes());
    input[33..].copy_from_slice(right.as_bytes());
    Digest::of(&input)
}

/// `SHA-256("")`: the root of the log without entries (RFC 6962, section 2.1).
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The root of a perfect tree whose leaf level is `hashes`: a power of two of 32-byte hashes.
fn perfect_root(hashes: &[u8]) -> Digest {
    if let Ok(only) = hashes.try_into() {
        return Digest::from_bytes(only);
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    node_hash(&perfect_root(left), &perfect_root(right))
}

/// The root of neighbouring perfect trees, largest first; that of nothing is the empty root.
fn fold_perfect_roots(roots: &[Digest]) -> Digest {
    let smallest_first = roots.iter().rev().copied();
    smallest_first
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(empty_root)
}
