//! Verifying what a node sends to a webhook (Standard Webhooks 1.0, asymmetric `v1a`).

use assent_api::v1::webhooks::WebhookPayload;
use assent_crypto::signature::{self, Signature, VerifyingKey};
use assent_model::time::{Span, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How far the time of a message may lie from the receiver's.
pub const TOLERANCE: Span = Span::from_minutes(5);

/// What stands before the public key of an endpoint.
const KEY_PREFIX: &str = "whpk_";
/// The version of signatures by Ed25519.
const VERSION: &str = "v1a";
/// The most signatures of one message that are looked at.
const SIGNATURES_MAX: usize = 16;

/// Why a message is not to be believed. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// A header is missing or cannot be read.
    #[error("a header of the webhook is malformed")]
    HeaderMalformed,
    /// The message is too old, or dated in the future: it may be sent again by somebody else.
    #[error("the time of the webhook is too far from now")]
    OutsideTolerance,
    /// No signature by the key of the endpoint.
    #[error("the webhook has no valid signature")]
    BadSignature,
    /// Signed, but not a message of this version.
    #[error("the payload of the webhook cannot be read")]
    PayloadMalformed,
}

impl WebhookError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HeaderMalformed => "webhook-header-malformed",
            Self::OutsideTolerance => "webhook-outside-tolerance",
            Self::BadSignature => "webhook-bad-signature",
            Self::PayloadMalformed => "webhook-payload-malformed",
        }
    }
}

/// The text is not the public key of a webhook endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `whpk_` and the base64 of an Ed25519 public key")]
pub struct InvalidWebhookKey;

/// The headers of a message.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: &'a str,
    /// `webhook-signature`.
    pub signature: &'a str,
}

/// A message that was verified. Its id is the same at each attempt to deliver it: use it to drop
/// what came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The message.
    pub id: String,
    /// When this attempt was made.
    pub sent_at: Timestamp,
    /// What it says.
    pub payload: WebhookPayload,
}

/// Reads the public key of an endpoint, as a node gives it when the endpoint is made.
///
/// # Errors
/// The text is no key, or a weak one.
pub fn parse_key(text: &str) -> Result<VerifyingKey, InvalidWebhookKey> {
    text.strip_prefix(KEY_PREFIX)
        .and_then(|key| STANDARD.decode(key).ok())
        .and_then(|key| key.try_into().ok())
        .and_then(|key| VerifyingKey::parse(&key).ok())
        .ok_or(InvalidWebhookKey)
}

/// Verifies a message from its headers and the bytes of its body as they came.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(
    key: &VerifyingKey,
    headers: Headers<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<Webhook, WebhookError> {
    let sent_at = sent_at(&headers)?;
    if now.since(sent_at) > TOLERANCE || sent_at.since(now) > TOLERANCE {
        return Err(WebhookError::OutsideTolerance);
    }
    let signed = [
        headers.id.as_bytes(),
        b".",
        headers.timestamp.as_bytes(),
        b".",
        body,
    ]
    .concat();
    let is_signed = headers
        .signature
        .split(' ')
        .take(SIGNATURES_MAX)
        .filter_map(parse_signature)
        .any(|signature| signature::verify(key, &signed, &signature).is_ok());
    if !is_signed {
        return Err(WebhookError::BadSignature);
    }
    let payload = serde_json::from_slice(body).map_err(|_| WebhookError::PayloadMalformed)?;
    Ok(Webhook {
        id: headers.id.to_owned(),
        sent_at,
        payload,
    })
}

fn sent_at(headers: &Headers<'_>) -> Result<Timestamp, WebhookError> {
    // A full stop parts the signed text, so an id with one could be read as another message.
    if headers.id.is_empty() || headers.id.contains('.') {
        return Err(WebhookError::HeaderMalformed);
    }
    let seconds = headers.timestamp.parse().ok();
    seconds
        .filter(|seconds: &u64| seconds.to_string() == headers.timestamp)
        .map(|seconds| Timestamp::default() + Span::from_seconds(seconds))
        .ok_or(WebhookError::HeaderMalformed)
}

fn parse_signature(text: &str) -> Option<Signature> {
    let (version, signature) = text.split_once(',')?;
    let signature = STANDARD.decode(signature).ok()?;
    let signature = signature.try_into().ok()?;
    (version == VERSION).then(|| Signature::from_bytes(signature))
}
