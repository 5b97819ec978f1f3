//! Sending a person to the node and back: for the answer to a consent request, and for a link.
//!
//! As in OAuth 2.0: what is wanted is pushed first (RFC 9126), the person comes back with a code
//! and the `state` that was pushed (RFC 6749, section 4.1.2) and the `iss` of the node (RFC 9207),
//! and only who pushed, and knows the verifier (RFC 7636, `S256`), learns what became of it.

use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, RequestId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::service::DescriptionRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/consent-requests/{request}/redirect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushRedirect {
    /// Where the person returns: exactly as in `instance.consent_redirect_uris` of the description.
    pub redirect_uri: String,
    /// Comes back unchanged: 1 to 512 printable ASCII characters that nobody can guess.
    pub state: String,
    /// base64url of SHA-256 of the verifier (PKCE, `S256`).
    #[schema(value_type = String)]
    pub code_challenge: Digest,
}

/// `POST /v1/link-requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushLink {
    /// The service, in its current version.
    #[schema(value_type = Object)]
    pub service: DescriptionRef,
    /// The salted commitment to the person's account at the service.
    #[schema(value_type = String)]
    pub account: Digest,
    /// Where the person returns: exactly as in `instance.linking_redirect_uris` of the description.
    pub redirect_uri: String,
    /// Comes back unchanged: 1 to 512 printable ASCII characters that nobody can guess.
    pub state: String,
    /// base64url of SHA-256 of the verifier (PKCE, `S256`).
    #[schema(value_type = String)]
    pub code_challenge: Digest,
}

/// Where to send the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushedRedirect {
    /// Good for one answer.
    pub url: String,
    /// Until when, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// `POST /v1/consent-requests/redemptions` and `POST /v1/link-requests/redemptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// The code that the person came back with.
    pub code: String,
    /// What the challenge was made from: 43 to 128 characters (RFC 7636, section 4.1).
    pub code_verifier: String,
}

/// What became of a consent request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedeemedConsent {
    /// The request.
    #[schema(value_type = String)]
    pub request_id: RequestId,
    /// `given`, `refused`, `expired`, or `requested` while there is no answer.
    pub outcome: String,
    /// The consent that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cr_id: Option<ConsentId>,
    /// What was granted and may be delivered now: it can be less than what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub resource_set: Option<ResourceSet>,
}

/// What a person signed to link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedeemedLink {
    /// A `LinkRecord` statement, to be countersigned and sent to `POST /v1/links`.
    pub record: String,
}
