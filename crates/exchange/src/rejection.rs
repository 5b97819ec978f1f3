//! All refusals.

use assent_model::statement::ClaimsRejection;

use crate::consent::rejection::ConsentRejection;
use crate::identity::rejection::IdentityRejection;
use crate::link::rejection::LinkRejection;
use crate::release::rejection::ReleaseRejection;
use crate::service::rejection::ServiceRejection;

/// Why a command is refused: first what holds for every statement, then the component's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The chain has no genesis yet.
    #[error("the chain is not open")]
    ChainNotOpen,
    /// A statement is for another chain or another time.
    #[error(transparent)]
    Claims(#[from] ClaimsRejection),
    /// Refused by the identity component.
    #[error(transparent)]
    Identity(#[from] IdentityRejection),
    /// Refused by the service component.
    #[error(transparent)]
    Service(#[from] ServiceRejection),
    /// Refused by the link component.
    #[error(transparent)]
    Link(#[from] LinkRejection),
    /// Refused by the consent component.
    #[error(transparent)]
    Consent(#[from] ConsentRejection),
    /// Refused by the release component.
    #[error(transparent)]
    Release(#[from] ReleaseRejection),
}

impl Rejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChainNotOpen => "chain-not-open",
            Self::Claims(rejection) => rejection.code(),
            Self::Identity(rejection) => rejection.code(),
            Self::Service(rejection) => rejection.code(),
            Self::Link(rejection) => rejection.code(),
            Self::Consent(rejection) => rejection.code(),
            Self::Release(rejection) => rejection.code(),
        }
    }
}
