//! What can be asked of the link component.

use assent_model::records::link::{LinkCountersignature, LinkRecord, LinkStatusRecord};
use assent_model::statement::Verified;

use crate::consent::command::StatusChange;

/// A command of the link component.
#[derive(Debug, Clone)]
pub enum LinkCommand {
    /// Person and service link.
    Create {
        /// The person's signature.
        record: Verified<LinkRecord>,
        /// The service's.
        countersignature: Verified<LinkCountersignature>,
    },
    /// The person removes or restores a link, and with it pauses or resumes consents.
    Change {
        /// The status record of the link.
        record: Verified<LinkStatusRecord>,
        /// One change for each consent that it pauses or resumes.
        consents: Vec<StatusChange>,
    },
}
