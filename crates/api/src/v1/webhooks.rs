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
    /// When it was made, in milliseconds since the epoch. It is told what happens from then on.
    pub created_at: u64,
    /// Whether it is tried: no more once its owner said so, it has answered 410, or nothing has reached
    /// it for five days.
    pub enabled: bool,
}

/// `POST /v1/webhooks/{webhook}/state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhook {
    /// Whether it is to be tried from now on.
    pub enabled: bool,
}

/// `POST /v1/webhooks/{webhook}/replays`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayDeliveries {
    /// Of what happened from this instant on, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// And before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// Only what has failed.
    #[serde(default)]
    pub failed_only: bool,
}

/// How many messages are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Replaying {
    /// So many, one after the other and oldest first, after the answer. At most 1,000: the newest
    /// ones.
    pub deliveries: u64,
}

/// The thin payload of a webhook: what happened to which thing, never what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookPayload {
    /// Such as `consent.given`, `consent.status-changed`, `link.created`.
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

/// A message to an endpoint and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// The `webhook-id` of the message, the same at every attempt.
    pub delivery_id: String,
    /// The endpoint.
    #[schema(value_type = String)]
    pub webhook_id: WebhookId,
    /// As in the payload.
    #[serde(rename = "type")]
    pub kind: String,
    /// As in the payload.
    pub data: WebhookSubject,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// When it is tried next, in milliseconds since the epoch; absent when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<u64>,
    /// Every attempt, oldest first; of very many the last ones.
    pub attempts: Vec<AttemptView>,
}

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttemptView {
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// How many milliseconds it took.
    pub millis: u64,
    /// The HTTP status of the answer; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer: `address-refused`, `connection-failed` or `timed-out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
