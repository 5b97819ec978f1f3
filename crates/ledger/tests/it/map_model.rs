//! The status map from its definition: recursion over all subjects, one bit at a time.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_crypto::domains::{STATUS_KEY, STATUS_LEAF, STATUS_NODE};

#[derive(Default)]
pub(crate) struct MapModel(pub(crate) BTreeMap<String, Digest>);

type Leaf = ([u8; 32], Digest);

fn bit(key: &[u8; 32], depth: usize) -> bool {
    let bits = key
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1));
    bits.clone().nth(depth).expect("256 bits")
}

fn tree(leaves: &[Leaf], depth: usize) -> Digest {
    match leaves {
        [] => Digest::ZERO,
        [(key, status)] => Digest::tagged(STATUS_LEAF, &[key, status.as_bytes()]),
        _ => {
            let (right, left): (Vec<Leaf>, Vec<Leaf>) =
                leaves.iter().partition(|(key, _)| bit(key, depth));
            let (left, right) = (tree(&left, depth + 1), tree(&right, depth + 1));
            Digest::tagged(STATUS_NODE, &[left.as_bytes(), right.as_bytes()])
        }
    }
}

impl MapModel {
    pub(crate) fn root(&self) -> Digest {
        let leaf = |(subject, status): (&String, &Digest)| {
            (
                *Digest::tagged(STATUS_KEY, &[subject.as_bytes()]).as_bytes(),
                *status,
            )
        };
        tree(&self.0.iter().map(leaf).collect::<Vec<_>>(), 0)
    }
}
