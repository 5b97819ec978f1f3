//! Who stays reads on, who went does not, and all who ever went together read no more than each.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::place::{Leaf, Place};
use super::rotation::Wrap;
use super::{KeyTree, PathKeys, Reader, Rotation, RotationError};
use crate::vault::SecretKey;

const CHANNEL: [u8; 32] = [9; 32];

/// A publisher, its readers, and all who went, with every key that these ever had.
struct World {
    tree: KeyTree,
    readers: BTreeMap<Leaf, Reader>,
    gone: Vec<Reader>,
    coalition: BTreeMap<Place, Vec<SecretKey>>,
}

impl World {
    fn new() -> Self {
        Self {
            tree: KeyTree::new(CHANNEL),
            readers: BTreeMap::new(),
            gone: Vec::new(),
            coalition: BTreeMap::new(),
        }
    }

    fn admit(&mut self) -> Leaf {
        let (leaf, rotation) = self.tree.admit();
        self.follow(&rotation);
        let path = self.tree.path_keys(leaf).expect("a reader has a path");
        self.readers.insert(leaf, Reader::new(CHANNEL, path));
        leaf
    }

    fn exclude(&mut self, leaves: &[Leaf]) {
        let rotation = self.tree.exclude(leaves);
        for leaf in leaves {
            let Some(mut reader) = self.readers.remove(leaf) else {
                continue;
            };
            pool(&mut self.coalition, reader.path_keys());
            assert_eq!(reader.apply(&rotation), Err(RotationError::Excluded));
            self.gone.push(reader);
        }
        self.follow(&rotation);
    }

    fn follow(&mut self, rotation: &Rotation) {
        let sent = Rotation::from_bytes(&rotation.to_bytes()).expect("a rotation reads back");
        assert_eq!(sent, *rotation);
        for reader in self.readers.values_mut() {
            reader.apply(&sent).expect("who stays can follow");
            assert_eq!(
                reader.epoch_key().as_bytes(),
                self.tree.epoch_key().as_bytes()
            );
        }
        self.attack(&sent);
    }

    /// Everything that the pooled keys open, from the lowest wraps up.
    fn attack(&self, rotation: &Rotation) {
        for wrap in &rotation.wraps {
            for key in self.coalition.get(&wrap.child).into_iter().flatten() {
                let opened = rotation.unwrap(&CHANNEL, wrap.child, key);
                assert!(
                    opened.expect("the wrap is there").is_err(),
                    "{:?}",
                    wrap.child
                );
            }
        }
    }
}

fn pool(coalition: &mut BTreeMap<Place, Vec<SecretKey>>, path: &PathKeys) {
    for (height, key) in (0..).zip(&path.keys) {
        let known = coalition
            .entry(Place::above(path.leaf, height))
            .or_default();
        known.push(SecretKey::from_bytes(*key.as_bytes()));
    }
}

/// What happens next to a channel.
#[derive(Debug, Clone)]
enum Step {
    Admit,
    Exclude(prop::sample::Index, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let exclude = (any::<prop::sample::Index>(), 1..4_usize);
    let step = prop_oneof![
        3 => Just(Step::Admit),
        2 => exclude.prop_map(|(first, count)| Step::Exclude(first, count)),
    ];
    prop::collection::vec(step, 1..60)
}

/// The key of an epoch may be given to somebody later, for what was published under it. It opens no
/// rotation that comes after, however the tree grows.
#[test]
fn the_key_of_an_epoch_wraps_nothing() {
    for _ in 0..32 {
        let mut tree = KeyTree::new(CHANNEL);
        let mut past = vec![SecretKey::from_bytes(*tree.epoch_key().as_bytes())];
        let mut leaves = Vec::new();
        for round in 0..80 {
            let rotation = if round % 3 == 2 {
                tree.exclude(&[leaves.remove(0)])
            } else {
                let (leaf, rotation) = tree.admit();
                leaves.push(leaf);
                rotation
            };
            for wrap in &rotation.wraps {
                for key in &past {
                    let opened = rotation.unwrap(&CHANNEL, wrap.child, key);
                    assert!(opened.expect("the wrap is there").is_err());
                }
            }
            past.push(SecretKey::from_bytes(*tree.epoch_key().as_bytes()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn who_went_opens_nothing_later_alone_or_together(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            match step {
                Step::Exclude(first, count) if !world.readers.is_empty() => {
                    let leaves: Vec<Leaf> = world.readers.keys().copied().collect();
                    let first = first.index(leaves.len());
                    let end = leaves.len().min(first + count);
                    world.exclude(&leaves[first..end]);
                }
                _ => drop(world.admit()),
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = Rotation::from_bytes(&bytes);
        let _ = PathKeys::from_bytes(&bytes);
        let _ = KeyTree::from_bytes(CHANNEL, &bytes);
    }
}

#[test]
fn a_thousand_readers_come_and_half_of_them_go() {
    let mut world = World::new();
    // Each follows every rotation, so they come in bulk here and are read off at the end.
    let leaves: Vec<Leaf> = (0..1_000).map(|_| world.tree.admit().0).collect();
    for leaf in &leaves {
        let path = world.tree.path_keys(*leaf).expect("a reader has a path");
        world.readers.insert(*leaf, Reader::new(CHANNEL, path));
    }
    for gone in leaves.chunks(100).step_by(2) {
        world.exclude(gone);
    }
    assert_eq!(world.tree.readers(), 500);
    assert_eq!(world.gone.len(), 500);
}

#[test]
fn a_rotation_says_nothing_about_how_many_read() {
    let length = |readers: usize| {
        let mut tree = KeyTree::new(CHANNEL);
        let leaves: Vec<Leaf> = (0..readers).map(|_| tree.admit().0).collect();
        tree.exclude(&leaves[..1]).to_bytes().len()
    };
    assert_eq!(length(40), length(60));
}

#[test]
fn rotations_are_followed_in_order_and_once() {
    let mut tree = KeyTree::new(CHANNEL);
    let (leaf, _) = tree.admit();
    let path = tree.path_keys(leaf).expect("a reader has a path");
    let mut reader = Reader::new(CHANNEL, path);
    let (first, second) = (tree.renew(), tree.renew());
    assert_eq!(reader.apply(&second), Err(RotationError::NotNext));
    assert_eq!(reader.apply(&first), Ok(()));
    assert_eq!(reader.apply(&first), Err(RotationError::NotNext));
    assert_eq!(reader.apply(&second), Ok(()));
    assert_eq!(reader.epoch(), tree.epoch());
}

#[test]
fn another_key_than_was_committed_to_is_noticed() {
    let mut tree = KeyTree::new(CHANNEL);
    let (leaf, _) = tree.admit();
    let path = tree.path_keys(leaf).expect("a reader has a path");
    let mut reader = Reader::new(CHANNEL, path);
    let mut rotation = tree.renew();
    rotation.commitment = crate::digest::Digest::ZERO;
    assert_eq!(
        reader.apply(&rotation),
        Err(RotationError::CommitmentMismatch)
    );
    assert_eq!(reader.epoch() + 1, tree.epoch());
}

#[test]
fn a_rotation_of_another_channel_or_altered_opens_nothing() {
    let mut tree = KeyTree::new(CHANNEL);
    let (leaf, _) = tree.admit();
    let path = tree
        .path_keys(leaf)
        .expect("a reader has a path")
        .to_bytes();
    let read = |channel| {
        let path = PathKeys::from_bytes(&path).expect("a path reads back");
        Reader::new(channel, path)
    };
    let rotation = tree.renew();
    assert_eq!(read(CHANNEL).apply(&rotation), Ok(()));
    assert_eq!(read([8; 32]).apply(&rotation), Err(RotationError::Excluded));
    let bytes = rotation.to_bytes();
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let Ok(altered) = Rotation::from_bytes(&altered) else {
            continue;
        };
        let is_on_path = |wrap: &Wrap| wrap.child == Place::above(leaf, wrap.child.height);
        let mut pairs = altered.wraps.iter().zip(&rotation.wraps);
        // What is altered in a wrap for somebody else, this reader never looks at.
        let is_elsewhere = pairs.any(|(one, other)| one != other && !is_on_path(other));
        let followed = read(CHANNEL).apply(&altered).is_ok();
        assert_eq!(followed, is_elsewhere, "byte {place}");
    }
}

#[test]
fn a_tree_goes_on_from_where_it_was_stored() {
    let mut tree = KeyTree::new(CHANNEL);
    let leaves: Vec<Leaf> = (0..20).map(|_| tree.admit().0).collect();
    let path = tree.path_keys(leaves[3]).expect("a reader has a path");
    let mut reader = Reader::new(CHANNEL, path);
    let stored = tree.to_bytes();
    let mut restored = KeyTree::from_bytes(CHANNEL, &stored).expect("a tree reads back");
    assert_eq!(restored.to_bytes(), stored);
    let rotation = restored.exclude(&leaves[10..]);
    assert_eq!(reader.apply(&rotation), Ok(()));
    for short in [0, 5, 12, stored.len() - 1, stored.len() - 37] {
        assert!(
            KeyTree::from_bytes(CHANNEL, &stored[..short]).is_err(),
            "{short}"
        );
    }
}

#[test]
fn a_tree_made_anew_lets_nobody_in_from_before() {
    let mut tree = KeyTree::new(CHANNEL);
    let (leaf, _) = tree.admit();
    let path = tree.path_keys(leaf).expect("a reader has a path");
    let mut reader = Reader::new(CHANNEL, path);
    let mut anew = KeyTree::anew(CHANNEL, tree.epoch());
    assert_eq!(reader.apply(&anew.renew()), Err(RotationError::Excluded));
}
