//! The data of one record, a sealed part for each lane that has any.

use zeroize::Zeroizing;

use super::Lane;
use super::encoding::{put_short, take, take_short};
use super::record::{Head, RecordError};
use crate::aead;
use crate::domains::STREAM_PART;
use crate::hkdf;
use crate::key_tree::{ChannelTag, KeyTree};
use crate::random;
use crate::vault::SecretKey;

/// Random bytes of a record.
const SALT_LEN: usize = 24;

/// The data of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    salt: [u8; SALT_LEN],
    /// In the order of their lanes.
    parts: Vec<Part>,
}

/// What one lane has in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    lane: Lane,
    epoch: u64,
    sealed: Vec<u8>,
}

/// Why a part does not open. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The record has nothing of this lane.
    #[error("the record has no part of this lane")]
    Absent,
    /// The key is of another epoch, or the part was not sealed for this place.
    #[error("the part does not open")]
    Sealed,
}

impl Part {
    /// Which lane.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// The epoch whose key opens it.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl Data {
    /// Seals something of each lane under the lane's epoch key, for the record with this head.
    ///
    /// # Panics
    /// A lane comes twice or out of order, or has 64 KiB or more.
    pub fn seal<'a>(
        channel: &ChannelTag,
        head: &Head,
        lanes: impl IntoIterator<Item = (Lane, &'a KeyTree, &'a [u8])>,
    ) -> Self {
        let salt = random::random_bytes();
        let seal = |(lane, tree, plaintext): (Lane, &KeyTree, &[u8])| {
            let place = Place::new(channel, head, lane, tree.epoch());
            Part {
                lane,
                epoch: tree.epoch(),
                sealed: place.seal(&salt, tree.epoch_key(), plaintext),
            }
        };
        let parts: Vec<Part> = lanes.into_iter().map(seal).collect();
        assert!(
            parts.is_sorted_by(|a, b| a.lane < b.lane),
            "a lane comes once, in order"
        );
        Self { salt, parts }
    }

    /// The parts, in the order of their lanes.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Opens the part of a lane with the key of its epoch.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn open(
        &self,
        channel: &ChannelTag,
        head: &Head,
        lane: Lane,
        epoch_key: &SecretKey,
    ) -> Result<Vec<u8>, PartError> {
        let found = self.parts.binary_search_by_key(&lane, |part| part.lane);
        let part = &self.parts[found.map_err(|_| PartError::Absent)?];
        Place::new(channel, head, lane, part.epoch).open(&self.salt, epoch_key, &part.sealed)
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.salt);
        for part in &self.parts {
            bytes.extend(part.lane.0.to_be_bytes());
            bytes.extend(part.epoch.to_be_bytes());
            put_short(bytes, &part.sealed);
        }
    }

    pub(super) fn read(mut rest: &[u8]) -> Result<Self, RecordError> {
        let salt = take(&mut rest)?;
        let mut parts: Vec<Part> = Vec::new();
        while !rest.is_empty() {
            let lane = Lane(u16::from_be_bytes(take(&mut rest)?));
            if parts.last().is_some_and(|last| last.lane >= lane) {
                return Err(RecordError::Malformed);
            }
            parts.push(Part {
                lane,
                epoch: u64::from_be_bytes(take(&mut rest)?),
                sealed: take_short(&mut rest)?.to_vec(),
            });
        }
        Ok(Self { salt, parts })
    }
}

/// The one place in one channel that a part is for.
struct Place([u8; 82]);

impl Place {
    fn new(channel: &ChannelTag, head: &Head, lane: Lane, epoch: u64) -> Self {
        let mut bytes = [0; 82];
        bytes[..32].copy_from_slice(channel);
        bytes[32..64].copy_from_slice(head.prev.as_bytes());
        bytes[64..72].copy_from_slice(&head.sequence.to_be_bytes());
        bytes[72..80].copy_from_slice(&epoch.to_be_bytes());
        bytes[80..].copy_from_slice(&lane.0.to_be_bytes());
        Self(bytes)
    }

    fn seal(&self, salt: &[u8; SALT_LEN], epoch_key: &SecretKey, plaintext: &[u8]) -> Vec<u8> {
        let (key, nonce) = self.derive(salt, epoch_key);
        let mut sealed = Vec::with_capacity(plaintext.len() + aead::TAG_LEN);
        aead::seal_onto(&mut sealed, &key, &nonce, &self.0, plaintext);
        sealed
    }

    fn open(
        &self,
        salt: &[u8; SALT_LEN],
        epoch_key: &SecretKey,
        sealed: &[u8],
    ) -> Result<Vec<u8>, PartError> {
        let (key, nonce) = self.derive(salt, epoch_key);
        aead::open(&key, &nonce, &self.0, sealed).map_err(|_| PartError::Sealed)
    }

    /// HKDF-SHA-256 of the epoch key for this part of this record.
    fn derive(
        &self,
        salt: &[u8; SALT_LEN],
        epoch_key: &SecretKey,
    ) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        let secret = hkdf::extract(salt, &[epoch_key.as_bytes()]);
        let bytes = hkdf::expand::<44>(&secret, &[STREAM_PART.as_bytes(), &self.0]);
        let (key, nonce) = bytes.split_first_chunk().expect("44 bytes begin with 32");
        let nonce = nonce.try_into().expect("44 bytes end with 12");
        (Zeroizing::new(*key), nonce)
    }
}
