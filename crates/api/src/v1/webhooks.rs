//! Webhooks (Standard Webhooks 1.0, signed with ed25519 `v1a`).

use assent_model::ids::{ServiceId, WebhookId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/webhooks`, with a request proof of the service's provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// For events about this service's consents.
    #[schema(value_type = String)]
    pub service_id: ServiceId,
    /// Where to send them.
    pub url: String,
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookView {
    /// The endpoint.
    #[schema(value_type = String)]
    pub webhook_id: WebhookId,
    /// The service.
    #[schema(value_type = String)]
    pub service_id: ServiceId,
    /// Where events are sent.
    pub url: String,
    /// The key that signs them: `whpk_` and base64 of the Ed25519 public key.
    pub public_key: String,
    /// Whether it is still tried.
    pub enabled: bool,
}

/// The thin payload of a webhook: what happened to which thing, never what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookPayload {
    /// Such as `consent.requested`, `consent.given`, `consent.status-changed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, ISO 8601.
    pub timestamp: String,
    /// What it is about.
    pub data: WebhookSubject,
}

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSubject {
    /// The consent, request or link.
    pub id: String,
    /// The log index of the event: grows along the history of one consent.
    pub sequence: u64,
}
