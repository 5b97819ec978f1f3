//! `/v1/webhooks`, for the provider of a service.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Page;
use assent_api::v1::webhooks::{CreateWebhook, WebhookView};
use assent_model::ids::WebhookId;

use super::{ClientError, Identified, NodeClient, PageQuery, paged};

impl NodeClient {
    /// Makes an endpoint. Keep its `public_key`: messages are verified with it.
    pub async fn create_webhook(
        &self,
        provider: Identified<'_>,
        body: &CreateWebhook,
    ) -> Result<WebhookView, ClientError> {
        self.post_as(provider, "v1/webhooks", body).await
    }

    /// The endpoints of a provider.
    pub async fn webhooks(
        &self,
        provider: Identified<'_>,
        page: &PageQuery,
    ) -> Result<Page<WebhookView>, ClientError> {
        self.get_as(provider, &paged("v1/webhooks", page)).await
    }

    /// Removes an endpoint.
    pub async fn delete_webhook(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
    ) -> Result<(), ClientError> {
        self.delete_as(provider, &format!("v1/webhooks/{webhook}"))
            .await
    }
}
