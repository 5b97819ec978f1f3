//! What is remembered about streams.

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{PartyId, StreamId, SurrogateId};
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Who writes it.
    pub device: PartyId,
    /// The device's key at pairing: records are signed with it as long as the stream lasts.
    pub device_key: VerifyingKey,
    /// Who decides about it.
    pub holder: SurrogateId,
    /// The key that speaks for the holder.
    pub holder_key: VerifyingKey,
    /// The latest anchor.
    pub anchor: Option<Anchor>,
    /// Where it stands.
    pub status: StreamStatus,
}

/// How far a stream was seen to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The number of a record.
    pub sequence: u64,
    /// Its digest.
    pub head: Digest,
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamStatus {
    /// The device is paired.
    Open,
    /// It is not any more.
    Closed,
}

impl Piece for Stream {
    const KIND: &'static str = "stream";
    type Id = StreamId;
}

/// The stream that a device writes, or wrote last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Absent after unpairing.
    pub stream: Option<StreamId>,
}

impl Piece for Pairing {
    const KIND: &'static str = "pairing";
    type Id = PartyId;
}
