//! Where a subject stands in the map.

use assent_crypto::digest::Digest;
use assent_crypto::domains;
use serde::{Deserialize, Serialize};

/// The position of a subject: `tagged("assent/v1/status-key", subject)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusKey(Digest);

impl StatusKey {
    /// The key of a subject, for example of `cns_…`.
    pub fn of(subject: &str) -> StatusKey {
        StatusKey(Digest::tagged(domains::STATUS_KEY, &[subject.as_bytes()]))
    }

    /// The key with these bytes.
    pub(super) const fn from_bytes(bytes: [u8; 32]) -> StatusKey {
        StatusKey(Digest::from_bytes(bytes))
    }

    /// The 32 bytes.
    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The hexadecimal digit number `depth`, from 0: the way down at a node of that depth.
    pub(super) fn digit(&self, depth: usize) -> u8 {
        let byte = self.as_bytes()[depth / 2];
        if depth.is_multiple_of(2) {
            byte >> 4
        } else {
            byte & 0x0f
        }
    }

    /// The bit number `depth`, from 0, the highest of the first byte: whether the way is right.
    pub(super) fn bit(&self, depth: usize) -> bool {
        self.as_bytes()[depth / 8] << (depth % 8) & 0x80 != 0
    }

    /// Whether the first `bits` bits of two keys are the same.
    pub(super) fn shares_prefix(&self, other: &StatusKey, bits: usize) -> bool {
        (0..bits).all(|depth| self.bit(depth) == other.bit(depth))
    }
}
