//! Tiles: eight levels of the tree in one stored piece.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use assent_crypto::digest::Digest;

use super::{fold_perfect_roots, perfect_root};
use crate::block::Tile;
use crate::merkle::ProofError;

/// The height of a tile: each holds 2⁸ hashes when it is full.
pub(super) const TILE_HEIGHT: u32 = 8;
/// The hashes of a full tile.
pub(super) const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;
/// The bytes of a hash.
pub(super) const HASH_BYTES: usize = 32;

/// Which tile: its level, in units of tiles from the leaves, and its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// The level in units of tiles: level 0 holds leaf hashes.
    pub level: u8,
    /// The position on its level, from 0.
    pub index: u64,
}

impl TileId {
    /// The tile at the right edge of `level` in a log of `size` entries.
    pub(super) fn at_edge(size: u64, level: u8) -> TileId {
        // No log fills a tile of the top level, whose position is thus 0.
        let index = size
            .checked_shr(TILE_HEIGHT * (u32::from(level) + 1))
            .unwrap_or(0);
        TileId { level, index }
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.level, self.index)
    }
}

/// The tiles that a proof is made from.
///
/// A tile may be wider than the log was at the size that is asked about, for a hash once in a tile
/// never changes.
#[derive(Debug, Clone, Default)]
pub struct TileSet(BTreeMap<TileId, Vec<u8>>);

impl TileSet {
    /// Puts a tile in, in place of an earlier version of it.
    pub fn insert(&mut self, tile: Tile) {
        self.0.insert(
            TileId {
                level: tile.level,
                index: tile.index,
            },
            tile.hashes,
        );
    }

    /// The root of the tree over a range that RFC 6962 splits a log into.
    pub(super) fn root(&self, range: Range<u64>) -> Result<Digest, ProofError> {
        let roots = perfect_trees(range).map(|tree| self.perfect_root(&tree));
        Ok(fold_perfect_roots(&roots.collect::<Result<Vec<_>, _>>()?))
    }

    fn perfect_root(&self, tree: &PerfectTree) -> Result<Digest, ProofError> {
        let id = tree.tile();
        let hashes = self
            .0
            .get(&id)
            .and_then(|hashes| hashes.get(tree.bytes_in_tile()));
        hashes.map(perfect_root).ok_or(ProofError::MissingTile(id))
    }
}

impl FromIterator<Tile> for TileSet {
    fn from_iter<Tiles: IntoIterator<Item = Tile>>(tiles: Tiles) -> TileSet {
        let mut set = TileSet::default();
        tiles.into_iter().for_each(|tile| set.insert(tile));
        set
    }
}

/// The tree over the `2^height` entries from `index · 2^height`.
pub(super) struct PerfectTree {
    height: u32,
    index: u64,
}

impl PerfectTree {
    /// The tile that holds its hash or the hashes right below it.
    pub(super) fn tile(&self) -> TileId {
        let level = u8::try_from(self.height / TILE_HEIGHT).expect("a level is at most 7");
        TileId {
            level,
            index: self.first_hash() / TILE_WIDTH,
        }
    }

    /// Where in that tile its hashes are.
    fn bytes_in_tile(&self) -> Range<usize> {
        let offset = usize::try_from(self.first_hash() % TILE_WIDTH).expect("within a tile");
        let width = 1 << (self.height % TILE_HEIGHT);
        offset * HASH_BYTES..(offset + width) * HASH_BYTES
    }

    /// The position, on the level of the tile, of the first hash below it.
    fn first_hash(&self) -> u64 {
        self.index << (self.height % TILE_HEIGHT)
    }
}

/// The perfect trees side by side that make up a range, largest first. As in every range that
/// RFC 6962 names, the start must be a multiple of a power of two that is not below the length.
pub(super) fn perfect_trees(range: Range<u64>) -> impl Iterator<Item = PerfectTree> {
    let Range { mut start, end } = range;
    std::iter::from_fn(move || {
        let height = (end - start).checked_ilog2()?;
        let tree = PerfectTree {
            height,
            index: start >> height,
        };
        start += 1 << height;
        Some(tree)
    })
}
