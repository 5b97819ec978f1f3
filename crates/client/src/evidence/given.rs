//! The consent record, or the two of a pair.

use assent_api::v1::consents::Notice;
use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, PartyId, SurrogateId};
use assent_model::records::consent::{CommonPart, ConsentRecord, RolePart, UsageRules};
use assent_model::statement::{Recorded, Verified};
use assent_model::time::Timestamp;

use super::case::{Asked, Case};
use super::entry::Entry;
use super::history::History;
use super::{EvidenceError, Occurrence, notice};
use crate::choice;
use crate::status_chain::StatusChain;

/// The records that answer the request.
pub(super) struct Records {
    primary: Verified<ConsentRecord>,
    /// Where the primary record stands in the log.
    place: (u64, u64),
    source: Option<Verified<ConsentRecord>>,
    pub(super) notice: Notice,
}

impl Records {
    /// The record of the consent that the bundle is about, when all records are there.
    pub(super) fn subject(
        &self,
        subject: ConsentId,
        asked: &Asked,
    ) -> Result<&Verified<ConsentRecord>, EvidenceError> {
        if self.source.is_some() != asked.request.content().source.is_some() {
            return Err(EvidenceError::Incomplete);
        }
        [Some(&self.primary), self.source.as_ref()]
            .into_iter()
            .flatten()
            .find(|record| record.content().common_part.cr_id == subject)
            .ok_or(EvidenceError::Incomplete)
    }
}

impl Case<'_> {
    /// Takes in a consent record: the first, the second of a pair, or the one that superseded.
    pub(super) fn given(
        &mut self,
        entry: &Entry,
        record: &Recorded<ConsentRecord>,
        provider: PartyId,
    ) -> Result<Option<Occurrence>, EvidenceError> {
        let record = entry.verify(record, &self.genesis.envelope().aud)?;
        match &self.records {
            None => self.primary(entry, &record, provider)?,
            Some(records) if records.source.is_none() && self.is_sharing() => {
                self.source(entry, &record, provider)?;
            }
            Some(_) => {
                let history = self.history.as_mut();
                let superfluous = EvidenceError::Superfluous(entry.index);
                history.ok_or(superfluous)?.succeed(entry, &record)?;
                return Ok(None);
            }
        }
        if record.content().common_part.cr_id != self.subject {
            return Ok(None);
        }
        let chain = StatusChain::begin(&record)
            .map_err(|fault| EvidenceError::HistoryBroken(entry.index, fault))?;
        let valid_until = record.content().common_part.valid_until;
        self.history = Some(History::new(chain, provider, valid_until));
        Ok(Some(Occurrence::Given))
    }

    fn is_sharing(&self) -> bool {
        let asked = self.asked.as_ref();
        asked.is_some_and(|asked| asked.request.content().source.is_some())
    }

    fn primary(
        &mut self,
        entry: &Entry,
        record: &Verified<ConsentRecord>,
        provider: PartyId,
    ) -> Result<(), EvidenceError> {
        let unknown = EvidenceError::ReferenceUnknown(entry.index);
        let (asked, link) = self.asked.as_ref().zip(self.link.as_ref()).ok_or(unknown)?;
        let request = asked.request.content();
        let common = &record.content().common_part;
        entry.ensure(record.signer() == link.signer(), EvidenceError::WrongKey)?;
        let usage_rules = UsageRules {
            purpose_id: asked.purpose.purpose_id.clone(),
            legal_basis: asked.purpose.legal_basis,
            conditions: asked.purpose.conditions,
        };
        let agrees = common.request_id == request.request_id
            && common.surrogate_id == request.surrogate_id
            && common.service == request.service
            && common.usage_rules == usage_rules
            // A key that a page or an operator holds proves no more than that, whatever it signs later.
            && common.custody == link.content().custody
            && provider == request.provider
            && entry.time < request.answer_by
            && has_role(record.content(), asked)
            && has_offered_period(common, request.valid_until_max, entry.time);
        entry.ensure(agrees, EvidenceError::Inconsistent)?;
        choice::check(&common.resource_set, &asked.offer)
            .map_err(|error| EvidenceError::ChoiceInvalid(entry.index, error))?;
        let notice = notice::check(self.notice, &common.notice, asked, &self.descriptions)?;
        self.records = Some(Records {
            primary: record.clone(),
            place: (entry.index, entry.height),
            source: None,
            notice,
        });
        Ok(())
    }

    fn source(
        &mut self,
        entry: &Entry,
        record: &Verified<ConsentRecord>,
        provider: PartyId,
    ) -> Result<(), EvidenceError> {
        let unknown = EvidenceError::ReferenceUnknown(entry.index);
        let (Some(asked), Some(records)) = (&self.asked, &mut self.records) else {
            return Err(unknown);
        };
        let common = &record.content().common_part;
        let is_derived = common.surrogate_id == SurrogateId::of(record.signer());
        entry.ensure(is_derived, EvidenceError::WrongKey)?;
        let request = asked.request.content();
        let RolePart::Source {
            pop_key,
            token_issuer_key,
            ..
        } = &record.content().role_specific_part
        else {
            return Err(EvidenceError::PairInconsistent(entry.index));
        };
        let holder = self.parties.key(entry, request.provider)?;
        let described = request.source.as_ref().ok_or(unknown)?;
        let agrees = records.place == (entry.index - 1, entry.height)
            && is_pair(records.primary.content(), record.content())
            && provider == self.descriptions.known(described).provider
            && *pop_key == holder.thumbprint()
            && *token_issuer_key == self.genesis.content().token_key.thumbprint();
        entry.ensure(agrees, EvidenceError::PairInconsistent)?;
        records.source = Some(record.clone());
        Ok(())
    }
}

/// Whether the record has the role that the request asks for.
fn has_role(record: &ConsentRecord, asked: &Asked) -> bool {
    let request = asked.request.content();
    let is_pair = record.common_part.cr_pair_id.is_some();
    match (&record.role_specific_part, &request.source) {
        (RolePart::Within { slr_id }, None) => *slr_id == request.slr_id && !is_pair,
        (RolePart::Sink { slr_id, source, .. }, Some(wanted)) => {
            *slr_id == request.slr_id && source == wanted && is_pair
        }
        _ => false,
    }
}

fn has_offered_period(common: &CommonPart, max: Option<Timestamp>, now: Timestamp) -> bool {
    let is_possible = common
        .valid_until
        .is_none_or(|end| end > common.valid_from && end > now);
    let is_offered = match (common.valid_until, max) {
        (_, None) => true,
        (Some(end), Some(max)) => end <= max,
        (None, Some(_)) => false,
    };
    is_possible && is_offered
}

/// Whether two records are the two of one pair.
fn is_pair(sink: &ConsentRecord, source: &ConsentRecord) -> bool {
    let (a, b) = (&sink.common_part, &source.common_part);
    let RolePart::Sink {
        source: named_source,
        source_cr_id,
        source_surrogate_id,
        ..
    } = &sink.role_specific_part
    else {
        return false;
    };
    let RolePart::Source {
        sink: named_sink,
        sink_cr_id,
        ..
    } = &source.role_specific_part
    else {
        return false;
    };
    (named_source, source_cr_id, source_surrogate_id) == (&b.service, &b.cr_id, &b.surrogate_id)
        && (named_sink, sink_cr_id) == (&a.service, &a.cr_id)
        && a.cr_id != b.cr_id
        && shared_terms(a) == shared_terms(b)
}

/// What both records of a pair must say.
fn shared_terms(common: &CommonPart) -> impl PartialEq + '_ {
    (
        common.cr_pair_id,
        common.request_id,
        &common.resource_set,
        &common.usage_rules,
        &common.notice,
        (common.valid_from, common.valid_until),
        common.custody,
        common.supersedes.is_some(),
    )
}

/// Where the chain of an older consent ends, when this record takes its place.
pub(super) fn superseded_end(record: &ConsentRecord) -> Option<(ConsentId, Digest)> {
    let superseded = record.common_part.supersedes.as_ref()?;
    Some((superseded.cr_id, superseded.prev))
}
