//! Keys that part late, which no subject can be found for.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;

use super::key::{Digits, StatusKey};
use super::node::{inner_hash, leaf_hash};
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
fn a_path_is_written_and_read() {
    let bytes: [u8; 32] = std::array::from_fn(|place| [0xa0, 0xf3][place % 2]);
    let key = StatusKey::from_bytes(bytes);
    assert_eq!(key.path(0), "");
    assert_eq!(key.path(5), "a0f3a");
    let digits = Digits::parse("a0f3a").expect("digits");
    assert_eq!(digits.0, [0xa, 0x0, 0xf, 0x3, 0xa]);
    assert!(digits.lead_to(0x0, &key) && !digits.lead_to(0x1, &key));
    assert!(!Digits::parse("a1").expect("digits").lead_to(0xf, &key));
    assert!(
        !Digits::parse(&key.path(64))
            .expect("digits")
            .lead_to(0xa, &key),
        "no key is so long"
    );
    for path in ["A", "g", " ", "é"] {
        assert!(Digits::parse(path).is_none(), "{path}");
    }
}
