//! Proofs of a status, checked by whoever has a checkpoint and nothing else.

use assent_crypto::digest::Digest;
use serde::{Deserialize, Serialize};

use super::key::StatusKey;
use super::node::{Leaf, inner_hash, leaf_hash};

/// The bits of a key, and so the most siblings.
const KEY_BITS: usize = 256;

/// The proof does not show what it is said to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the status proof does not lead to the root")]
pub struct InvalidStatusProof;

/// Shows the status of one subject under a root, or that it has none. How it is checked is written
/// down in the documentation of [the module](super).
///
/// As JSON: `{"siblings":[…]}` or `{"other":{"key":…,"status":…},"siblings":[…]}`, every hash in
/// unpadded base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusProof {
    /// The leaf that stands where the subject's would, where the subject has no status and its
    /// place is not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherLeaf>,
    /// The hashes beside the way from the root to the leaf, deepest first.
    pub siblings: Vec<Digest>,
}

/// The leaf of another subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherLeaf {
    /// The key of that subject.
    pub key: StatusKey,
    /// Its status.
    pub status: Digest,
}

impl StatusProof {
    /// The proof for `key` from the siblings on the way down and the leaf at its end.
    pub(super) fn new(
        mut siblings: Vec<Digest>,
        key: &StatusKey,
        end: Option<&Leaf>,
    ) -> StatusProof {
        siblings.reverse();
        let other = end.filter(|leaf| leaf.key != *key);
        let other = other.map(|leaf| OtherLeaf {
            key: leaf.key,
            status: leaf.status,
        });
        StatusProof { other, siblings }
    }

    /// Checks that under `root` the subject has this status, or none where `status` is `None`.
    ///
    /// # Errors
    /// [`InvalidStatusProof`] where it is not shown.
    pub fn verify(
        &self,
        root: Digest,
        subject: &str,
        status: Option<Digest>,
    ) -> Result<(), InvalidStatusProof> {
        let depth = self.siblings.len();
        if depth > KEY_BITS {
            return Err(InvalidStatusProof);
        }
        let key = StatusKey::of(subject);
        let end = self.end(&key, status).ok_or(InvalidStatusProof)?;
        let upwards = (0..depth).rev().zip(&self.siblings);
        let reached = upwards.fold(end, |hash, (depth, sibling)| {
            if key.bit(depth) {
                inner_hash(sibling, &hash)
            } else {
                inner_hash(&hash, sibling)
            }
        });
        if reached == root {
            Ok(())
        } else {
            Err(InvalidStatusProof)
        }
    }

    /// The hash at the end of the way down, where the proof can be one of this status.
    fn end(&self, key: &StatusKey, status: Option<Digest>) -> Option<Digest> {
        match (status, &self.other) {
            (Some(status), None) => Some(leaf_hash(key, &status)),
            (Some(_), Some(_)) => None,
            (None, None) => Some(Digest::ZERO),
            (None, Some(other)) => {
                let in_place =
                    other.key != *key && other.key.shares_prefix(key, self.siblings.len());
                in_place.then(|| leaf_hash(&other.key, &other.status))
            }
        }
    }
}
