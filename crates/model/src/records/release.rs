//! What is written down about each use of a consent.

use assent_crypto::jws::Typ;
use serde::{Deserialize, Serialize};

use super::consent::ResourceSet;
use crate::ids::{ConsentId, ReceiptId, ServiceId};
use crate::names::PurposeId;
use crate::statement::Content;
use crate::time::Timestamp;

/// What a party did, or tried to do, with a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseAction {
    /// The requester was given an authorisation token.
    TokenIssued,
    /// The source was allowed to release data.
    Released,
    /// The requester says that it opened and processed the data.
    Processed,
    /// A token or a release was refused.
    Refused,
}

/// A use receipt. The person sees it, refusals included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseReceipt {
    /// This receipt.
    pub receipt_id: ReceiptId,
    /// The consent that was used.
    pub cr_id: ConsentId,
    /// The service that acted.
    pub service_id: ServiceId,
    /// What it did.
    pub action: UseAction,
    /// For which purpose.
    pub purpose_id: PurposeId,
    /// With which data.
    pub resource_set: ResourceSet,
    /// The code of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// All receipts since the last block. Signed with the operator's token key: the operator
/// decided, and answers for the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBatch {
    /// In the order in which they became durable.
    pub receipts: Vec<UseReceipt>,
}

impl Content for ReceiptBatch {
    const TYP: Typ = Typ("assent-receipts+jwt");
}
