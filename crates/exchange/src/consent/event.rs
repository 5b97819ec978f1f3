//! What can happen to a consent.

use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, PartyId, RequestId};
use assent_model::records::consent::{
    Acknowledgement, ConsentRecord, ConsentRefusal, ConsentRequest, ConsentStatusRecord,
};
use assent_model::statement::Recorded;
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::state::{Author, Offer};

/// An event of the consent component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ConsentEvent {
    /// A requester asked; this is what the person can choose from.
    Requested {
        /// The signed request.
        request: Recorded<ConsentRequest>,
        /// Derived from the descriptions.
        offer: Offer,
    },
    /// The person said no.
    Refused {
        /// The signed refusal.
        refusal: Recorded<ConsentRefusal>,
    },
    /// Nobody answered in time.
    RequestExpired {
        /// The request.
        request_id: RequestId,
    },
    /// A consent came into being, active. One event for each record of a pair, in one block.
    Given {
        /// The signed consent record.
        record: Recorded<ConsentRecord>,
        /// The provider of the service that the record is for.
        provider: PartyId,
    },
    /// The person gave what was already given: the request is answered, nothing else changes.
    Affirmed {
        /// The signed record that says the same as the one in force. It is evidence of the answer
        /// and never becomes a consent.
        record: Recorded<ConsentRecord>,
        /// The consent in force.
        cr_id: ConsentId,
    },
    /// A new consent took the place of this one.
    Superseded {
        /// The one that ended.
        cr_id: ConsentId,
        /// The one that took its place.
        by: ConsentId,
        /// Digest of the record that ended it.
        record: Digest,
        /// Before when the service must acknowledge.
        acknowledge_by: Timestamp,
    },
    /// The status or the resource set changed. One event for each record of a pair.
    StatusChanged {
        /// The signed status record.
        record: Recorded<ConsentStatusRecord>,
        /// Who signed it.
        author: Author,
        /// Whether this is the effect of removing or restoring a link.
        by_link: bool,
        /// Before when the service must acknowledge, when the consent ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acknowledge_by: Option<Timestamp>,
    },
    /// The consent reached the end that was agreed.
    Expired {
        /// The consent.
        cr_id: ConsentId,
    },
    /// The service acknowledged the end.
    Acknowledged {
        /// The signed acknowledgement.
        acknowledgement: Recorded<Acknowledgement>,
    },
    /// The service did not acknowledge the end by the deadline.
    AcknowledgementMissed {
        /// The consent.
        cr_id: ConsentId,
    },
}
