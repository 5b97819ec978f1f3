//! Why a source does not hand data out.

/// A refusal, in the order in which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// No `Authorization: DPoP …`.
    #[error("the request carries no token")]
    TokenMissing,
    /// The token breaks the profile, or is of another family.
    #[error("the token is malformed")]
    TokenMalformed,
    /// The token is not signed with the chain's token key.
    #[error("the token is not signed with the token key")]
    TokenSignature,
    /// The token was issued for another chain.
    #[error("the token was issued for another chain")]
    TokenIssuer,
    /// The token is for another service.
    #[error("the token is for another service")]
    TokenAudience,
    /// The token lives for more than five minutes, or for nothing.
    #[error("the lifetime of the token is not possible")]
    TokenLifetime,
    /// The token is dated in the future.
    #[error("the token is dated in the future")]
    TokenFromFuture,
    /// The token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// No proof of possession, or one that breaks the profile or does not verify.
    #[error("the proof of possession is missing or malformed")]
    ProofInvalid,
    /// The proof was made with another key than the token's.
    #[error("the proof of possession was made with another key")]
    ProofKey,
    /// The proof was made for another method.
    #[error("the proof of possession was made for another method")]
    ProofMethod,
    /// The proof was made for another address.
    #[error("the proof of possession was made for another address")]
    ProofTarget,
    /// The proof was made for another token.
    #[error("the proof of possession was made for another token")]
    ProofToken,
    /// The proof is too old, or dated in the future.
    #[error("the proof of possession is not fresh")]
    ProofStale,
    /// The proof was used before.
    #[error("the proof of possession was used before")]
    ProofReplayed,
    /// More proofs are fresh than can be remembered.
    #[error("too many proofs of possession are in use")]
    TooManyProofs,
    /// This service has not seen the consent.
    #[error("the consent is not known")]
    ConsentUnknown,
    /// The token names another sink, record or pseudonym than the consent.
    #[error("the token and the consent do not agree")]
    ConsentMismatch,
    /// The token is bound to another key than the consent.
    #[error("the consent names another holder of tokens")]
    HolderMismatch,
    /// The consent wants tokens signed with another key.
    #[error("the consent names another issuer of tokens")]
    IssuerMismatch,
    /// Paused, withdrawn, superseded or expired.
    #[error("the consent is not active")]
    ConsentNotActive,
    /// The period of validity has not begun or is over.
    #[error("the consent is not valid at this time")]
    OutsidePeriod,
    /// The person did not consent to this dataset.
    #[error("the dataset is not in the consent")]
    DatasetNotConsented,
    /// The node says no.
    #[error("the node refuses the release")]
    NotAllowed,
    /// The node's answer rests on a block that is too old, or is no answer to this question.
    #[error("the decision of the node cannot be relied on")]
    DecisionInvalid,
}

impl Refusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TokenMissing => "token-missing",
            Self::TokenMalformed => "token-malformed",
            Self::TokenSignature => "token-signature",
            Self::TokenIssuer => "token-issuer",
            Self::TokenAudience => "token-audience",
            Self::TokenLifetime => "token-lifetime",
            Self::TokenFromFuture => "token-from-future",
            Self::TokenExpired => "token-expired",
            Self::ProofInvalid => "proof-invalid",
            Self::ProofKey => "proof-key",
            Self::ProofMethod => "proof-method",
            Self::ProofTarget => "proof-target",
            Self::ProofToken => "proof-token",
            Self::ProofStale => "proof-stale",
            Self::ProofReplayed => "proof-replayed",
            Self::TooManyProofs => "too-many-proofs",
            Self::ConsentUnknown => "consent-unknown",
            Self::ConsentMismatch => "consent-mismatch",
            Self::HolderMismatch => "holder-mismatch",
            Self::IssuerMismatch => "issuer-mismatch",
            Self::ConsentNotActive => "consent-not-active",
            Self::OutsidePeriod => "outside-period",
            Self::DatasetNotConsented => "dataset-not-consented",
            Self::NotAllowed => "not-allowed",
            Self::DecisionInvalid => "decision-invalid",
        }
    }
}
