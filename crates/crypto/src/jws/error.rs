//! Why a token is refused.

use crate::base64url::Base64UrlError;
use crate::strict_json::StrictJsonError;

/// Why a token is refused, in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum JwsError {
    /// Longer than the caller allows.
    #[error("the token is longer than allowed")]
    TooLarge,
    /// Not three segments.
    #[error("the token is not in compact form")]
    NotCompact,
    /// The header is longer than [`super::MAX_HEADER_LEN`].
    #[error("the header of the token is longer than allowed")]
    HeaderTooLarge,
    /// A segment is not canonical base64url, or the signature is not 64 bytes.
    #[error("a segment of the token is not canonical base64url")]
    NotBase64Url,
    /// The header is not a JSON object of strings (and of one key, in a DPoP proof), or lacks one of
    /// its members.
    #[error("the header of the token is malformed")]
    BadHeader,
    /// The header has two members of one name.
    #[error("the header of the token has two members of one name")]
    DuplicateHeaderMember,
    /// The header has a member other than those of the profile, such as `crit` or `jku`.
    #[error("the header of the token has a member that is not allowed")]
    ForbiddenHeaderMember,
    /// `alg` is not `EdDSA`.
    #[error("the algorithm of the token is not EdDSA")]
    WrongAlgorithm,
    /// `kid` is not a thumbprint, or `jwk` not an acceptable Ed25519 key.
    #[error("the header of the token does not name an acceptable key")]
    BadKey,
    /// The payload is not a JSON object in UTF-8, or has a number that is no 64-bit integer.
    #[error("the payload of the token is not a JSON object whose numbers are integers")]
    BadPayload,
    /// An object in the payload has two members of one name.
    #[error("the payload of the token has two members of one name")]
    DuplicatePayloadMember,
    /// The payload is nested deeper than [`crate::strict_json::MAX_DEPTH`].
    #[error("the payload of the token is nested too deeply")]
    PayloadTooDeep,
    /// A token of another family.
    #[error("the token is of another type")]
    WrongTyp,
    /// Signed by another key than the one expected.
    #[error("the token names another key")]
    WrongKey,
    /// The signature is not that of the key over this token.
    #[error("the signature of the token does not verify")]
    BadSignature,
}

impl JwsError {
    /// Every error, in the order in which it is checked.
    pub const ALL: [JwsError; 15] = [
        JwsError::TooLarge,
        JwsError::NotCompact,
        JwsError::HeaderTooLarge,
        JwsError::NotBase64Url,
        JwsError::BadHeader,
        JwsError::DuplicateHeaderMember,
        JwsError::ForbiddenHeaderMember,
        JwsError::WrongAlgorithm,
        JwsError::BadKey,
        JwsError::BadPayload,
        JwsError::DuplicatePayloadMember,
        JwsError::PayloadTooDeep,
        JwsError::WrongTyp,
        JwsError::WrongKey,
        JwsError::BadSignature,
    ];

    /// The code of the error on the wire and in the documentation.
    pub const fn code(self) -> &'static str {
        match self {
            JwsError::TooLarge => "jws-too-large",
            JwsError::NotCompact => "jws-not-compact",
            JwsError::HeaderTooLarge => "jws-header-too-large",
            JwsError::NotBase64Url => "jws-not-base64url",
            JwsError::BadHeader => "jws-bad-header",
            JwsError::DuplicateHeaderMember => "jws-duplicate-header-member",
            JwsError::ForbiddenHeaderMember => "jws-forbidden-header-member",
            JwsError::WrongAlgorithm => "jws-wrong-algorithm",
            JwsError::BadKey => "jws-bad-key",
            JwsError::BadPayload => "jws-bad-payload",
            JwsError::DuplicatePayloadMember => "jws-duplicate-payload-member",
            JwsError::PayloadTooDeep => "jws-payload-too-deep",
            JwsError::WrongTyp => "jws-wrong-typ",
            JwsError::WrongKey => "jws-wrong-key",
            JwsError::BadSignature => "jws-bad-signature",
        }
    }
}

impl From<Base64UrlError> for JwsError {
    fn from(_: Base64UrlError) -> Self {
        JwsError::NotBase64Url
    }
}

impl From<StrictJsonError> for JwsError {
    fn from(error: StrictJsonError) -> Self {
        match error {
            StrictJsonError::NotAnObject => JwsError::BadPayload,
            StrictJsonError::DuplicateMember => JwsError::DuplicatePayloadMember,
            StrictJsonError::TooDeep => JwsError::PayloadTooDeep,
        }
    }
}
