//! Tokens, decisions, use receipts.

use assent_crypto::jws::Typ;
use assent_crypto::signature::KeyId;
use assent_model::ids::{ConsentId, ReceiptId, ServiceId};
use assent_model::names::{DatasetId, Jti, PurposeId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::release::UseReceipt;
use assent_model::statement::Content;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/tokens`, with a request proof of the sink's provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The sink's consent record.
    #[schema(value_type = String)]
    pub cr_id: ConsentId,
}

/// An authorisation token (RFC 6749 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenAnswer {
    /// A JWT (RFC 9068).
    pub access_token: String,
    /// Always `DPoP` (RFC 9449).
    pub token_type: String,
    /// Seconds.
    pub expires_in: u64,
}

/// The payload of an authorisation token (`typ: at+jwt`, RFC 9068), signed with the chain's
/// token key. At most five minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenClaims {
    /// The chain.
    pub iss: String,
    /// The source service: whom the token is for.
    pub aud: ServiceId,
    /// The sink service.
    pub client_id: ServiceId,
    /// The pseudonym in the source's record.
    pub sub: String,
    /// The sink's consent record.
    pub cr_id: ConsentId,
    /// The source's consent record.
    pub source_cr_id: ConsentId,
    /// Whose key must prove possession.
    pub cnf: Confirmation,
    /// Issued, in seconds since the epoch.
    pub iat: u64,
    /// Not valid from then on, in seconds since the epoch.
    pub exp: u64,
    /// Names the token.
    pub jti: Jti,
}

/// RFC 9449 section 6.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Thumbprint (RFC 7638) of the holder's key.
    pub jkt: KeyId,
}

/// The JWS `typ` of an authorisation token.
pub const TOKEN_TYP: Typ = Typ("at+jwt");
/// The longest life of a token, in seconds.
pub const TOKEN_SECONDS_MAX: u64 = 300;

/// The payload of a DPoP proof (RFC 9449 section 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DpopClaims {
    /// The HTTP method.
    pub htm: String,
    /// The target URI without query and fragment.
    pub htu: String,
    /// Base64url of SHA-256 of the access token.
    pub ath: String,
    /// In seconds since the epoch.
    pub iat: u64,
    /// Used once.
    pub jti: Jti,
}

/// What a source asks before each release: `POST /v1/decisions` takes it as a statement of
/// family `assent-decision-request+jwt`, signed with the source's provider's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// The source's consent record.
    pub cr_id: ConsentId,
    /// The key that proved possession of the token.
    pub holder: KeyId,
    /// The token.
    pub token: Jti,
    /// For which purpose.
    pub purpose_id: PurposeId,
    /// The dataset that is asked for.
    pub dataset_id: DatasetId,
}

impl Content for DecisionRequest {
    const TYP: Typ = Typ("assent-decision-request+jwt");
}

/// `POST /v1/decisions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// A `DecisionRequest` statement.
    pub request: String,
}

/// The answer: whether data may be released now, and which. The use receipt is durable before
/// the answer is sent, whichever it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Whether to release.
    pub allowed: bool,
    /// The code of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What may be released: nothing outside it.
    #[schema(value_type = Object)]
    pub resource_set: ResourceSet,
    /// The receipt; absent when the consent is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub receipt_id: Option<ReceiptId>,
    /// The block that the answer rests on.
    pub height: u64,
    /// Its time, in milliseconds since the epoch.
    pub time: u64,
}

/// What a requester says after it has opened and processed data: `POST /v1/receipts` takes it
/// as a statement of family `assent-use+jwt`, signed with its provider's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseReport {
    /// The sink's consent record.
    pub cr_id: ConsentId,
    /// The data that it processed.
    pub resource_set: ResourceSet,
}

impl Content for UseReport {
    const TYP: Typ = Typ("assent-use+jwt");
}

/// `POST /v1/receipts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportUse {
    /// A `UseReport` statement.
    pub report: String,
}

/// The receipt of a reported use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    /// The receipt.
    #[schema(value_type = Object)]
    pub receipt: UseReceipt,
}
