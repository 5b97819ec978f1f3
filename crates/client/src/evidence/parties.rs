//! The keys of parties, traced from entry to entry.

use std::collections::BTreeMap;

use assent_crypto::signature::VerifyingKey;
use assent_exchange::identity::event::IdentityEvent;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::identity::Genesis;
use assent_model::statement::Verified;

use super::EvidenceError;
use super::entry::Entry;
use crate::key_history::{KeyHistory, KeyHistoryError};

/// All parties whose keys decide something.
pub(super) struct Parties {
    traced: BTreeMap<PartyId, Traced>,
}

/// The keys of one party, and the entries that no later entry has needed yet.
struct Traced {
    history: KeyHistory,
    unneeded: Vec<u64>,
}

impl Parties {
    /// The operator alone.
    pub(super) fn new(genesis: &Verified<Genesis>) -> Result<Self, EvidenceError> {
        let history =
            KeyHistory::open(genesis).map_err(|fault| EvidenceError::KeyChangeInvalid(0, fault))?;
        let operator = Traced {
            history,
            unneeded: Vec::new(),
        };
        Ok(Self {
            traced: BTreeMap::from([(genesis.content().operator, operator)]),
        })
    }

    /// Follows a registration or a change of keys.
    pub(super) fn take(
        &mut self,
        entry: &Entry,
        event: &IdentityEvent,
        chain: &ChainId,
    ) -> Result<(), EvidenceError> {
        let (party, installed) = match event {
            IdentityEvent::Registered {
                registration,
                recovery_key,
            } => {
                let registration = entry.verify(registration, chain)?;
                let history = KeyHistory::begin(&registration)
                    .map_err(|fault| EvidenceError::KeyChangeInvalid(entry.index, fault))?;
                let is_said = history.recovery_key() == Some(recovery_key);
                entry.ensure(is_said, EvidenceError::Inconsistent)?;
                return self.register(entry, history);
            }
            IdentityEvent::KeysRotated {
                rotation,
                signing_key,
            } => {
                let rotation = entry.verify(rotation, chain)?;
                let party = rotation.content().party;
                self.change(entry, party, |history| history.rotate(&rotation))?;
                (party, signing_key)
            }
            IdentityEvent::Recovered {
                recovery,
                signing_key,
            } => {
                let recovery = entry.verify(recovery, chain)?;
                let party = recovery.content().party;
                self.change(entry, party, |history| history.recover(&recovery))?;
                (party, signing_key)
            }
            IdentityEvent::Opened { .. }
            | IdentityEvent::Deactivated { .. }
            | IdentityEvent::WalletPublished { .. } => {
                return Err(EvidenceError::Superfluous(entry.index));
            }
        };
        let is_said = self.traced[&party].history.signing_key() == installed;
        entry.ensure(is_said, EvidenceError::Inconsistent)
    }

    fn register(&mut self, entry: &Entry, history: KeyHistory) -> Result<(), EvidenceError> {
        let is_new = !self.traced.contains_key(&history.party());
        entry.ensure(is_new, EvidenceError::Superfluous)?;
        let unneeded = vec![entry.index];
        self.traced
            .insert(history.party(), Traced { history, unneeded });
        Ok(())
    }

    fn change(
        &mut self,
        entry: &Entry,
        party: PartyId,
        follow: impl FnOnce(&mut KeyHistory) -> Result<(), KeyHistoryError>,
    ) -> Result<(), EvidenceError> {
        let traced = self
            .traced
            .get_mut(&party)
            .ok_or(EvidenceError::PartyUnknown(entry.index))?;
        follow(&mut traced.history)
            .map_err(|fault| EvidenceError::KeyChangeInvalid(entry.index, fault))?;
        traced.unneeded.push(entry.index);
        Ok(())
    }

    /// The key of a party at this entry, which is thereby needed with all that led to it.
    pub(super) fn key(
        &mut self,
        entry: &Entry,
        party: PartyId,
    ) -> Result<VerifyingKey, EvidenceError> {
        let traced = self
            .traced
            .get_mut(&party)
            .ok_or(EvidenceError::PartyUnknown(entry.index))?;
        traced.unneeded.clear();
        Ok(*traced.history.signing_key())
    }

    /// Checks that a party signed a statement in this entry.
    pub(super) fn check_signer(
        &mut self,
        entry: &Entry,
        party: PartyId,
        signer: &VerifyingKey,
    ) -> Result<(), EvidenceError> {
        let key = self.key(entry, party)?;
        entry.ensure(key == *signer, EvidenceError::WrongKey)
    }

    /// Whether the operator signed a statement, with the key that it has at this entry.
    pub(super) fn is_signed_by(&self, party: PartyId, signer: &VerifyingKey) -> bool {
        self.traced
            .get(&party)
            .is_some_and(|traced| traced.history.signing_key() == signer)
    }

    /// Checks that every entry about keys was needed.
    pub(super) fn check_all_needed(&self) -> Result<(), EvidenceError> {
        let unneeded = self.traced.values().flat_map(|traced| &traced.unneeded);
        match unneeded.min() {
            Some(index) => Err(EvidenceError::Superfluous(*index)),
            None => Ok(()),
        }
    }
}
