//! Other implementations as judges: `ct-merkle` and `tlog_tiles`.

use assent_crypto::digest::Digest;
use assent_ledger::merkle::{
    TileId, TileSet, consistency_proof, edge_tiles_needed, inclusion_proof, leaf_hash,
    verify_inclusion,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use tlog_tiles::{Hash, Tile, TileHashReader, TileReader};

use crate::log::{TileStore, written};

fn concatenated(proof: &[Digest]) -> Vec<u8> {
    proof.iter().flat_map(Digest::as_bytes).copied().collect()
}

fn entries(count: u64) -> Vec<[u8; 8]> {
    (0..count).map(u64::to_be_bytes).collect()
}

fn leaves(count: u64) -> Vec<Digest> {
    entries(count)
        .iter()
        .map(|entry| leaf_hash(entry))
        .collect()
}

#[test]
fn ct_merkle_makes_the_same_roots_and_proofs() {
    const SIZE_MAX: u64 = 300;
    let (_, store) = written(&leaves(SIZE_MAX));
    let ids: Vec<TileId> = store.tiles().map(|(id, _)| *id).collect();
    let tiles: TileSet = store.read(&ids).into_iter().collect();
    let mut peer = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    for (size, entry) in (1..).zip(entries(SIZE_MAX)) {
        peer.push(entry);
        for index in 0..size {
            let proof = inclusion_proof(index, size, &tiles).expect("in range");
            let peer_proof = peer.prove_inclusion(index.try_into().expect("small"));
            assert_eq!(
                concatenated(&proof),
                peer_proof.as_bytes(),
                "{index} of {size}"
            );
        }
        for old in 1..=size {
            let proof = consistency_proof(old, size, &tiles).expect("in range");
            let peer_proof = peer.prove_consistency((size - old).try_into().expect("small"));
            assert_eq!(
                concatenated(&proof),
                peer_proof.as_bytes(),
                "{old} to {size}"
            );
        }
        let root = Digest::from_bytes((*peer.root().as_bytes()).into());
        let proof = inclusion_proof(0, size, &tiles).expect("in range");
        assert_eq!(
            verify_inclusion(leaf_hash(&[0; 8]), 0, size, &proof, root),
            Ok(())
        );
    }
}

/// Our tiles, to be read by the peer, which checks each against the root.
struct OurTiles<'store>(&'store TileStore);

impl TileReader for OurTiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            let id = TileId {
                level: tile.level(),
                index: tile.level_index(),
            };
            let mut hashes = self.0.read(&[id]).remove(0).hashes;
            hashes.truncate(tile.width() as usize * 32);
            hashes
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

#[test]
fn tlog_tiles_reads_our_tiles() {
    let all = leaves(66_000);
    for size in [
        1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 66_000,
    ] {
        let (log, store) = written(&all[..usize::try_from(size).expect("small")]);
        let our_tiles = OurTiles(&store);
        let root = Hash(*log.root().as_bytes());
        let peer = TileHashReader::new(size, root, &our_tiles);
        assert_eq!(
            tlog_tiles::tree_hash(size, &peer).expect("our tiles are whole"),
            root
        );
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = tlog_tiles::prove_record(size, index, &peer).expect("in range");
            let proof: Vec<Digest> = proof
                .into_iter()
                .map(|hash| Digest::from_bytes(hash.0))
                .collect();
            let leaf = all[usize::try_from(index).expect("small")];
            assert_eq!(
                verify_inclusion(leaf, index, size, &proof, log.root()),
                Ok(())
            );
        }
    }
}

#[test]
fn tlog_tiles_notices_a_wrong_tile() {
    let (log, mut store) = written(&leaves(1000));
    let mut tile = store.read(&edge_tiles_needed(1000)[..1]).remove(0);
    tile.hashes[5] ^= 1;
    store.keep(vec![tile]);
    let our_tiles = OurTiles(&store);
    let peer = TileHashReader::new(1000, Hash(*log.root().as_bytes()), &our_tiles);
    let read = tlog_tiles::tree_hash(1000, &peer);
    assert!(
        matches!(read, Err(tlog_tiles::Error::InconsistentTile)),
        "a judge can say no"
    );
}
