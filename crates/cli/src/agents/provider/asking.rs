//! Asking a person for consent.

use assent_api::v1::consents::AskConsent;
use assent_client::statements::consent::Question;
use assent_model::ids::{LinkId, RequestId, ServiceId};
use assent_model::names::PurposeId;
use assent_model::time::{Span, Timestamp};

use super::Provider;
use crate::failure::{Doing, Failure};

/// What a requester asks.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// The link with the person who is asked.
    pub(crate) link: LinkId,
    /// For one purpose of the service that the link is with.
    pub(crate) purpose: PurposeId,
    /// Where the data comes from; the service's own data when it is absent.
    pub(crate) source: Option<ServiceId>,
    /// How long an answer is awaited.
    pub(crate) answer_within: Span,
    /// The latest end that is offered.
    pub(crate) valid_until_max: Option<Timestamp>,
}

impl Provider {
    /// Asks. The answer comes as a consent, a refusal, or not at all.
    pub(crate) async fn ask(&self, asking: Asking) -> Result<RequestId, Failure> {
        let links = self.pinned_links()?;
        let link = links.get(&asking.link);
        let link =
            link.ok_or_else(|| Failure::problem(format!("there is no record of {}", asking.link)))?;
        let service = self.session.service(link.service_id).await?;
        let source = match asking.source {
            Some(source) => Some(self.session.service(source).await?.description.reference()),
            None => None,
        };
        let signer = self.session.signer();
        let question = Question {
            service: service.description.reference(),
            purpose_id: asking.purpose,
            source,
            answer_by: signer.now() + asking.answer_within,
            valid_until_max: asking.valid_until_max,
        };
        let request = signer.consent_request(&self.keys, link, question);
        let body = AskConsent {
            request: request.compact().to_owned(),
        };
        let asked = self.session.client.ask_consent(&body).await;
        asked.doing("consent cannot be asked for")?;
        Ok(request.content().request_id)
    }
}
