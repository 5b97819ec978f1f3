//! Asking for consent, saying no, and acknowledging an end.

use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, RequestId, ServiceId};
use assent_model::names::PurposeId;
use assent_model::records::consent::{Acknowledgement, ConsentRefusal, ConsentRequest};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Verified;
use assent_model::time::Timestamp;

use super::Signer;
use super::link::PinnedLink;
use crate::keys::{PartyKeys, Pseudonym};

/// What a requester asks.
#[derive(Debug, Clone)]
pub struct Question {
    /// The service that wants to use the data, in its current version.
    pub service: DescriptionRef,
    /// For one purpose of that description.
    pub purpose_id: PurposeId,
    /// Where the data comes from, in its current version; absent for the service's own data.
    pub source: Option<DescriptionRef>,
    /// Until when an answer is awaited.
    pub answer_by: Timestamp,
    /// The latest end that is offered.
    pub valid_until_max: Option<Timestamp>,
}

impl Signer {
    /// Asks the person of a link, under a random id.
    pub fn consent_request(
        &self,
        provider: &PartyKeys,
        link: &PinnedLink,
        question: Question,
    ) -> Verified<ConsentRequest> {
        let request = ConsentRequest {
            request_id: RequestId::random(),
            provider: provider.party_id(),
            service: question.service,
            slr_id: link.slr_id,
            surrogate_id: link.surrogate_id,
            purpose_id: question.purpose_id,
            source: question.source,
            answer_by: question.answer_by,
            valid_until_max: question.valid_until_max,
        };
        self.sign(&provider.signing, request)
    }

    /// The person's no.
    pub fn refuse(&self, pseudonym: &Pseudonym, request_id: RequestId) -> Verified<ConsentRefusal> {
        let refusal = ConsentRefusal {
            request_id,
            surrogate_id: pseudonym.surrogate_id(),
        };
        self.sign(&pseudonym.key, refusal)
    }

    /// A service's confirmation that it acts on the end of a consent. `status_digest` is that of
    /// the record that ended it: the `head` of the consent.
    pub fn acknowledgement(
        &self,
        provider: &PartyKeys,
        service_id: ServiceId,
        cr_id: ConsentId,
        status_digest: Digest,
    ) -> Verified<Acknowledgement> {
        let acknowledgement = Acknowledgement {
            cr_id,
            status_digest,
            service_id,
            provider: provider.party_id(),
        };
        self.sign(&provider.signing, acknowledgement)
    }
}
