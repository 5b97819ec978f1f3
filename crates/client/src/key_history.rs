//! Which key a party has now, traced from its id alone.
//!
//! A party's id is derived from its first signing key, its registration is signed with that key
//! and shows possession of the recovery key, and each later change is signed with a key that the
//! ones before installed. So nobody who knows the id can be given keys of somebody else; who
//! keeps a change back can at most show an older key.

use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::identity::{
    Deactivation, Genesis, KeyPossession, KeyRole, KeyRotation, Recovery, Registration,
};
use assent_model::statement::{self, Content, Nested, Verified};

/// Why a statement does not continue a history. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyHistoryError {
    /// There is no statement, or one that says nothing about keys.
    #[error("a statement about keys cannot be read")]
    Unreadable,
    /// The statement, or a proof in it, was signed for another chain.
    #[error("the statement is addressed to another chain")]
    OtherChain,
    /// The party was deactivated before.
    #[error("the party was deactivated")]
    Deactivated,
    /// The statement is about another party, or the id is not that of the first key.
    #[error("the statement is about another party")]
    OtherParty,
    /// Not signed with the key that this takes.
    #[error("the change of keys is signed with another key")]
    WrongKey,
    /// The proof of possession of the new key does not hold.
    #[error("possession of the new key is not proven")]
    PossessionUnproven,
    /// A key that was known before is not in the history, so later changes are kept back.
    #[error("the history ends before a key of the party that is known already")]
    Rewound,
}

/// The keys of a party as they are after its registration and the changes so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHistory {
    /// For which chain all of it was signed.
    chain: ChainId,
    party: PartyId,
    signing_key: VerifyingKey,
    recovery_key: Option<VerifyingKey>,
    sealing_key: SealingKey,
    is_active: bool,
    /// The signing keys before this one, oldest first.
    replaced: Vec<KeyId>,
}

impl KeyHistory {
    /// The history of a party that has just registered.
    ///
    /// # Errors
    /// The id is not that of the signing key, or possession of the recovery key is not proven, or not
    /// to this chain.
    pub fn begin(registration: &Verified<Registration>) -> Result<Self, KeyHistoryError> {
        let said = registration.content();
        if said.party != PartyId::of(registration.signer()) {
            return Err(KeyHistoryError::OtherParty);
        }
        let chain = registration.envelope().aud.clone();
        let recovery_key = possessed(&said.recovery, &chain, said.party, KeyRole::Recovery)?;
        Ok(Self {
            chain,
            party: said.party,
            signing_key: *registration.signer(),
            recovery_key: Some(recovery_key),
            sealing_key: said.sealing_key.clone(),
            is_active: true,
            replaced: Vec::new(),
        })
    }

    /// The history of the operator that has just opened a chain.
    ///
    /// # Errors
    /// The id is not that of the signing key.
    pub fn open(genesis: &Verified<Genesis>) -> Result<Self, KeyHistoryError> {
        let said = genesis.content();
        if said.operator != PartyId::of(genesis.signer()) {
            return Err(KeyHistoryError::OtherParty);
        }
        Ok(Self {
            chain: genesis.envelope().aud.clone(),
            party: said.operator,
            signing_key: *genesis.signer(),
            recovery_key: None,
            sealing_key: said.sealing_key.clone(),
            is_active: true,
            replaced: Vec::new(),
        })
    }

    /// The keys of a party on a chain by everything that it signed about them there, oldest first, as
    /// compact statements. What the party signed for another chain says nothing about this one.
    ///
    /// # Errors
    /// The statements do not begin with the party's first key, or one does not continue those
    /// before.
    pub fn trace(
        party: PartyId,
        chain: &ChainId,
        statements: &[String],
    ) -> Result<Self, KeyHistoryError> {
        let (first, rest) = statements
            .split_first()
            .ok_or(KeyHistoryError::Unreadable)?;
        let mut history = match statement::verify(first) {
            Ok(registration) => Self::begin(&registration)?,
            Err(_) => Self::open(&read(first)?)?,
        };
        if history.chain != *chain {
            return Err(KeyHistoryError::OtherChain);
        }
        if history.party != party {
            return Err(KeyHistoryError::OtherParty);
        }
        for compact in rest {
            if let Ok(rotation) = statement::verify::<KeyRotation>(compact) {
                history.rotate(&rotation)?;
            } else if let Ok(recovery) = statement::verify::<Recovery>(compact) {
                history.recover(&recovery)?;
            } else {
                history.deactivate(&read(compact)?)?;
            }
        }
        Ok(history)
    }

    /// Follows a rotation.
    ///
    /// # Errors
    /// It does not continue this history.
    pub fn rotate(&mut self, rotation: &Verified<KeyRotation>) -> Result<(), KeyHistoryError> {
        let said = rotation.content();
        self.check(said.party, Some(self.signing_key), rotation)?;
        self.install(self.possessed(&said.signing)?);
        if let Some(sealing_key) = &said.sealing_key {
            self.sealing_key = sealing_key.clone();
        }
        Ok(())
    }

    /// Follows a recovery.
    ///
    /// # Errors
    /// It does not continue this history.
    pub fn recover(&mut self, recovery: &Verified<Recovery>) -> Result<(), KeyHistoryError> {
        let said = recovery.content();
        self.check(said.party, self.recovery_key, recovery)?;
        self.install(self.possessed(&said.signing)?);
        self.sealing_key = said.sealing_key.clone();
        Ok(())
    }

    /// Follows a deactivation.
    ///
    /// # Errors
    /// It does not continue this history.
    pub fn deactivate(
        &mut self,
        deactivation: &Verified<Deactivation>,
    ) -> Result<(), KeyHistoryError> {
        let by_recovery = Some(*deactivation.signer()) == self.recovery_key;
        let key = if by_recovery {
            self.recovery_key
        } else {
            Some(self.signing_key)
        };
        self.check(deactivation.content().party, key, deactivation)?;
        self.is_active = false;
        Ok(())
    }

    /// Checks that the history knows a key that the party had when it was met before: who keeps
    /// changes back cannot go back behind that.
    ///
    /// # Errors
    /// [`KeyHistoryError::Rewound`].
    pub fn check_reaches(&self, known: &KeyId) -> Result<(), KeyHistoryError> {
        if self.signing_key.thumbprint() == *known || self.replaced.contains(known) {
            Ok(())
        } else {
            Err(KeyHistoryError::Rewound)
        }
    }

    fn install(&mut self, signing_key: VerifyingKey) {
        let replaced = std::mem::replace(&mut self.signing_key, signing_key);
        self.replaced.push(replaced.thumbprint());
    }

    fn possessed(&self, proof: &Nested<KeyPossession>) -> Result<VerifyingKey, KeyHistoryError> {
        possessed(proof, &self.chain, self.party, KeyRole::Signing)
    }

    fn check<T: Content>(
        &self,
        party: PartyId,
        key: Option<VerifyingKey>,
        statement: &Verified<T>,
    ) -> Result<(), KeyHistoryError> {
        if statement.envelope().aud != self.chain {
            return Err(KeyHistoryError::OtherChain);
        }
        if !self.is_active {
            return Err(KeyHistoryError::Deactivated);
        }
        if party != self.party {
            return Err(KeyHistoryError::OtherParty);
        }
        if key != Some(*statement.signer()) {
            return Err(KeyHistoryError::WrongKey);
        }
        Ok(())
    }

    /// The party.
    pub fn party(&self) -> PartyId {
        self.party
    }

    /// The key that signs for it now.
    pub fn signing_key(&self) -> &VerifyingKey {
        &self.signing_key
    }

    /// The key that can install a new signing key; an operator has none.
    pub fn recovery_key(&self) -> Option<&VerifyingKey> {
        self.recovery_key.as_ref()
    }

    /// To whom things for it are sealed now.
    pub fn sealing_key(&self) -> &SealingKey {
        &self.sealing_key
    }

    /// Whether it still acts.
    pub fn is_active(&self) -> bool {
        self.is_active
    }
}

fn read<T: Content>(compact: &str) -> Result<Verified<T>, KeyHistoryError> {
    statement::verify(compact).map_err(|_| KeyHistoryError::Unreadable)
}

/// The key that signed `proof`, if the proof is for this chain, party and role.
fn possessed(
    proof: &Nested<KeyPossession>,
    chain: &ChainId,
    party: PartyId,
    role: KeyRole,
) -> Result<VerifyingKey, KeyHistoryError> {
    let proof = proof
        .verify()
        .map_err(|_| KeyHistoryError::PossessionUnproven)?;
    if proof.envelope().aud != *chain {
        return Err(KeyHistoryError::OtherChain);
    }
    if *proof.content() == (KeyPossession { party, role }) {
        Ok(*proof.signer())
    } else {
        Err(KeyHistoryError::PossessionUnproven)
    }
}
