//! Why the link component refuses, in the order in which it checks.

use crate::consent::rejection::ConsentRejection;

/// A refusal of the link component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LinkRejection {
    /// The service is not registered.
    #[error("there is no service with this id")]
    ServiceUnknown,
    /// The service belongs to another provider.
    #[error("the service is offered by another provider")]
    NotTheProvider,
    /// The named description is not the current one.
    #[error("the description of the service is not the current one")]
    DescriptionSuperseded,
    /// The provider is not registered, or was deactivated.
    #[error("the provider is not an active party")]
    ProviderInactive,
    /// Not signed with the key that this takes.
    #[error("the statement is signed with another key than the one on record")]
    WrongKey,
    /// The pseudonym is not derived from the signing key.
    #[error("the pseudonym is not the one of the signing key")]
    PseudonymMismatch,
    /// The service signed something else than the person.
    #[error("the countersignature is for another record")]
    CountersignatureMismatch,
    /// The key that must prove possession is not the provider's.
    #[error("the proof-of-possession key is not the provider's current key")]
    HolderKeyMismatch,
    /// The id is in use.
    #[error("a link with this id exists")]
    LinkIdTaken,
    /// No such link.
    #[error("there is no service link with this id")]
    LinkUnknown,
    /// The status record does not continue the chain.
    #[error("the status record does not continue the chain")]
    ChainBroken,
    /// The link has that status already.
    #[error("the link has this status already")]
    StatusUnchanged,
    /// A consent is not paused with the removal, or not resumed with the restoration.
    #[error("the consents of the link are not all paused or resumed with it")]
    ConsentsIncomplete,
    /// A consent cannot be paused or resumed.
    #[error("a consent of the link cannot follow it")]
    Consent(#[source] ConsentRejection),
}

impl LinkRejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServiceUnknown => "service-unknown",
            Self::NotTheProvider => "not-the-provider",
            Self::DescriptionSuperseded => "description-superseded",
            Self::ProviderInactive => "provider-inactive",
            Self::WrongKey => "wrong-key",
            Self::PseudonymMismatch => "pseudonym-mismatch",
            Self::CountersignatureMismatch => "countersignature-mismatch",
            Self::HolderKeyMismatch => "holder-key-mismatch",
            Self::LinkIdTaken => "link-id-taken",
            Self::LinkUnknown => "link-unknown",
            Self::ChainBroken => "chain-broken",
            Self::StatusUnchanged => "status-unchanged",
            Self::ConsentsIncomplete => "consents-incomplete",
            Self::Consent(rejection) => rejection.code(),
        }
    }
}
