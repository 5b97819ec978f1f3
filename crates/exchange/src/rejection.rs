//! All refusals.

use assent_model::statement::ClaimsRejection;

/// Declares the refusals of a component: each variant with its stable code and its words, in the
/// order in which the component checks.
macro_rules! rejections {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $words:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
        pub enum $name {
            $($(#[$variant_doc])* #[error($words)] $variant,)*
        }

        impl $name {
            /// All of them, in checking order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

pub(crate) use rejections;

use crate::consent::rejection::ConsentRejection;
use crate::identity::rejection::IdentityRejection;
use crate::link::rejection::LinkRejection;
use crate::release::rejection::ReleaseRejection;
use crate::service::rejection::ServiceRejection;
use crate::stream::rejection::StreamRejection;

/// Why a command is refused: first what holds for every statement, then the component's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The chain has no genesis yet.
    #[error("the chain is not open")]
    ChainNotOpen,
    /// A statement could be signed but not read again. Comes from the node itself only: what
    /// arrives from outside is measured when its signature is checked.
    #[error("a statement is longer than the log can hold")]
    StatementTooLarge,
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
    /// Refused by the stream component.
    #[error(transparent)]
    Stream(#[from] StreamRejection),
}

impl Rejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChainNotOpen => "chain-not-open",
            Self::StatementTooLarge => "statement-too-large",
            Self::Claims(rejection) => rejection.code(),
            Self::Identity(rejection) => rejection.code(),
            Self::Service(rejection) => rejection.code(),
            Self::Link(rejection) => rejection.code(),
            Self::Consent(rejection) => rejection.code(),
            Self::Release(rejection) => rejection.code(),
            Self::Stream(rejection) => rejection.code(),
        }
    }
}
