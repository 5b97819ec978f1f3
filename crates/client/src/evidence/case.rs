//! The case that the entries of a bundle make, taken in one after the other.

use assent_api::evidence::EvidenceBundle;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Offer;
use assent_exchange::consent::{committed, offer};
use assent_exchange::event::Event;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::release::event::ReleaseEvent;
use assent_ledger::checkpoint::Checkpoint;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::{ConsentId, SurrogateId};
use assent_model::records::consent::ConsentRequest;
use assent_model::records::identity::Genesis;
use assent_model::records::link::{LinkCountersignature, LinkRecord};
use assent_model::records::release::{ReceiptBatch, UseReceipt};
use assent_model::records::service::PurposeOutline;
use assent_model::statement::{Recorded, Verified};
use assent_model::vocabulary::LegalBasis;

use super::descriptions::Descriptions;
use super::entry::Entry;
use super::given::Records;
use super::history::History;
use super::parties::Parties;
use super::{EvidenceError, EvidenceReport, Occurrence, TimelineEntry};

/// What the entries so far have shown.
pub(super) struct Case<'b> {
    pub(super) subject: ConsentId,
    pub(super) genesis: Verified<Genesis>,
    pub(super) parties: Parties,
    pub(super) descriptions: Descriptions<'b>,
    pub(super) link: Option<Verified<LinkRecord>>,
    pub(super) asked: Option<Asked>,
    pub(super) notice: &'b str,
    pub(super) records: Option<Records>,
    pub(super) history: Option<History>,
    receipts: Vec<UseReceipt>,
    timeline: Vec<TimelineEntry>,
}

/// The question, and what could be chosen from.
pub(super) struct Asked {
    pub(super) request: Verified<ConsentRequest>,
    pub(super) offer: Offer,
    pub(super) purpose: PurposeOutline,
}

impl<'b> Case<'b> {
    pub(super) fn open(
        bundle: &'b EvidenceBundle<StatusProof>,
        genesis: Verified<Genesis>,
    ) -> Result<Self, EvidenceError> {
        Ok(Self {
            subject: bundle.cr_id,
            parties: Parties::new(&genesis)?,
            genesis,
            descriptions: Descriptions::new(&bundle.descriptions),
            link: None,
            asked: None,
            notice: &bundle.notice,
            records: None,
            history: None,
            receipts: Vec::new(),
            timeline: Vec::new(),
        })
    }

    /// Takes in the next entry.
    pub(super) fn take(&mut self, entry: &Entry) -> Result<(), EvidenceError> {
        if let Some(what) = self.shown(entry)? {
            self.timeline.push(TimelineEntry {
                index: entry.index,
                height: entry.height,
                time: entry.time,
                what,
            });
        }
        Ok(())
    }

    /// Checks an entry; says what happened, where it happened to the consent.
    fn shown(&mut self, entry: &Entry) -> Result<Option<Occurrence>, EvidenceError> {
        let chain = self.genesis.envelope().aud.clone();
        let Self {
            parties,
            descriptions,
            ..
        } = self;
        match &entry.event {
            Event::Identity(event) => parties.take(entry, event, &chain).map(|()| None),
            Event::Service(event) => descriptions
                .take(entry, event, &chain, parties)
                .map(|()| None),
            Event::Link(LinkEvent::Created {
                record,
                countersignature,
            }) => self.linked(entry, record, countersignature).map(Some),
            Event::Link(LinkEvent::StatusChanged { .. }) | Event::Stream(_) => {
                Err(EvidenceError::Superfluous(entry.index))
            }
            Event::Consent(ConsentEvent::Requested { request, offer }) => {
                self.requested(entry, request, offer).map(Some)
            }
            Event::Consent(ConsentEvent::Given { record, provider }) => {
                self.given(entry, record, *provider)
            }
            Event::Consent(event) => self.happened(entry, event).map(Some),
            Event::Release(ReleaseEvent::Recorded { batch }) => {
                self.used(entry, batch).map(|()| None)
            }
        }
    }

    fn linked(
        &mut self,
        entry: &Entry,
        record: &Recorded<LinkRecord>,
        countersignature: &Recorded<LinkCountersignature>,
    ) -> Result<Occurrence, EvidenceError> {
        entry.ensure(self.link.is_none(), EvidenceError::Superfluous)?;
        let chain = &self.genesis.envelope().aud;
        let record = entry.verify(record, chain)?;
        let countersignature = entry.verify(countersignature, chain)?;
        let said = record.content();
        let described = self.descriptions.get(entry, &said.service)?;
        let is_provider = described.provider == said.provider;
        entry.ensure(is_provider, EvidenceError::Inconsistent)?;
        self.parties
            .check_signer(entry, said.provider, countersignature.signer())?;
        let is_derived = said.surrogate_id == SurrogateId::of(record.signer());
        entry.ensure(is_derived, EvidenceError::WrongKey)?;
        let expected = LinkCountersignature {
            slr_id: said.slr_id,
            slr_digest: record.digest(),
            provider: said.provider,
        };
        let agrees = *countersignature.content() == expected
            && said.pop_key == countersignature.signer().thumbprint();
        entry.ensure(agrees, EvidenceError::Inconsistent)?;
        self.link = Some(record);
        Ok(Occurrence::Linked)
    }

    fn requested(
        &mut self,
        entry: &Entry,
        request: &Recorded<ConsentRequest>,
        offered: &Offer,
    ) -> Result<Occurrence, EvidenceError> {
        entry.ensure(self.asked.is_none(), EvidenceError::Superfluous)?;
        let request = entry.verify(request, &self.genesis.envelope().aud)?;
        let said = request.content();
        let unknown = EvidenceError::ReferenceUnknown(entry.index);
        let link = self.link.as_ref().ok_or(unknown)?.content();
        let described = self.descriptions.get(entry, &said.service)?;
        let agrees = said.slr_id == link.slr_id
            && said.surrogate_id == link.surrogate_id
            && said.service.service_id == link.service.service_id
            && said.provider == described.provider
            && entry.time < said.answer_by;
        entry.ensure(agrees, EvidenceError::Inconsistent)?;
        let asking = described.description.outline();
        self.parties
            .check_signer(entry, said.provider, request.signer())?;
        let holding = match &said.source {
            Some(source) => self.descriptions.get(entry, source)?.description.outline(),
            None => asking.clone(),
        };
        let purpose = asking.purpose(&said.purpose_id).ok_or(unknown)?;
        let by_consent = purpose.legal_basis == LegalBasis::Consent;
        entry.ensure(by_consent, EvidenceError::Inconsistent)?;
        let is_offer = offer(purpose, &holding).is_ok_and(|made| made == *offered);
        entry.ensure(is_offer, EvidenceError::OfferMismatch)?;
        self.asked = Some(Asked {
            purpose: purpose.clone(),
            offer: offered.clone(),
            request,
        });
        Ok(Occurrence::Requested)
    }

    fn used(&mut self, entry: &Entry, batch: &Recorded<ReceiptBatch>) -> Result<(), EvidenceError> {
        let batch = entry.verify(batch, &self.genesis.envelope().aud)?;
        let is_operators = *batch.signer() == self.genesis.content().token_key;
        entry.ensure(is_operators, EvidenceError::WrongKey)?;
        let subject = self.subject;
        let receipts = batch.content().receipts.iter();
        let before = self.receipts.len();
        self.receipts
            .extend(receipts.filter(|one| one.cr_id == subject).cloned());
        entry.ensure(self.receipts.len() > before, EvidenceError::Superfluous)?;
        entry.ensure(self.history.is_some(), EvidenceError::ReferenceUnknown)
    }

    /// Checks that the case is complete and that where it leads is the current status.
    pub(super) fn close(
        self,
        proof: &StatusProof,
        checkpoint: Checkpoint,
    ) -> Result<EvidenceReport, EvidenceError> {
        let (Some(asked), Some(records), Some(history)) = (self.asked, self.records, self.history)
        else {
            return Err(EvidenceError::Incomplete);
        };
        let record = records.subject(self.subject, &asked)?;
        let (head, status) = history.end()?;
        let status_digest = committed(head, status);
        let subject = self.subject.to_string();
        proof
            .verify(checkpoint.status_root, &subject, Some(status_digest))
            .map_err(|_| EvidenceError::StatusNotProven)?;
        self.parties.check_all_needed()?;
        self.descriptions.check_all_needed()?;
        Ok(EvidenceReport {
            chain: self.genesis.envelope().aud.clone(),
            operator: self.genesis.content().operator,
            checkpoint_key: self.genesis.content().checkpoint_key,
            checkpoint,
            cr_id: self.subject,
            provider: history.provider(),
            request: asked.request.content().clone(),
            record: record.content().clone(),
            notice: records.notice,
            status,
            resource_set: history.resource_set().clone(),
            closure: history.closure(),
            timeline: self.timeline,
            receipts: self.receipts,
        })
    }
}
