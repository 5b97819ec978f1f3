//! Parties, contacts, the directory.

use assent_crypto::sealing::SealingKey;
use assent_model::ids::PartyId;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/chain`: what a client must know about the node before its first statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChainView {
    /// The audience of every statement.
    pub chain_id: String,
    /// The operator's party id.
    #[schema(value_type = String)]
    pub operator: PartyId,
    /// The key that signs tokens and receipts, as a JWK.
    #[schema(value_type = Object)]
    pub token_key: assent_crypto::signature::VerifyingKey,
    /// The key that signs checkpoints, as a JWK.
    #[schema(value_type = Object)]
    pub checkpoint_key: assent_crypto::signature::VerifyingKey,
    /// The signed genesis, a compact JWS.
    pub genesis: String,
    /// The node's clock, in milliseconds since the epoch.
    pub time: u64,
}

/// `POST /v1/challenges`: asks for a challenge that only the holder of a sealing key can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    /// The key whose possession is to be shown.
    #[schema(value_type = String)]
    pub sealing_key: SealingKey,
}

/// A challenge: open `sealed` (HPKE, info `assent/v1/seal/challenge`, aad = `challenge`) and send
/// back what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Challenge {
    /// Names the challenge; good for five minutes and one use.
    pub challenge: String,
    /// Base64url of the sealed answer.
    pub sealed: String,
}

/// The answer to a [`Challenge`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    /// Which challenge.
    pub challenge: String,
    /// Base64url of what was sealed.
    pub answer: String,
}

/// `POST /v1/parties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterParty {
    /// A `Registration` statement.
    pub registration: String,
    /// Shows possession of the sealing key in it.
    pub possession: ChallengeAnswer,
}

/// `POST /v1/parties/{party}/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateKeys {
    /// A `KeyRotation` statement.
    pub rotation: String,
    /// Shows possession of a new sealing key, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possession: Option<ChallengeAnswer>,
}

/// `POST /v1/parties/{party}/recovery`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoverParty {
    /// A `Recovery` statement.
    pub recovery: String,
    /// Shows possession of the new sealing key.
    pub possession: ChallengeAnswer,
}

/// `POST /v1/parties/{party}/deactivation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeactivateParty {
    /// A `Deactivation` statement.
    pub deactivation: String,
}

/// A party as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyView {
    /// Its id.
    #[schema(value_type = String)]
    pub party_id: PartyId,
    /// What it is: `person`, `organisation`, `device`, `oracle` or `operator`.
    #[schema(value_type = String)]
    pub kind: PartyKind,
    /// Who holds its keys: `hosted`, `page` or `independent`.
    #[schema(value_type = String)]
    pub custody: Custody,
    /// Its current signing key, as a JWK.
    #[schema(value_type = Object)]
    pub signing_key: assent_crypto::signature::VerifyingKey,
    /// Its current sealing key.
    #[schema(value_type = String)]
    pub sealing_key: SealingKey,
    /// Its did:key.
    pub did: String,
    /// Whether it still acts.
    pub active: bool,
}

/// `GET /v1/parties/{party}/keys`: everything that the party signed about its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyHistoryView {
    /// `Registration` (an operator's `Genesis`) first, then `KeyRotation`, `Recovery` and
    /// `Deactivation` statements, in the order of the log. Whoever knows the party's id can follow
    /// them without believing anybody.
    pub statements: Vec<String>,
}
