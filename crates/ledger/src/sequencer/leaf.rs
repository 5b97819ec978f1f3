//! What an entry of the log says.

use assent_model::canonical::{self, DecodeError};
use assent_model::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The content of one leaf. Its canonical JSON (RFC 8785) is what the leaf hash covers:
/// `{"event":…,"height":…,"index":…,"time":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafContent<Event> {
    /// What happened.
    pub event: Event,
    /// The number of the block.
    pub height: u64,
    /// Its position in the log, from 0.
    pub index: u64,
    /// The time of the block.
    pub time: Timestamp,
}

impl<Event: Serialize> LeafContent<Event> {
    /// The bytes of the leaf.
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(self)
    }
}

impl<Event: Serialize + DeserializeOwned> LeafContent<Event> {
    /// Reads the bytes of a leaf.
    ///
    /// # Errors
    /// [`DecodeError`] where they are not what [`LeafContent::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<LeafContent<Event>, DecodeError> {
        canonical::decode(bytes)
    }
}
