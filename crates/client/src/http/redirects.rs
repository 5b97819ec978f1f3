//! `/v1/consent-requests/{request}/redirect`, `/v1/link-requests` and what is redeemed afterwards.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::redirects::{
    PushLink, PushRedirect, PushedRedirect, Redeem, RedeemedConsent, RedeemedLink,
};
use assent_model::ids::RequestId;

use super::{ClientError, Identified, NodeClient};

impl NodeClient {
    /// Says where the person goes back to after answering a consent request. Send the person to
    /// the `url`; make `state` and code challenge with
    /// [`Errand::new`](crate::errand::Errand::new).
    pub async fn push_redirect(
        &self,
        provider: Identified<'_>,
        request: RequestId,
        body: &PushRedirect,
    ) -> Result<PushedRedirect, ClientError> {
        let path = format!("v1/consent-requests/{request}/redirect");
        self.post_as(provider, &path, body).await
    }

    /// What became of a consent request, for the code that the person came back with.
    pub async fn redeem_consent(
        &self,
        provider: Identified<'_>,
        body: &Redeem,
    ) -> Result<RedeemedConsent, ClientError> {
        self.post_as(provider, "v1/consent-requests/redemptions", body)
            .await
    }

    /// Asks for a link with a person. Send the person to the `url`.
    pub async fn push_link(
        &self,
        provider: Identified<'_>,
        body: &PushLink,
    ) -> Result<PushedRedirect, ClientError> {
        self.post_as(provider, "v1/link-requests", body).await
    }

    /// The link record that the person signed, for the code that the person came back with.
    pub async fn redeem_link(
        &self,
        provider: Identified<'_>,
        body: &Redeem,
    ) -> Result<RedeemedLink, ClientError> {
        self.post_as(provider, "v1/link-requests/redemptions", body)
            .await
    }
}
