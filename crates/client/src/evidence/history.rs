//! What became of the consent after it was given.

use assent_crypto::digest::Digest;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Closure, Pause, Status};
use assent_model::ids::{ConsentId, PartyId};
use assent_model::records::consent::{
    Acknowledgement, ConsentRecord, ConsentStatus, ConsentStatusRecord, ResourceSet,
};
use assent_model::statement::{Recorded, Verified};
use assent_model::time::Timestamp;

use super::case::Case;
use super::entry::Entry;
use super::given::superseded_end;
use super::{EvidenceError, Occurrence};
use crate::status_chain::StatusChain;

/// The history of the consent that the bundle is about.
pub(super) struct History {
    chain: StatusChain,
    provider: PartyId,
    valid_until: Option<Timestamp>,
    end: Option<End>,
    closure: Closure,
}

/// How the consent ended, other than by a status record.
enum End {
    /// Another took its place.
    Superseded {
        by: ConsentId,
        record: Digest,
        /// Whether the record of the other was shown.
        is_shown: bool,
    },
    /// It reached its agreed end.
    Expired,
}

impl History {
    pub(super) fn new(
        chain: StatusChain,
        provider: PartyId,
        valid_until: Option<Timestamp>,
    ) -> Self {
        Self {
            chain,
            provider,
            valid_until,
            end: None,
            closure: Closure::NotOwed,
        }
    }

    /// Takes in the record that superseded this consent: the same key says so.
    pub(super) fn succeed(
        &mut self,
        entry: &Entry,
        successor: &Verified<ConsentRecord>,
    ) -> Result<(), EvidenceError> {
        let Some(End::Superseded {
            by,
            record,
            is_shown: is_shown @ false,
        }) = &mut self.end
        else {
            return Err(EvidenceError::Superfluous(entry.index));
        };
        let common = &successor.content().common_part;
        let is_key = successor.signer() == self.chain.key();
        entry.ensure(is_key, EvidenceError::WrongKey)?;
        let ends_this =
            superseded_end(successor.content()) == Some((self.chain.cr_id(), self.chain.head()));
        let agrees = ends_this
            && common.cr_id == *by
            && common.surrogate_id == self.chain.surrogate_id()
            && successor.digest() == *record;
        entry.ensure(agrees, EvidenceError::Inconsistent)?;
        *is_shown = true;
        Ok(())
    }

    /// The digest of the record at the end of the chain, and the status there.
    pub(super) fn end(&self) -> Result<(Digest, Status), EvidenceError> {
        let head = self.chain.head();
        match &self.end {
            Some(End::Superseded {
                is_shown: false, ..
            }) => Err(EvidenceError::Incomplete),
            Some(End::Superseded { by, record, .. }) => {
                Ok((*record, Status::Superseded { by: *by }))
            }
            Some(End::Expired) => Ok((head, Status::Expired)),
            None => Ok((head, declared(self.chain.status()))),
        }
    }

    pub(super) fn provider(&self) -> PartyId {
        self.provider
    }

    pub(super) fn resource_set(&self) -> &ResourceSet {
        self.chain.resource_set()
    }

    pub(super) fn closure(&self) -> Closure {
        self.closure
    }

    fn supersede(
        &mut self,
        by: ConsentId,
        record: Digest,
        acknowledge_by: Timestamp,
    ) -> Occurrence {
        self.closure = Closure::Owed { by: acknowledge_by };
        self.end = Some(End::Superseded {
            by,
            record,
            is_shown: false,
        });
        Occurrence::Superseded
    }

    fn expire(&mut self, entry: &Entry) -> Result<Occurrence, EvidenceError> {
        let is_due = self.valid_until.is_some_and(|end| end <= entry.time);
        entry.ensure(is_due, EvidenceError::Inconsistent)?;
        self.end = Some(End::Expired);
        Ok(Occurrence::Expired)
    }

    fn miss(&mut self, entry: &Entry) -> Result<Occurrence, EvidenceError> {
        let is_missed = matches!(self.closure, Closure::Owed { by } if by <= entry.time);
        entry.ensure(is_missed, EvidenceError::Inconsistent)?;
        self.closure = Closure::Missed;
        Ok(Occurrence::AcknowledgementMissed)
    }

    /// Nothing but acknowledgements and receipts comes after an end.
    fn check_open(&self, entry: &Entry) -> Result<(), EvidenceError> {
        let is_open = self.end.is_none() && self.chain.status() != ConsentStatus::Withdrawn;
        entry.ensure(is_open, EvidenceError::AfterEnd)
    }
}

/// The status that a record declares. Why a consent is paused makes no difference to the proof.
fn declared(status: ConsentStatus) -> Status {
    match status {
        ConsentStatus::Active => Status::Active,
        ConsentStatus::Disabled => Status::Disabled {
            cause: Pause::Person,
        },
        ConsentStatus::Withdrawn => Status::Withdrawn,
    }
}

/// The consent that something happened to, where the event is one of a consent's history.
fn subject(event: &ConsentEvent) -> Option<ConsentId> {
    match event {
        ConsentEvent::StatusChanged { record, .. } => Some(record.content().cr_id),
        ConsentEvent::Superseded { cr_id, .. }
        | ConsentEvent::Expired { cr_id }
        | ConsentEvent::AcknowledgementMissed { cr_id } => Some(*cr_id),
        ConsentEvent::Acknowledged { acknowledgement } => Some(acknowledgement.content().cr_id),
        _ => None,
    }
}

impl Case<'_> {
    /// Takes in what happened to the consent.
    pub(super) fn happened(
        &mut self,
        entry: &Entry,
        event: &ConsentEvent,
    ) -> Result<Occurrence, EvidenceError> {
        entry.ensure(
            subject(event) == Some(self.subject),
            EvidenceError::Superfluous,
        )?;
        let deadline = entry.time + self.genesis.content().acknowledge_within;
        let history = self.history.as_mut();
        let history = history.ok_or(EvidenceError::ReferenceUnknown(entry.index))?;
        if !matches!(
            event,
            ConsentEvent::Acknowledged { .. } | ConsentEvent::AcknowledgementMissed { .. }
        ) {
            history.check_open(entry)?;
        }
        match event {
            ConsentEvent::Superseded {
                by,
                record,
                acknowledge_by,
                ..
            } => {
                let is_due = *acknowledge_by == deadline;
                entry.ensure(is_due, EvidenceError::Inconsistent)?;
                Ok(history.supersede(*by, *record, deadline))
            }
            ConsentEvent::Expired { .. } => history.expire(entry),
            ConsentEvent::AcknowledgementMissed { .. } => history.miss(entry),
            ConsentEvent::Acknowledged { acknowledgement } => {
                self.acknowledged(entry, acknowledgement)
            }
            ConsentEvent::StatusChanged {
                record,
                author,
                by_link,
                acknowledge_by,
            } => {
                let status = record.content().consent_status;
                let owed = (status == ConsentStatus::Withdrawn).then_some(deadline);
                entry.ensure(*acknowledge_by == owed, EvidenceError::Inconsistent)?;
                self.changed(entry, record, *author, owed)?;
                Ok(Occurrence::StatusChanged {
                    status,
                    author: *author,
                    by_link: *by_link,
                })
            }
            _ => Err(EvidenceError::Superfluous(entry.index)),
        }
    }

    fn changed(
        &mut self,
        entry: &Entry,
        record: &Recorded<ConsentStatusRecord>,
        author: Author,
        owed: Option<Timestamp>,
    ) -> Result<(), EvidenceError> {
        let record = entry.verify(record, &self.genesis.envelope().aud)?;
        let operator = self.genesis.content().operator;
        let Some(history) = &mut self.history else {
            return Err(EvidenceError::ReferenceUnknown(entry.index));
        };
        let in_time = history.valid_until.is_none_or(|end| entry.time < end);
        entry.ensure(in_time, EvidenceError::AfterEnd)?;
        // Only where the person did not sign are the operator's keys needed.
        let operator_key = if self.parties.is_signed_by(operator, record.signer()) {
            self.parties.key(entry, operator)?
        } else {
            *history.chain.key()
        };
        let signed_by = history
            .chain
            .extend(&record, &operator_key)
            .map_err(|fault| EvidenceError::HistoryBroken(entry.index, fault))?;
        entry.ensure(signed_by == author, EvidenceError::Inconsistent)?;
        if let Some(by) = owed {
            history.closure = Closure::Owed { by };
        }
        Ok(())
    }

    fn acknowledged(
        &mut self,
        entry: &Entry,
        acknowledgement: &Recorded<Acknowledgement>,
    ) -> Result<Occurrence, EvidenceError> {
        let acknowledgement = entry.verify(acknowledgement, &self.genesis.envelope().aud)?;
        let said = acknowledgement.content();
        self.parties
            .check_signer(entry, said.provider, acknowledgement.signer())?;
        let (Some(history), Some(records), Some(asked)) =
            (&mut self.history, &self.records, &self.asked)
        else {
            return Err(EvidenceError::ReferenceUnknown(entry.index));
        };
        let record = records.subject(self.subject, asked)?;
        let (head, _) = history.end()?;
        let is_owed = matches!(history.closure, Closure::Owed { .. } | Closure::Missed);
        let agrees = is_owed
            && said.provider == history.provider
            && said.service_id == record.content().common_part.service.service_id
            && said.status_digest == head;
        entry.ensure(agrees, EvidenceError::Inconsistent)?;
        history.closure = Closure::Acknowledged { at: entry.time };
        Ok(Occurrence::Acknowledged)
    }
}
