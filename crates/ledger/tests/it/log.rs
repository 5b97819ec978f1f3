use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_ledger::block::Tile;
use assent_ledger::merkle::{
    Appender, EdgeTileMismatch, InvalidProof, ProofError, TileId, TileSet, consistency_proof,
    consistency_tiles, edge_tiles_needed, empty_root, inclusion_proof, inclusion_tiles, leaf_hash,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::hex;
use crate::log_model::LogModel;

/// The newest version of each tile, as a store keeps them.
#[derive(Default)]
pub(crate) struct TileStore(BTreeMap<TileId, Vec<u8>>);

impl TileStore {
    pub(crate) fn keep(&mut self, tiles: Vec<Tile>) {
        for Tile {
            level,
            index,
            hashes,
        } in tiles
        {
            self.0.insert(TileId { level, index }, hashes);
        }
    }

    pub(crate) fn read(&self, ids: &[TileId]) -> Vec<Tile> {
        let read = |id: &TileId| Tile {
            level: id.level,
            index: id.index,
            hashes: self.0[id].clone(),
        };
        ids.iter().map(read).collect()
    }

    pub(crate) fn width(&self, id: TileId) -> usize {
        self.0.get(&id).map_or(0, |hashes| hashes.len() / 32)
    }

    pub(crate) fn tiles(&self) -> impl Iterator<Item = (&TileId, &Vec<u8>)> {
        self.0.iter()
    }
}

/// A log with these leaves and the tiles that a store has of it.
pub(crate) fn written(leaves: &[Digest]) -> (Appender, TileStore) {
    let (mut log, mut store) = (Appender::default(), TileStore::default());
    for (index, leaf) in (0..).zip(leaves) {
        assert_eq!(log.append(*leaf), index);
        // Some tiles are handed out half full and again when they are full.
        if index % 100 == 0 {
            store.keep(log.drain_tiles());
        }
    }
    store.keep(log.drain_tiles());
    (log, store)
}

/// The eight leaves of the reference tests of Certificate Transparency.
fn transparency_leaves() -> [Vec<u8>; 8] {
    let leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    leaves.map(hex::decode)
}

fn transparency_tiles() -> TileSet {
    let mut log = Appender::default();
    for leaf in transparency_leaves() {
        log.append(leaf_hash(&leaf));
    }
    log.drain_tiles().into_iter().collect()
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut log = Appender::default();
    assert_eq!(log.root(), hex::digest(roots[0]));
    for (leaf, root) in transparency_leaves().iter().zip(&roots[1..]) {
        log.append(leaf_hash(leaf));
        assert_eq!(log.root(), hex::digest(root), "size {}", log.size());
    }
}

#[test]
fn proofs_are_those_of_certificate_transparency() {
    let tiles = transparency_tiles();
    let digests = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| hex::digest(text))
            .collect::<Vec<_>>()
    };
    let from_1_to_8 = digests(&[
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]);
    assert_eq!(inclusion_proof(0, 8, &tiles), Ok(from_1_to_8.clone()));
    assert_eq!(consistency_proof(1, 8, &tiles), Ok(from_1_to_8));
    let from_6_to_8 = digests(&[
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]);
    assert_eq!(consistency_proof(6, 8, &tiles), Ok(from_6_to_8));
    let from_2_to_5 = digests(&[
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]);
    assert_eq!(consistency_proof(2, 5, &tiles), Ok(from_2_to_5));
}

#[test]
fn every_proof_is_that_of_the_model_and_verifies() {
    const SIZE_MAX: usize = 300;
    let model = LogModel::of_size(SIZE_MAX);
    let (_, store) = written(&model.leaves);
    for size in 0..=SIZE_MAX {
        let (new, root) = (size as u64, model.root(size));
        for place in 0..size {
            let index = place as u64;
            let tiles = store.read(&inclusion_tiles(index, new).expect("in range"));
            let proof = inclusion_proof(index, new, &tiles.into_iter().collect());
            let proof = proof.expect("the tiles are there");
            assert_eq!(
                proof,
                model.inclusion(place, size),
                "entry {index} of {size}"
            );
            let verified = verify_inclusion(model.leaves[place], index, new, &proof, root);
            assert_eq!(verified, Ok(()), "entry {index} of {size}");
        }
        for old_size in 0..=size {
            let old = old_size as u64;
            let tiles = store.read(&consistency_tiles(old, new).expect("in range"));
            let proof = consistency_proof(old, new, &tiles.into_iter().collect());
            let proof = proof.expect("the tiles are there");
            assert_eq!(proof, model.consistency(old_size, size), "{old} to {size}");
            let verified = verify_consistency(old, model.root(old_size), new, root, &proof);
            assert_eq!(verified, Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn proofs_reach_over_three_levels_of_tiles() {
    const SIZE: usize = 66_000;
    let model = LogModel::of_size(SIZE);
    let (log, store) = written(&model.leaves);
    let (new, root) = (SIZE as u64, model.root(SIZE));
    assert_eq!(log.root(), root);
    for place in [0, 255, 256, 1000, 65_535, 65_536, 65_999] {
        let tiles = store.read(&inclusion_tiles(place as u64, new).expect("in range"));
        assert!(tiles.len() <= 6, "{} tiles", tiles.len());
        let proof = inclusion_proof(place as u64, new, &tiles.into_iter().collect());
        assert_eq!(proof, Ok(model.inclusion(place, SIZE)));
    }
    for old in [1, 255, 256, 257, 65_535, 65_536, 65_537] {
        let tiles = store.read(&consistency_tiles(old as u64, new).expect("in range"));
        let proof = consistency_proof(old as u64, new, &tiles.into_iter().collect());
        assert_eq!(proof, Ok(model.consistency(old, SIZE)));
    }
}

/// Proofs that differ from `proof` in one hash, its lack, or one too many.
fn altered(proof: &[Digest]) -> Vec<Vec<Digest>> {
    let mut all = Vec::new();
    for place in 0..proof.len() {
        let mut bytes = *proof[place].as_bytes();
        bytes[place % 32] ^= 1;
        let mut changed = proof.to_vec();
        changed[place] = Digest::from_bytes(bytes);
        all.push(changed);
        let mut shorter = proof.to_vec();
        shorter.remove(place);
        all.push(shorter);
    }
    for place in 0..=proof.len() {
        let mut longer = proof.to_vec();
        longer.insert(place, Digest::of(b"too many"));
        all.push(longer);
    }
    all
}

#[test]
fn an_altered_inclusion_proof_fails() {
    let model = LogModel::of_size(40);
    for size in 1..=40 {
        let (length, root) = (size as u64, model.root(size));
        for place in 0..size {
            let (index, leaf) = (place as u64, model.leaves[place]);
            let proof = model.inclusion(place, size);
            for other in altered(&proof) {
                let verified = verify_inclusion(leaf, index, length, &other, root);
                assert_eq!(verified, Err(InvalidProof), "entry {index} of {size}");
            }
            for other in (0..length + 2).filter(|other| *other != index) {
                let verified = verify_inclusion(leaf, other, length, &proof, root);
                assert_eq!(verified, Err(InvalidProof), "{index} passed off as {other}");
            }
            let other = Digest::of(b"other");
            assert!(verify_inclusion(other, index, length, &proof, root).is_err());
            assert!(verify_inclusion(leaf, index, length, &proof, other).is_err());
        }
    }
}

#[test]
fn an_altered_consistency_proof_fails() {
    let model = LogModel::of_size(40);
    let other = Digest::of(b"other");
    for new_size in 1..=40 {
        let (new, new_root) = (new_size as u64, model.root(new_size));
        for old_size in 0..=new_size {
            let (old, old_root) = (old_size as u64, model.root(old_size));
            let proof = model.consistency(old_size, new_size);
            for altered in altered(&proof) {
                let verified = verify_consistency(old, old_root, new, new_root, &altered);
                assert_eq!(verified, Err(InvalidProof), "{old} to {new}");
            }
            assert!(verify_consistency(old, other, new, new_root, &proof).is_err());
            // A root is of one size: a greater one needs a longer proof.
            let larger = verify_consistency(old, old_root, new * 4, new_root, &proof);
            assert_eq!(larger.is_ok(), old == 0, "{old} to {new} as to {}", new * 4);
            // Any log at all has the empty one as its beginning.
            let proves_nothing = old == 0 && new > 0;
            let verified = verify_consistency(old, old_root, new, other, &proof);
            assert_eq!(verified.is_ok(), proves_nothing, "{old} to {new}");
        }
        assert!(verify_consistency(new + 1, new_root, new, new_root, &[]).is_err());
    }
}

#[test]
fn what_is_out_of_range_has_no_proof() {
    let tiles = TileSet::default();
    assert_eq!(inclusion_proof(0, 0, &tiles), Err(ProofError::OutOfRange));
    assert_eq!(inclusion_proof(5, 5, &tiles), Err(ProofError::OutOfRange));
    assert_eq!(inclusion_tiles(5, 5), Err(ProofError::OutOfRange));
    assert_eq!(consistency_proof(6, 5, &tiles), Err(ProofError::OutOfRange));
    assert_eq!(consistency_tiles(6, 5), Err(ProofError::OutOfRange));
}

#[test]
fn a_tile_that_is_missing_or_too_narrow_is_named() {
    let model = LogModel::of_size(300);
    let (_, store) = written(&model.leaves);
    let first = TileId { level: 0, index: 0 };
    let missing = inclusion_proof(3, 300, &TileSet::default());
    assert_eq!(missing, Err(ProofError::MissingTile(first)));

    let mut narrow = store.read(&[first]).remove(0);
    narrow.hashes.truncate(32 * 8);
    let tiles: TileSet = [narrow].into_iter().collect();
    assert_eq!(inclusion_proof(3, 8, &tiles), Ok(model.inclusion(3, 8)));
    assert_eq!(
        inclusion_proof(3, 9, &tiles),
        Err(ProofError::MissingTile(first))
    );
}

#[test]
fn a_resumed_log_goes_on_like_the_one_before() {
    let model = LogModel::of_size(66_000);
    let (mut log, mut store) = (Appender::default(), TileStore::default());
    for (size, leaf) in (0..).zip(&model.leaves) {
        // Every size at first, then those around the edge of the third level.
        if size <= 600 || size > 65_500 {
            let edge = store.read(&edge_tiles_needed(size));
            let mut resumed = Appender::resume(size, edge).expect("the edge is kept");
            assert_eq!(resumed.root(), log.root(), "size {size}");
            assert_eq!(resumed.drain_tiles(), [], "nothing changed yet");
            log = resumed;
        }
        log.append(*leaf);
        store.keep(log.drain_tiles());
    }
    assert_eq!(log.root(), model.root(66_000));
    let (_, continuous) = written(&model.leaves);
    assert!(
        store.tiles().eq(continuous.tiles()),
        "the tiles are the same"
    );
}

#[test]
fn tiles_have_the_widths_of_the_specification() {
    let (_, store) = written(&LogModel::of_size(70_000).leaves);
    let mut widths: BTreeMap<(u8, usize), usize> = BTreeMap::new();
    for (id, hashes) in store.tiles() {
        *widths.entry((id.level, hashes.len() / 32)).or_default() += 1;
    }
    // The example of C2SP tlog-tiles.
    let expected = [
        ((0, 112), 1),
        ((0, 256), 273),
        ((1, 17), 1),
        ((1, 256), 1),
        ((2, 1), 1),
    ];
    assert_eq!(widths, BTreeMap::from(expected));
    assert_eq!(store.width(TileId { level: 2, index: 0 }), 1);
}

#[test]
fn a_log_does_not_resume_from_the_wrong_edge() {
    let model = LogModel::of_size(300);
    let (_, store) = written(&model.leaves);
    let check = |size, tiles: Vec<Tile>, level, index| {
        let mismatch = Appender::resume(size, tiles).err();
        assert_eq!(
            mismatch,
            Some(EdgeTileMismatch(TileId { level, index })),
            "size {size}"
        );
    };
    let edge = store.read(&edge_tiles_needed(300));
    assert_eq!(edge.len(), 2);
    check(300, Vec::new(), 0, 1);
    check(300, edge[..1].to_vec(), 1, 0);
    check(300, edge[1..].to_vec(), 0, 1);
    check(299, edge.clone(), 0, 1);
    check(44, edge.clone(), 0, 0);
    let empty = Appender::resume(0, edge).expect("the empty log needs no tile");
    assert_eq!(empty.root(), empty_root());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Invariant 5, of the log alone: with any cut into batches and any restarts between.
    #[test]
    fn every_earlier_root_is_a_prefix(batches in prop::collection::vec((0_usize..200, any::<bool>()), 1..12)) {
        let model = LogModel::of_size(batches.iter().map(|(count, _)| count).sum());
        let (mut log, mut store) = (Appender::default(), TileStore::default());
        let mut heads = vec![(0, empty_root())];
        let mut leaves = model.leaves.iter();
        for (count, restart) in batches {
            if restart {
                let edge = store.read(&edge_tiles_needed(log.size()));
                log = Appender::resume(log.size(), edge).expect("the edge is kept");
            }
            leaves.by_ref().take(count).for_each(|leaf| { log.append(*leaf); });
            store.keep(log.drain_tiles());
            for (old, old_root) in &heads {
                let needed = consistency_tiles(*old, log.size()).expect("in range");
                let tiles = store.read(&needed).into_iter().collect();
                let proof = consistency_proof(*old, log.size(), &tiles).expect("in range");
                let verified = verify_consistency(*old, *old_root, log.size(), log.root(), &proof);
                prop_assert_eq!(verified, Ok(()));
            }
            heads.push((log.size(), log.root()));
        }
    }
}
