//! Service descriptions, each beside the entry that registered it.

use std::collections::BTreeMap;

use assent_exchange::service::event::ServiceEvent;
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::service::DescriptionRef;

use super::EvidenceError;
use super::entry::Entry;
use super::parties::Parties;

/// The descriptions that entries refer to.
pub(super) struct Descriptions<'b> {
    /// Those whose registration was not met yet.
    texts: std::slice::Iter<'b, String>,
    registered: BTreeMap<DescriptionRef, Registered>,
}

/// A description that a provider signed for.
pub(super) struct Registered {
    pub(super) description: ServiceDescription,
    pub(super) provider: PartyId,
    index: u64,
    is_needed: bool,
}

impl<'b> Descriptions<'b> {
    pub(super) fn new(texts: &'b [String]) -> Self {
        Self {
            texts: texts.iter(),
            registered: BTreeMap::new(),
        }
    }

    /// Takes in a registration, and the description beside it.
    pub(super) fn take(
        &mut self,
        entry: &Entry,
        event: &ServiceEvent,
        chain: &ChainId,
        parties: &mut Parties,
    ) -> Result<(), EvidenceError> {
        let ServiceEvent::Registered { registration } = event;
        let registration = entry.verify(registration, chain)?;
        let said = registration.content();
        parties.check_signer(entry, said.provider, registration.signer())?;
        let text = self.texts.next();
        let text = text.ok_or(EvidenceError::DescriptionMismatch)?;
        let description: ServiceDescription =
            canonical::decode(text.as_bytes()).map_err(|_| EvidenceError::DescriptionMismatch)?;
        let is_registered = description.reference() == said.description
            && description.outline() == said.outline
            && description.provider.party_id == said.provider;
        if !is_registered {
            return Err(EvidenceError::DescriptionMismatch);
        }
        let registered = Registered {
            description,
            provider: said.provider,
            index: entry.index,
            is_needed: false,
        };
        let before = self.registered.insert(said.description.clone(), registered);
        entry.ensure(before.is_none(), EvidenceError::Superfluous)
    }

    /// The description that an entry refers to, which is thereby needed.
    pub(super) fn get(
        &mut self,
        entry: &Entry,
        reference: &DescriptionRef,
    ) -> Result<&Registered, EvidenceError> {
        let registered = self
            .registered
            .get_mut(reference)
            .ok_or(EvidenceError::ReferenceUnknown(entry.index))?;
        registered.is_needed = true;
        Ok(registered)
    }

    /// The description of something that an entry has referred to before.
    pub(super) fn known(&self, reference: &DescriptionRef) -> &Registered {
        &self.registered[reference]
    }

    /// Checks that every description was registered, and every registration needed.
    pub(super) fn check_all_needed(&self) -> Result<(), EvidenceError> {
        if self.texts.len() > 0 {
            return Err(EvidenceError::DescriptionMismatch);
        }
        let unneeded = self.registered.values().filter(|one| !one.is_needed);
        match unneeded.map(|one| one.index).min() {
            Some(index) => Err(EvidenceError::Superfluous(index)),
            None => Ok(()),
        }
    }
}
