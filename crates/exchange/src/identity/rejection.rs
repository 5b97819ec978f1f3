//! Why the identity component refuses, in the order in which it checks.

/// A refusal of the identity component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum IdentityRejection {
    /// The chain has a genesis already.
    #[error("the chain is open already")]
    ChainOpen,
    /// The party's id is not the one of the signing key.
    #[error("the party id is not derived from the signing key")]
    PartyMismatch,
    /// The id is in use.
    #[error("a party with this id exists")]
    PartyIdTaken,
    /// No such party.
    #[error("there is no party with this id")]
    PartyUnknown,
    /// The party was deactivated.
    #[error("the party was deactivated")]
    PartyDeactivated,
    /// Not signed with the key that this takes.
    #[error("the statement is signed with another key than the one on record")]
    WrongKey,
    /// The proof of possession of a new key does not hold.
    #[error("possession of a key is not proven")]
    PossessionUnproven,
    /// One key would serve in two roles.
    #[error("signing key and recovery key must differ")]
    KeysEqual,
}

impl IdentityRejection {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChainOpen => "chain-open",
            Self::PartyMismatch => "party-mismatch",
            Self::PartyIdTaken => "party-id-taken",
            Self::PartyUnknown => "party-unknown",
            Self::PartyDeactivated => "party-deactivated",
            Self::WrongKey => "wrong-key",
            Self::PossessionUnproven => "possession-unproven",
            Self::KeysEqual => "keys-equal",
        }
    }
}
