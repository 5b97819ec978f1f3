//! `/v1/tokens`, `/v1/decisions`, `/v1/receipts`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as its error says"
)]

use assent_api::v1::releases::{
    Decide, Decision, ReceiptView, ReportUse, TokenAnswer, TokenRequest,
};

use super::{ClientError, Identified, NodeClient};
use crate::keys::PartyKeys;
use crate::source::{Grant, Refusal, Release};
use crate::statements::Signer;

/// Why nothing may be released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// It is refused.
    #[error("the release is refused")]
    Refused(#[from] Refusal),
    /// The node did not answer, so it is refused as well.
    #[error("the node gives no decision")]
    Undecided(#[from] ClientError),
}

impl ReleaseError {
    /// The stable code, for the answer to the requester.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Undecided(_) => "undecided",
        }
    }
}

impl NodeClient {
    /// Asks for a token, as the provider of the sink.
    pub async fn token(
        &self,
        provider: Identified<'_>,
        request: &TokenRequest,
    ) -> Result<TokenAnswer, ClientError> {
        self.post_as(provider, "v1/tokens", request).await
    }

    /// Asks whether data may be released.
    pub async fn decide(&self, body: &Decide) -> Result<Decision, ClientError> {
        self.post("v1/decisions", body).await
    }

    /// Turns a grant into a release if the node allows it now. Without a clear yes there is none.
    pub async fn authorise(
        &self,
        signer: &Signer,
        provider: &PartyKeys,
        grant: Grant,
    ) -> Result<Release, ReleaseError> {
        let request = signer.decision_request(provider, &grant);
        let body = Decide {
            request: request.compact().to_owned(),
        };
        let decision = self.decide(&body).await?;
        Ok(grant.release(&decision, signer.now())?)
    }

    /// Reports that data was processed.
    pub async fn report_use(&self, body: &ReportUse) -> Result<ReceiptView, ClientError> {
        self.post("v1/receipts", body).await
    }
}
