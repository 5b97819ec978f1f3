//! What can happen to a link.

use assent_model::records::link::{LinkCountersignature, LinkRecord, LinkStatusRecord};
use assent_model::statement::Recorded;
use serde::{Deserialize, Serialize};

/// An event of the link component. The consents that a change pauses or resumes have events of
/// their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LinkEvent {
    /// Person and service linked.
    Created {
        /// The person's signature.
        record: Recorded<LinkRecord>,
        /// The service's.
        countersignature: Recorded<LinkCountersignature>,
    },
    /// The link was removed or restored.
    StatusChanged {
        /// The signed status record.
        record: Recorded<LinkStatusRecord>,
    },
}
