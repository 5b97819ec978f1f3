//! Why the service component refuses, in the order in which it checks.

/// A refusal of the service component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ServiceRejection {
    /// The provider is not registered, or was deactivated.
    #[error("the provider is not an active party")]
    ProviderInactive,
    /// Not signed with the provider's current key.
    #[error("the statement is signed with another key than the one on record")]
    WrongKey,
    /// The service belongs to another provider.
    #[error("the service is offered by another provider")]
    NotTheProvider,
    /// Versions count from 1 in steps of 1.
    #[error("the version does not follow the current one")]
    VersionNotNext,
    /// Two datasets or two purposes have one id, or a purpose requires nothing.
    #[error("the outline of the description contradicts itself")]
    OutlineInvalid,
}

impl ServiceRejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProviderInactive => "provider-inactive",
            Self::WrongKey => "wrong-key",
            Self::NotTheProvider => "not-the-provider",
            Self::VersionNotNext => "version-not-next",
            Self::OutlineInvalid => "outline-invalid",
        }
    }
}
