//! What can be asked of the consent component.

use assent_model::ids::{ConsentId, RequestId};
use assent_model::records::consent::{
    Acknowledgement, ConsentRecord, ConsentRefusal, ConsentRequest, ConsentStatusRecord,
};
use assent_model::statement::Verified;

/// A command of the consent component.
#[derive(Debug, Clone)]
pub enum ConsentCommand {
    /// A requester asks.
    Ask(Verified<ConsentRequest>),
    /// The person says no.
    Refuse(Verified<ConsentRefusal>),
    /// The person says yes.
    Give(Give),
    /// The person (or, to end or pause only, the operator) changes the status.
    Change(StatusChange),
    /// A service acknowledges the end of a consent.
    Acknowledge(Verified<Acknowledgement>),
    /// The sequencer records that a request was not answered in time.
    ExpireRequest(RequestId),
    /// The sequencer records that a consent reached its end.
    ExpireConsent(ConsentId),
    /// The sequencer records that an acknowledgement did not come in time.
    MissAcknowledgement(ConsentId),
}

/// A consent record, and the source's record when data moves between services.
#[derive(Debug, Clone)]
pub struct Give {
    /// The record of the service that asked: `within` or `sink`.
    pub primary: Verified<ConsentRecord>,
    /// The record of the source.
    pub source: Option<Verified<ConsentRecord>>,
}

/// A status record, and the same for the other record of a pair.
#[derive(Debug, Clone)]
pub struct StatusChange {
    /// For either record of a pair, or the only record.
    pub primary: Verified<ConsentStatusRecord>,
    /// For the other record of a pair.
    pub counterpart: Option<Verified<ConsentStatusRecord>>,
}

impl Give {
    /// The one or two records.
    pub fn records(&self) -> impl Iterator<Item = &Verified<ConsentRecord>> {
        std::iter::once(&self.primary).chain(&self.source)
    }
}

impl StatusChange {
    /// The one or two records.
    pub fn records(&self) -> impl Iterator<Item = &Verified<ConsentStatusRecord>> {
        std::iter::once(&self.primary).chain(&self.counterpart)
    }
}
