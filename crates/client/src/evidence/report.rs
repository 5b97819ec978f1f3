//! What a verified bundle shows.

use assent_api::v1::consents::Notice;
use assent_crypto::signature::VerifyingKey;
use assent_exchange::consent::state::{Author, Closure, Status};
use assent_ledger::checkpoint::Checkpoint;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::names::ChainId;
use assent_model::records::consent::{ConsentRecord, ConsentRequest, ConsentStatus, ResourceSet};
use assent_model::records::release::UseReceipt;
use assent_model::time::Timestamp;

/// What a verified bundle shows. There is no other way to get one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EvidenceReport {
    /// The chain.
    pub chain: ChainId,
    /// Who operates it: pin this, or the key below.
    pub operator: PartyId,
    /// The key that signs its checkpoints.
    pub checkpoint_key: VerifyingKey,
    /// As of when everything here holds.
    pub checkpoint: Checkpoint,
    /// The consent.
    pub cr_id: ConsentId,
    /// The provider of the service that the record is for.
    pub provider: PartyId,
    /// What was asked.
    pub request: ConsentRequest,
    /// What the person was shown.
    pub notice: Notice,
    /// What the person signed.
    pub record: ConsentRecord,
    /// The current status.
    pub status: Status,
    /// What may be delivered, or might at the end.
    pub resource_set: ResourceSet,
    /// What the service owes after the end, and whether it did. An acknowledgement that the
    /// bundle leaves out is not noticed.
    pub closure: Closure,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// The uses that the bundle shows, refusals included. Any that it leaves out are not noticed.
    pub receipts: Vec<UseReceipt>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Where it stands in the log.
    pub index: u64,
    /// In which block.
    pub height: u64,
    /// The time of the block.
    pub time: Timestamp,
    /// What.
    pub what: Occurrence,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// Person and service linked.
    Linked,
    /// The requester asked.
    Requested,
    /// The person consented.
    Given,
    /// The status or the resource set changed.
    StatusChanged {
        /// To this.
        status: ConsentStatus,
        /// By whom.
        author: Author,
        /// As the effect of removing or restoring a link, as the operator says.
        by_link: bool,
    },
    /// Another consent took the place of this one.
    Superseded,
    /// The consent reached its agreed end.
    Expired,
    /// The service acknowledged the end.
    Acknowledged,
    /// The service did not acknowledge the end in time.
    AcknowledgementMissed,
}
