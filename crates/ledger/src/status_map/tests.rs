//! Keys that part late, which no subject can be found for.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;

use super::key::StatusKey;
use super::node::{inner_hash, leaf_hash};
use super::path::NodePath;
use super::{Place, StatusMap};

fn key(start: &[u8], end: u8) -> StatusKey {
    let mut bytes = [0; 32];
    bytes[..start.len()].copy_from_slice(start);
    bytes[31] = end;
    StatusKey::from_bytes(bytes)
}

/// The root by the definition, one bit at a time.
fn root(leaves: &[(StatusKey, Digest)], depth: usize) -> Digest {
    match leaves {
        [] => Digest::ZERO,
        [(key, status)] => leaf_hash(key, status),
        _ => {
            let (right, left): (Vec<_>, Vec<_>) =
                leaves.iter().copied().partition(|(key, _)| key.bit(depth));
            inner_hash(&root(&left, depth + 1), &root(&right, depth + 1))
        }
    }
}

#[test]
fn keys_may_part_in_the_last_bit() {
    let keys = [
        key(&[], 0),
        key(&[], 1),
        key(&[], 2),
        key(&[0x80], 0),
        key(&[0x80], 0x10),
        key(&[0x7f, 0xff], 0),
        key(&[0x7f, 0xfe], 0),
    ];
    let mut map = StatusMap::at(Digest::ZERO);
    map.load("", None).expect("the empty root");
    let mut store: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut leaves: Vec<(StatusKey, Digest)> = Vec::new();
    for (number, key) in (0_u8..).zip(keys) {
        assert_eq!(map.missing([&key]), Vec::<String>::new());
        leaves.push((key, Digest::of(&[number])));
        assert_eq!(map.apply([(key, Digest::of(&[number]))]), root(&leaves, 0));
        let changes = map.drain_changes();
        store.extend(
            changes
                .into_iter()
                .filter_map(|change| Some((change.path, change.node?))),
        );
    }
    // Two hundred and fifty-six bits down: sixty-four nodes on one way.
    assert!(store.contains_key(&"0".repeat(63)));
    let mut again = StatusMap::at(map.root());
    for (key, status) in leaves {
        while let [path] = again.missing([&key]).as_slice() {
            again
                .load(path, store.get(path).map(Vec::as_slice))
                .expect("the node is whole");
        }
        assert!(matches!(again.walk(&key), Place::Leaf(leaf) if leaf.status == status));
    }
}

#[test]
fn many_late_partings_at_once_give_the_same_root() {
    let leaves: Vec<(StatusKey, Digest)> = (0..=255)
        .map(|end| (key(&[end % 3], end), Digest::of(&[end])))
        .collect();
    let mut map = StatusMap::at(Digest::ZERO);
    map.load("", None).expect("the empty root");
    assert_eq!(map.apply(leaves.iter().copied()), root(&leaves, 0));
}

#[test]
fn a_path_goes_down_up_and_into_text() {
    let digits = [0xa, 0x0, 0xf, 0x3];
    let path = digits
        .iter()
        .fold(NodePath::ROOT, |path, digit| path.child(*digit));
    assert_eq!(path.to_string(), "a0f3");
    assert_eq!(NodePath::parse("a0f3"), Some(path));
    let mut up = path;
    for digit in digits.into_iter().rev() {
        let last;
        (up, last) = up.parent().expect("not the root");
        assert_eq!(last, digit);
    }
    assert_eq!(up, NodePath::ROOT);
    assert_eq!(NodePath::ROOT.parent(), None);
    assert!(NodePath::parse(&"f".repeat(63)).is_some());
    assert_eq!(NodePath::parse(&"f".repeat(64)), None);
    assert_eq!(NodePath::parse("A"), None);
}
