//! What is remembered about the chain and about parties.

use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::PartyId;
use assent_model::names::{ChainId, WebOrigin};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::Span;
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// The chain's own parameters, from its genesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The audience of every statement.
    pub id: ChainId,
    /// Who operates it.
    pub operator: PartyId,
    /// Signs authorisation tokens and batches of receipts.
    pub token_key: VerifyingKey,
    /// Signs checkpoints.
    pub checkpoint_key: VerifyingKey,
    /// How long a service may take to acknowledge the end of a consent.
    pub acknowledge_within: Span,
}

/// The one id of [`Chain`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainKey;

impl fmt::Display for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("self")
    }
}

impl FromStr for ChainKey {
    type Err = InvalidChainKey;

    fn from_str(text: &str) -> Result<Self, InvalidChainKey> {
        if text == "self" {
            Ok(Self)
        } else {
            Err(InvalidChainKey)
        }
    }
}

/// A text that does not name the chain's own parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of the chain's own parameters")]
pub struct InvalidChainKey;

impl Piece for Chain {
    const KIND: &'static str = "chain";
    type Id = ChainKey;
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// Who holds its keys.
    pub custody: Custody,
    /// The key that signs for it now.
    pub signing_key: VerifyingKey,
    /// To whom things for it are sealed now.
    pub sealing_key: SealingKey,
    /// Installs a new signing key. The operator has none: its keys are restored from backups of
    /// the node.
    pub recovery_key: Option<VerifyingKey>,
    /// Whether it still acts.
    pub status: PartyStatus,
}

/// A build of the wallet that the operator has published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletBuild {
    /// Where it is served.
    pub origin: WebOrigin,
}

impl Piece for WalletBuild {
    const KIND: &'static str = "wallet";
    type Id = Digest;
}

/// Whether a party still acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyStatus {
    /// It does.
    Active,
    /// It ended, for good.
    Deactivated,
}

impl Party {
    /// Whether it still acts.
    pub fn is_active(&self) -> bool {
        self.status == PartyStatus::Active
    }
}

impl Piece for Party {
    const KIND: &'static str = "party";
    type Id = PartyId;
}
