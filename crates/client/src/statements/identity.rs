//! What parties sign about themselves.

use assent_api::v1::identity::{Challenge, ChallengeAnswer};
use assent_crypto::base64url;
use assent_crypto::domains;
use assent_crypto::sealing::{self, OpeningKey, SealingKey};
use assent_crypto::signature::SigningKey;
use assent_model::ids::PartyId;
use assent_model::records::Custody;
use assent_model::records::identity::{
    Deactivation, KeyPossession, KeyRole, KeyRotation, PartyKind, Recovery, Registration,
};
use assent_model::statement::{Nested, Verified};

use super::Signer;
use crate::keys::PartyKeys;

/// The challenge was not sealed to this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the challenge does not open with this key")]
pub struct ChallengeError;

impl Signer {
    /// Registers a party that has these keys.
    pub fn register(
        &self,
        keys: &PartyKeys,
        kind: PartyKind,
        custody: Custody,
    ) -> Verified<Registration> {
        let party = keys.party_id();
        let registration = Registration {
            party,
            kind,
            custody,
            sealing_key: keys.opening.sealing_key().clone(),
            recovery: self.possession(party, KeyRole::Recovery, &keys.recovery),
        };
        self.sign(&keys.signing, registration)
    }

    /// Replaces the signing key, and if wanted the sealing key.
    pub fn rotate(
        &self,
        keys: &PartyKeys,
        new_signing: &SigningKey,
        new_sealing: Option<&SealingKey>,
    ) -> Verified<KeyRotation> {
        let party = keys.party_id();
        let rotation = KeyRotation {
            party,
            signing: self.possession(party, KeyRole::Signing, new_signing),
            sealing_key: new_sealing.cloned(),
        };
        self.sign(&keys.signing, rotation)
    }

    /// Installs new keys with the recovery key, after the signing key was lost.
    pub fn recover(
        &self,
        party: PartyId,
        recovery: &SigningKey,
        new_signing: &SigningKey,
        new_sealing: &SealingKey,
    ) -> Verified<Recovery> {
        let content = Recovery {
            party,
            signing: self.possession(party, KeyRole::Signing, new_signing),
            sealing_key: new_sealing.clone(),
        };
        self.sign(recovery, content)
    }

    /// Ends a party for good, with its signing key or its recovery key.
    pub fn deactivate(&self, party: PartyId, key: &SigningKey) -> Verified<Deactivation> {
        self.sign(key, Deactivation { party })
    }

    fn possession(&self, party: PartyId, role: KeyRole, key: &SigningKey) -> Nested<KeyPossession> {
        Nested::from(&self.sign(key, KeyPossession { party, role }))
    }
}

/// Answers a node's challenge, which shows possession of the opening key.
///
/// # Errors
/// The challenge was sealed to another key.
pub fn answer_challenge(
    opening: &OpeningKey,
    challenge: &Challenge,
) -> Result<ChallengeAnswer, ChallengeError> {
    let sealed = base64url::decode(&challenge.sealed).map_err(|_| ChallengeError)?;
    let info = domains::SEAL_CHALLENGE.as_bytes();
    let answer = sealing::open(opening, info, challenge.challenge.as_bytes(), &sealed)
        .map_err(|_| ChallengeError)?;
    Ok(ChallengeAnswer {
        challenge: challenge.challenge.clone(),
        answer: base64url::encode(&answer),
    })
}
