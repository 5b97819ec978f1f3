//! Why the consent component refuses, in the order in which it checks.

/// A refusal of the consent component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ConsentRejection {
    /// The provider is not registered, or was deactivated.
    #[error("the provider is not an active party")]
    ProviderInactive,
    /// The statement is not signed with the key on record for who it speaks for.
    #[error("the statement is signed with another key than the one on record")]
    WrongKey,
    /// The id of the request is in use.
    #[error("a request with this id exists")]
    RequestIdTaken,
    /// No such request.
    #[error("there is no request with this id")]
    RequestUnknown,
    /// The request was answered or has expired.
    #[error("the request is no longer open")]
    RequestClosed,
    /// The service is not registered.
    #[error("there is no service with this id")]
    ServiceUnknown,
    /// The service belongs to another provider.
    #[error("the service is offered by another provider")]
    NotTheProvider,
    /// A named description is not the current one: conditions changed, so the person must be
    /// asked anew.
    #[error("the description of the service is not the current one")]
    DescriptionSuperseded,
    /// No such link.
    #[error("there is no service link with this id")]
    LinkUnknown,
    /// The link is with another service or pseudonym.
    #[error("the service link is with another service or pseudonym")]
    LinkMismatch,
    /// The link was removed.
    #[error("the service link was removed")]
    LinkRemoved,
    /// The pseudonym is not the one that was asked, or not the one of the signing key.
    #[error("the pseudonym does not match")]
    PseudonymMismatch,
    /// The description has no such purpose.
    #[error("the service has no purpose with this id")]
    PurposeUnknown,
    /// The purpose does not rest on consent.
    #[error("the purpose is not based on consent")]
    PurposeNotByConsent,
    /// Neither source nor service holds a concept that the purpose requires; or the person left
    /// one out.
    #[error("a concept that the purpose requires is missing")]
    RequiredConceptMissing,
    /// The time to answer lies in the past.
    #[error("the time to answer has passed")]
    AnswerTimePassed,
    /// The records are not the one or two that the request needs, or of other roles.
    #[error("the records are not the pair that the request needs")]
    PairIncomplete,
    /// The two records of a pair say different things.
    #[error("the two records of the pair do not agree")]
    PairInconsistent,
    /// The usage rules are not those of the purpose.
    #[error("the usage rules are not those of the purpose")]
    UsageRulesMismatch,
    /// The key that must prove possession is not the requester's.
    #[error("the proof-of-possession key is not the requester's current key")]
    HolderKeyMismatch,
    /// The token key is not the chain's.
    #[error("the token issuer key is not the one of this chain")]
    TokenKeyMismatch,
    /// The resource set holds something that was not offered.
    #[error("the resource set holds a concept that was not offered")]
    ConceptNotOffered,
    /// The validity is empty, over, or longer than offered.
    #[error("the period of validity is not possible")]
    ValidityInvalid,
    /// A new consent must start active.
    #[error("a consent starts active")]
    FirstStatusNotActive,
    /// The id of the consent is in use.
    #[error("a consent with this id exists")]
    ConsentIdTaken,
    /// There is a consent in force for this purpose; name it to supersede it, or narrow it.
    #[error("a consent for this purpose is in force; supersede or narrow it")]
    ConsentExists,
    /// The consent to supersede is not the one in force, or its chain has moved on.
    #[error("the consent to supersede is not the one in force")]
    SupersedesMismatch,
    /// No such consent.
    #[error("there is no consent with this id")]
    ConsentUnknown,
    /// The consent is withdrawn, superseded or expired: final.
    #[error("the consent has ended")]
    ConsentEnded,
    /// The status record does not continue the chain.
    #[error("the status record does not continue the chain")]
    ChainBroken,
    /// The resource set is larger than before. Widening needs a new consent.
    #[error("a status record cannot widen the resource set")]
    ResourceSetWidened,
    /// The record changes nothing.
    #[error("the status record changes nothing")]
    StatusUnchanged,
    /// The service does not owe an acknowledgement.
    #[error("no acknowledgement is owed")]
    AcknowledgementNotOwed,
    /// The acknowledgement names another record than the one that ended the consent.
    #[error("the acknowledgement names another record")]
    AcknowledgementMismatch,
    /// The time has not come.
    #[error("it is not due yet")]
    NotDue,
}

impl ConsentRejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProviderInactive => "provider-inactive",
            Self::WrongKey => "wrong-key",
            Self::RequestIdTaken => "request-id-taken",
            Self::RequestUnknown => "request-unknown",
            Self::RequestClosed => "request-closed",
            Self::ServiceUnknown => "service-unknown",
            Self::NotTheProvider => "not-the-provider",
            Self::DescriptionSuperseded => "description-superseded",
            Self::LinkUnknown => "link-unknown",
            Self::LinkMismatch => "link-mismatch",
            Self::LinkRemoved => "link-removed",
            Self::PseudonymMismatch => "pseudonym-mismatch",
            Self::PurposeUnknown => "purpose-unknown",
            Self::PurposeNotByConsent => "purpose-not-by-consent",
            Self::RequiredConceptMissing => "required-concept-missing",
            Self::AnswerTimePassed => "answer-time-passed",
            Self::PairIncomplete => "pair-incomplete",
            Self::PairInconsistent => "pair-inconsistent",
            Self::UsageRulesMismatch => "usage-rules-mismatch",
            Self::HolderKeyMismatch => "holder-key-mismatch",
            Self::TokenKeyMismatch => "token-key-mismatch",
            Self::ConceptNotOffered => "concept-not-offered",
            Self::ValidityInvalid => "validity-invalid",
            Self::FirstStatusNotActive => "first-status-not-active",
            Self::ConsentIdTaken => "consent-id-taken",
            Self::ConsentExists => "consent-exists",
            Self::SupersedesMismatch => "supersedes-mismatch",
            Self::ConsentUnknown => "consent-unknown",
            Self::ConsentEnded => "consent-ended",
            Self::ChainBroken => "chain-broken",
            Self::ResourceSetWidened => "resource-set-widened",
            Self::StatusUnchanged => "status-unchanged",
            Self::AcknowledgementNotOwed => "acknowledgement-not-owed",
            Self::AcknowledgementMismatch => "acknowledgement-mismatch",
            Self::NotDue => "not-due",
        }
    }
}
