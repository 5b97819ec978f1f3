//! Where a subject stands in the map.

use assent_crypto::digest::Digest;
use assent_crypto::domains;
use serde::{Deserialize, Serialize};

/// The hexadecimal digits of a key.
const KEY_DIGITS: usize = 64;

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

    /// The path of the node of this depth on the way to the key.
    pub(super) fn path(&self, depth: usize) -> String {
        (0..depth)
            .map(|place| character(self.digit(place)))
            .collect()
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

/// The digits that lead to a node.
pub(super) struct Digits(pub(super) Vec<u8>);

impl Digits {
    /// Reads a path as it is stored: lower-case hexadecimal digits, none for the root.
    pub(super) fn parse(path: &str) -> Option<Digits> {
        let digit = |character: u8| match character {
            b'0'..=b'9' => Some(character - b'0'),
            b'a'..=b'f' => Some(character - b'a' + 10),
            _ => None,
        };
        path.bytes().map(digit).collect::<Option<_>>().map(Digits)
    }

    /// Whether a key is led to the node and from there on by `next`.
    pub(super) fn lead_to(&self, next: u8, key: &StatusKey) -> bool {
        let way = self.0.iter().chain([&next]).enumerate();
        self.0.len() < KEY_DIGITS
            && way
                .into_iter()
                .all(|(depth, digit)| key.digit(depth) == *digit)
    }
}

/// A digit as it stands in a path.
pub(super) fn character(digit: u8) -> char {
    char::from_digit(digit.into(), 16).expect("half a byte")
}
