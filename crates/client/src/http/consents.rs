//! `/v1/consent-requests`, `/v1/consents`, `/v1/acknowledgements`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Outcome;
use assent_api::v1::consents::{
    Acknowledge, AskConsent, ChangeStatus, ConsentView, FormView, GiveConsent, RefuseConsent,
    RequestView,
};
use assent_model::ids::{ConsentId, RequestId};
use assent_model::names::Language;

use super::{ClientError, Identified, NodeClient, percent_encoded};

impl NodeClient {
    /// Asks for consent.
    pub async fn ask_consent(&self, body: &AskConsent) -> Result<Outcome, ClientError> {
        self.post("v1/consent-requests", body).await
    }

    /// A consent request.
    pub async fn consent_request(&self, request: RequestId) -> Result<RequestView, ClientError> {
        self.get(&format!("v1/consent-requests/{request}")).await
    }

    /// The form of a consent request: what to show the person, in a language.
    pub async fn form(
        &self,
        request: RequestId,
        language: &Language,
    ) -> Result<FormView, ClientError> {
        let language: String = percent_encoded(language.as_str()).collect();
        self.get(&format!(
            "v1/consent-requests/{request}/form?language={language}"
        ))
        .await
    }

    /// Answers a consent request with no.
    pub async fn refuse_consent(
        &self,
        request: RequestId,
        body: &RefuseConsent,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/consent-requests/{request}/refusal"), body)
            .await
    }

    /// Answers a consent request with yes.
    pub async fn give_consent(&self, body: &GiveConsent) -> Result<Outcome, ClientError> {
        self.post("v1/consents", body).await
    }

    /// A consent with its chain of records.
    pub async fn consent(&self, consent: ConsentId) -> Result<ConsentView, ClientError> {
        self.get(&format!("v1/consents/{consent}")).await
    }

    /// A consent with its chain of records and, for the provider of a source, the sealed alias.
    pub async fn consent_as(
        &self,
        provider: Identified<'_>,
        consent: ConsentId,
    ) -> Result<ConsentView, ClientError> {
        self.get_as(provider, &format!("v1/consents/{consent}"))
            .await
    }

    /// Pauses, resumes, narrows or withdraws a consent.
    pub async fn change_status(
        &self,
        consent: ConsentId,
        body: &ChangeStatus,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/consents/{consent}/statuses"), body)
            .await
    }

    /// The evidence bundle of a consent, for [`evidence::verify`](crate::evidence::verify).
    pub async fn evidence(&self, consent: ConsentId) -> Result<String, ClientError> {
        self.get_text(&format!("v1/consents/{consent}/evidence"))
            .await
    }

    /// The receipt of a consent in a foreign format: `kantara-1.1` or `iso-27560`. For the pseudonym
    /// that gave the consent, or the service's provider.
    pub async fn receipt(
        &self,
        who: Identified<'_>,
        consent: ConsentId,
        format: &str,
    ) -> Result<serde_json::Value, ClientError> {
        let path = format!("v1/consents/{consent}/receipt?format={format}");
        self.get_as(who, &path).await
    }

    /// Acknowledges the end of a consent.
    pub async fn acknowledge(&self, body: &Acknowledge) -> Result<Outcome, ClientError> {
        self.post("v1/acknowledgements", body).await
    }
}
