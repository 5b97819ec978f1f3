//! `/v1/webhooks`, for the provider of a service.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Page;
use assent_api::v1::webhooks::{
    ChangeWebhook, CreateWebhook, DeliveryView, ReplayDeliveries, Replaying, WebhookView,
};
use assent_model::ids::WebhookId;

use super::{ClientError, Identified, NodeClient, PageQuery, paged, percent_encoded};

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

    /// An endpoint.
    pub async fn webhook(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
    ) -> Result<WebhookView, ClientError> {
        self.get_as(provider, &format!("v1/webhooks/{webhook}"))
            .await
    }

    /// Sends a test message to an endpoint, once.
    pub async fn test_webhook(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
    ) -> Result<DeliveryView, ClientError> {
        self.post_empty_as(provider, &format!("v1/webhooks/{webhook}/test"))
            .await
    }

    /// The messages to an endpoint, with every attempt.
    pub async fn deliveries(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
        page: &PageQuery,
    ) -> Result<Page<DeliveryView>, ClientError> {
        let path = format!("v1/webhooks/{webhook}/deliveries");
        self.get_as(provider, &paged(&path, page)).await
    }

    /// Sends a message to an endpoint again, once.
    pub async fn replay_delivery(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
        delivery: &str,
    ) -> Result<DeliveryView, ClientError> {
        let delivery: String = percent_encoded(delivery).collect();
        let path = format!("v1/webhooks/{webhook}/deliveries/{delivery}/replay");
        self.post_empty_as(provider, &path).await
    }

    /// Sends many messages to an endpoint again, each once.
    pub async fn replay_deliveries(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
        body: &ReplayDeliveries,
    ) -> Result<Replaying, ClientError> {
        self.post_as(provider, &format!("v1/webhooks/{webhook}/replays"), body)
            .await
    }

    /// Has an endpoint tried again, or not any more.
    pub async fn change_webhook(
        &self,
        provider: Identified<'_>,
        webhook: WebhookId,
        body: &ChangeWebhook,
    ) -> Result<WebhookView, ClientError> {
        self.post_as(provider, &format!("v1/webhooks/{webhook}/state"), body)
            .await
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
