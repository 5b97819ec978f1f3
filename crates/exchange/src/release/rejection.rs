//! Why the release component refuses, in the order in which it checks.

/// A refusal of the release component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ReleaseRejection {
    /// Not signed with the chain's token key.
    #[error("the batch is not signed with the token key of this chain")]
    WrongKey,
    /// A batch without receipts says nothing.
    #[error("the batch holds no receipt")]
    BatchEmpty,
}

impl ReleaseRejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongKey => "wrong-key",
            Self::BatchEmpty => "batch-empty",
        }
    }
}
