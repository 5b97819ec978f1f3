//! What parties sign about themselves.

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::Custody;
use crate::ids::PartyId;
use crate::names::WebOrigin;
use crate::statement::{Content, Nested};
use crate::time::Span;

/// What a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// A natural person.
    Person,
    /// A legal person: offers services, asks for data.
    Organisation,
    /// A meter reader or another machine.
    Device,
    /// Who validates data for deals.
    Oracle,
    /// Who runs a node.
    Operator,
}

/// Proof by a key that is about to be installed: signed with *that* key, naming the party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPossession {
    /// For whom the key will act.
    pub party: PartyId,
    /// As what.
    pub role: KeyRole,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRole {
    /// Signs the party's statements.
    Signing,
    /// Installs a new signing key when the old one is lost. Kept apart, used only then.
    Recovery,
}

impl Content for KeyPossession {
    const TYP: Typ = Typ("assent-key-possession+jwt");
}

/// Registers a party. Signed with the signing key, from which the party's id is derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The id derived from the signer.
    pub party: PartyId,
    /// What the party is.
    pub kind: PartyKind,
    /// Who holds the keys.
    pub custody: Custody,
    /// To whom things are sealed. Possession is shown to the node by opening a challenge.
    pub sealing_key: SealingKey,
    /// Possession of the recovery key.
    pub recovery: Nested<KeyPossession>,
}

impl Content for Registration {
    const TYP: Typ = Typ("assent-registration+jwt");
}

/// Replaces the signing key, and if wanted the sealing key. Signed with the old signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Whose keys.
    pub party: PartyId,
    /// Possession of the new signing key.
    pub signing: Nested<KeyPossession>,
    /// The new sealing key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealing_key: Option<SealingKey>,
}

impl Content for KeyRotation {
    const TYP: Typ = Typ("assent-key-rotation+jwt");
}

/// Installs a new signing key after a loss. Signed with the recovery key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// Whose keys.
    pub party: PartyId,
    /// Possession of the new signing key.
    pub signing: Nested<KeyPossession>,
    /// The new sealing key.
    pub sealing_key: SealingKey,
}

impl Content for Recovery {
    const TYP: Typ = Typ("assent-recovery+jwt");
}

/// Ends a party for good. Signed with the signing key or the recovery key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deactivation {
    /// Who.
    pub party: PartyId,
}

impl Content for Deactivation {
    const TYP: Typ = Typ("assent-deactivation+jwt");
}

/// Opens a chain: who operates it, and with which keys tokens and checkpoints are signed.
/// Signed with the operator's signing key; the first statement of every log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The operator, its id derived from the signer.
    pub operator: PartyId,
    /// Signs authorisation tokens.
    pub token_key: VerifyingKey,
    /// Signs checkpoints.
    pub checkpoint_key: VerifyingKey,
    /// To whom things for the operator are sealed.
    pub sealing_key: SealingKey,
    /// How long a service may take to acknowledge the end of a consent.
    pub acknowledge_within: Span,
}

/// A build of the wallet that is served by another site than a node, so that everybody can see which
/// programs hold keys independently of an operator. Signed by the operator of the chain, with its
/// current key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletRelease {
    /// The SHA-256 of the build's manifest, which has the SHA-256 of every file.
    pub digest: Digest,
    /// Where it is served.
    pub origin: WebOrigin,
}

impl Content for WalletRelease {
    const TYP: Typ = Typ("assent-wallet-release+jwt");
}

impl Content for Genesis {
    const TYP: Typ = Typ("assent-genesis+jwt");
}
