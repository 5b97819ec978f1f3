//! Making proofs: first the tiles they need, then the hashes.

use std::collections::BTreeSet;
use std::ops::Range;

use assent_crypto::digest::Digest;

use super::tile::{TileId, TileSet, perfect_trees};

/// Why a proof cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such entry, or no such earlier size, in a log of that size.
    #[error("the log of that size has no such entry or earlier size")]
    OutOfRange,
    /// A tile is not in the set, or is narrower than the log of that size has it.
    #[error("the tile {0} is needed")]
    MissingTile(TileId),
}

/// The tiles that [`inclusion_proof`] reads.
///
/// # Errors
/// [`ProofError::OutOfRange`] where the index is not below the size.
pub fn inclusion_tiles(index: u64, size: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&inclusion_ranges(index, size)?))
}

/// The tiles that [`consistency_proof`] reads.
///
/// # Errors
/// [`ProofError::OutOfRange`] where the old size is above the new.
pub fn consistency_tiles(old_size: u64, new_size: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&consistency_ranges(old_size, new_size)?))
}

/// `PATH(index, D[size])`: the audit path from the sibling of the leaf to the child of the root
/// (RFC 6962, section 2.1.1).
///
/// # Errors
/// [`ProofError::OutOfRange`] where the index is not below the size, or a tile that is missing.
pub fn inclusion_proof(index: u64, size: u64, tiles: &TileSet) -> Result<Vec<Digest>, ProofError> {
    inclusion_ranges(index, size)?
        .into_iter()
        .map(|range| tiles.root(range))
        .collect()
}

/// `PROOF(old_size, D[new_size])`: that the first `old_size` entries are the same ones
/// (RFC 6962, section 2.1.2). From the empty log, and between equal sizes, it is empty.
///
/// # Errors
/// [`ProofError::OutOfRange`] where the old size is above the new, or a tile that is missing.
pub fn consistency_proof(
    old_size: u64,
    new_size: u64,
    tiles: &TileSet,
) -> Result<Vec<Digest>, ProofError> {
    consistency_ranges(old_size, new_size)?
        .into_iter()
        .map(|range| tiles.root(range))
        .collect()
}

/// The ranges of entries whose roots are the audit path, nearest to the leaf first.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let mut siblings = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push(middle..end);
            end = middle;
        } else {
            siblings.push(start..middle);
            start = middle;
        }
    }
    siblings.reverse();
    Ok(siblings)
}

/// The ranges of entries whose roots are the consistency proof, in its order.
fn consistency_ranges(old_size: u64, new_size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old_size > new_size {
        return Err(ProofError::OutOfRange);
    }
    let mut ranges = Vec::new();
    if old_size == 0 {
        return Ok(ranges);
    }
    let (mut start, mut end) = (0, new_size);
    while end > old_size {
        let middle = start + split(end - start);
        if old_size <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // What is left is a whole tree of the old log. Where it is all of it, the verifier knows it.
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    Ok(ranges)
}

/// The largest power of two below `length`, where RFC 6962 splits a tree of two leaves or more.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

fn tiles_of(ranges: &[Range<u64>]) -> Vec<TileId> {
    let trees = ranges.iter().cloned().flat_map(perfect_trees);
    trees
        .map(|tree| tree.tile())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}
