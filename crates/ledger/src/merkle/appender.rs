//! The growing end of the log.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;

use super::tile::{HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, TileId};
use super::{fold_perfect_roots, node_hash, perfect_root};
use crate::block::Tile;

/// The bytes of a full tile.
const FULL_TILE_BYTES: usize = HASH_BYTES << TILE_HEIGHT;

/// The tiles at the right edge are not those of the log of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tile {0} at the edge of the log is missing or of another size")]
pub struct EdgeTileMismatch(pub TileId);

/// Appends leaves and knows the root, from the right edge of the log alone.
///
/// An append costs one hash on average, the root as many as the size has bits set.
#[derive(Debug, Clone, Default)]
pub struct Appender {
    size: u64,
    /// The roots of the perfect trees that the log consists of, largest first: one for each bit
    /// that is set in the size.
    perfect_roots: Vec<Digest>,
    /// The unfinished tile of each level.
    edges: Vec<Edge>,
    /// The tiles that were filled since the last call of [`Appender::drain_tiles`].
    filled: Vec<Tile>,
}

#[derive(Debug, Clone, Default)]
struct Edge {
    hashes: Vec<u8>,
    changed: bool,
}

/// The unfinished tiles of a log of `size` entries, which [`Appender::resume`] wants back.
pub fn edge_tiles_needed(size: u64) -> Vec<TileId> {
    let levels = 0..edge_levels(size);
    levels
        .filter(|&level| edge_width(size, level) > 0)
        .map(|l| TileId::at_edge(size, l))
        .collect()
}

/// The number of levels of tiles that a log of `size` entries has.
fn edge_levels(size: u64) -> u8 {
    let bits = u64::BITS - size.leading_zeros();
    u8::try_from(bits.div_ceil(TILE_HEIGHT)).expect("64 bits make 8 levels")
}

/// The hashes in the unfinished tile of `level`.
fn edge_width(size: u64, level: u8) -> usize {
    let complete = size >> (TILE_HEIGHT * u32::from(level));
    usize::try_from(complete % TILE_WIDTH).expect("within a tile")
}

impl Appender {
    /// The log of `size` entries again, from the tiles named by [`edge_tiles_needed`].
    ///
    /// # Errors
    /// [`EdgeTileMismatch`] where one of them is missing or has not the width that the size gives
    /// it. Wrong hashes are not noticed here: compare the root.
    pub fn resume(
        size: u64,
        edge_tiles: impl IntoIterator<Item = Tile>,
    ) -> Result<Appender, EdgeTileMismatch> {
        let mut tiles: BTreeMap<TileId, Vec<u8>> = edge_tiles
            .into_iter()
            .map(|tile| {
                (
                    TileId {
                        level: tile.level,
                        index: tile.index,
                    },
                    tile.hashes,
                )
            })
            .collect();
        let mut edges = Vec::new();
        for level in 0..edge_levels(size) {
            let id = TileId::at_edge(size, level);
            let hashes = tiles.remove(&id).unwrap_or_default();
            if hashes.len() != edge_width(size, level) * HASH_BYTES {
                return Err(EdgeTileMismatch(id));
            }
            edges.push(Edge {
                hashes,
                changed: false,
            });
        }
        let perfect_roots = edges
            .iter()
            .rev()
            .flat_map(|edge| perfect_roots(&edge.hashes))
            .collect();
        Ok(Appender {
            size,
            perfect_roots,
            edges,
            filled: Vec::new(),
        })
    }

    /// Appends a leaf and says at which index.
    pub fn append(&mut self, leaf_hash: Digest) -> u64 {
        let index = self.size;
        self.extend_edge(0, &leaf_hash);
        let mut hash = leaf_hash;
        // Each bit set at the end of the index is a perfect tree that now gets its right sibling.
        for height in 1..=index.trailing_ones() {
            let left = self
                .perfect_roots
                .pop()
                .expect("one root for each bit that is set");
            hash = node_hash(&left, &hash);
            if height.is_multiple_of(TILE_HEIGHT) {
                self.extend_edge(height / TILE_HEIGHT, &hash);
            }
        }
        self.perfect_roots.push(hash);
        self.size += 1;
        index
    }

    fn extend_edge(&mut self, level: u32, hash: &Digest) {
        let place = usize::try_from(level).expect("a level is at most 7");
        if self.edges.len() == place {
            self.edges.push(Edge::default());
        }
        let edge = &mut self.edges[place];
        edge.hashes.extend_from_slice(hash.as_bytes());
        edge.changed = true;
        if edge.hashes.len() == FULL_TILE_BYTES {
            let Edge { hashes, .. } = std::mem::take(edge);
            let level = u8::try_from(level).expect("a level is at most 7");
            let TileId { level, index } = TileId::at_edge(self.size, level);
            self.filled.push(Tile {
                level,
                index,
                hashes,
            });
        }
    }

    /// Hands out the tiles that changed since the last call, whole.
    pub fn drain_tiles(&mut self) -> Vec<Tile> {
        let mut tiles = std::mem::take(&mut self.filled);
        for (level, edge) in (0..).zip(&mut self.edges) {
            if std::mem::take(&mut edge.changed) {
                let TileId { level, index } = TileId::at_edge(self.size, level);
                tiles.push(Tile {
                    level,
                    index,
                    hashes: edge.hashes.clone(),
                });
            }
        }
        tiles
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves (RFC 6962, section 2.1).
    pub fn root(&self) -> Digest {
        fold_perfect_roots(&self.perfect_roots)
    }
}

/// The roots of the perfect trees that the hashes of an unfinished tile make up, largest first.
fn perfect_roots(mut hashes: &[u8]) -> Vec<Digest> {
    let mut roots = Vec::new();
    while let Some(height) = (hashes.len() / HASH_BYTES).checked_ilog2() {
        let (tree, rest) = hashes.split_at(HASH_BYTES << height);
        roots.push(perfect_root(tree));
        hashes = rest;
    }
    roots
}
