//! Evidence bundles: what happened to a consent, verifiable by anyone, offline.
//!
//! A bundle is one canonical JSON document (RFC 8785). Every byte of it is covered: entries by
//! the Merkle log, the log by the signed checkpoint, texts by digests inside entries. What each
//! member means and how to verify it is in `docs/reference/evidence.md`.

use assent_crypto::digest::Digest;
use assent_model::ids::ConsentId;
use serde::{Deserialize, Serialize};

/// The `format` of bundles that this version writes.
pub const FORMAT: &str = "assent-evidence/1";

/// An evidence bundle for one consent, as of one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceBundle<StatusProof> {
    /// [`FORMAT`].
    pub format: String,
    /// The consent.
    pub cr_id: ConsentId,
    /// A signed note; its root covers every entry, its status root the proof below.
    pub checkpoint: String,
    /// The genesis, registrations of the keys that sign, descriptions, link, request, consent
    /// record, status records, acknowledgement and receipts, in log order.
    pub entries: Vec<EvidenceEntry>,
    /// The descriptions that entries refer to by digest, each as canonical JSON text.
    pub descriptions: Vec<String>,
    /// The notice that the consent record refers to by digest, as canonical JSON text.
    pub notice: String,
    /// That this and no other status is the current one as of the checkpoint.
    pub status: StatusProof,
}

/// An entry of the log with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// Its position.
    pub index: u64,
    /// The canonical JSON that the leaf hash covers.
    pub leaf: String,
    /// The audit path to the root of the checkpoint, leaf first.
    pub proof: Vec<Digest>,
}
