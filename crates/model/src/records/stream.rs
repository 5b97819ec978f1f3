//! What devices and their holders sign about streams.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use assent_crypto::sealing::SealingKey;
use serde::{Deserialize, Serialize};

use super::consent::ResourceSet;
use crate::ids::{ConsentId, PartyId, StreamId, SurrogateId};
use crate::names::DatasetId;
use crate::statement::{Content, Nested};
use crate::time::Timestamp;
use crate::vocabulary::Resolution;

/// The person's side of a pairing. Signed with a key that the person made for this one stream, so
/// that ledger readers cannot tell whose device it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamHolding {
    /// The stream.
    pub stream_id: StreamId,
    /// The device that writes it.
    pub device: PartyId,
    /// The pseudonym of who decides about it, derived from the signer.
    pub holder: SurrogateId,
}

impl Content for StreamHolding {
    const TYP: Typ = Typ("assent-stream-holding+jwt");
}

/// Opens a stream: the device's side of a pairing, with the person's in it. Signed with the
/// device's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamOpening {
    /// The stream.
    pub stream_id: StreamId,
    /// The device that writes it.
    pub device: PartyId,
    /// The word of who decides about it.
    pub holding: Nested<StreamHolding>,
}

impl Content for StreamOpening {
    const TYP: Typ = Typ("assent-stream-opening+jwt");
}

/// How far a stream has come. Signed with the device's signing key, from time to time; whoever
/// reads the stream holds what the relay gives out against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamAnchor {
    /// The stream.
    pub stream_id: StreamId,
    /// The number of its latest record.
    pub sequence: u64,
    /// The digest of that record.
    pub head: Digest,
}

impl Content for StreamAnchor {
    const TYP: Typ = Typ("assent-stream-anchor+jwt");
}

/// Ends a stream and the pairing. Signed with the holder's key or the device's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamClosing {
    /// The stream.
    pub stream_id: StreamId,
}

impl Content for StreamClosing {
    const TYP: Typ = Typ("assent-stream-closing+jwt");
}

/// Tells the device to serve a consent. Signed with the holder's key, sealed to the device, and
/// never on the ledger: which consents hang on one stream is nobody's business. The device believes
/// it only together with the consent itself and with proof that it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamGrant {
    /// The stream.
    pub stream_id: StreamId,
    /// The source's record of the consent.
    pub cr_id: ConsentId,
    /// Who may read.
    pub requester: PartyId,
    /// To which key of the requester the keys are sealed.
    pub sealing_key: SealingKey,
    /// What may be read, by the datasets of the consent.
    pub resource_set: ResourceSet,
    /// How fine each of these datasets is, by the description that the consent names. The device
    /// gives lanes of exactly this resolution, whatever the dataset is called.
    pub resolutions: BTreeMap<DatasetId, Resolution>,
    /// Data from before this instant is not given; absent where reading starts with the grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_from: Option<Timestamp>,
}

impl StreamGrant {
    /// Names a grant as it is sealed to the device, in base64url: so that keys which were made for it are
    /// taken for no other.
    pub fn digest(sealed: &str) -> Digest {
        Digest::of(sealed.as_bytes())
    }
}

impl Content for StreamGrant {
    const TYP: Typ = Typ("assent-stream-grant+jwt");
}

/// Says that a consent is about a stream. Signed with the key that signed the source's record of the
/// consent, so that nobody hangs a stream of their own on the consent of another. Never on the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamNaming {
    /// The stream.
    pub stream_id: StreamId,
    /// The source's record of the consent.
    pub cr_id: ConsentId,
    /// As [`StreamGrant::history_from`], which the device compares it with: the past is given by who gave
    /// the consent, and reader and person can show that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_from: Option<Timestamp>,
}

impl Content for StreamNaming {
    const TYP: Typ = Typ("assent-stream-naming+jwt");
}

/// Hands a reader the keys of its lanes. Signed with the device's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamKeys {
    /// The stream.
    pub stream_id: StreamId,
    /// The consent under which they are given: the source's record.
    pub cr_id: ConsentId,
    /// The grant for which they were made, by [`StreamGrant::digest`].
    pub grant: Digest,
    /// The number of the first record that they open.
    pub sequence: u64,
    /// The digest of the record before that one.
    pub prev: Digest,
    /// The keys from the reader's leaves to the roots, sealed to the reader (base64url).
    pub sealed: String,
}

impl Content for StreamKeys {
    const TYP: Typ = Typ("assent-stream-keys+jwt");
}
