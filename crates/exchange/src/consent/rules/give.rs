//! The person answers: yes, with one record or a pair of them, or no.

use assent_crypto::signature::KeyId;
use assent_model::ids::SurrogateId;
use assent_model::machine::Context;
use assent_model::records::consent::{
    CommonPart, ConsentRecord, ConsentRefusal, ConsentStatus, ResourceSet, RolePart,
};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::{Recorded, Verified};

use super::Decision;
use crate::consent::command::Give;
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Consent, GrantId, Offer, Request, RequestStatus};
use crate::link::state::Link;
use crate::state::View;

pub(super) fn refuse(view: &View<'_>, refusal: &Verified<ConsentRefusal>, context: Context) -> Decision {
    let said = refusal.content();
    let request = open_request(view, said.request_id, context)?;
    let link = view.link(request.link).ok_or(ConsentRejection::LinkUnknown)?;
    if said.surrogate_id != request.surrogate {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    if *refusal.signer() != link.key {
        return Err(ConsentRejection::WrongKey);
    }
    Ok(vec![ConsentEvent::Refused { refusal: refusal.record() }])
}

pub(super) fn give(view: &View<'_>, give: &Give, context: Context) -> Decision {
    let record = give.primary.content();
    let common = &record.common_part;
    let request = open_request(view, common.request_id, context)?;
    let link = view.link(request.link).ok_or(ConsentRejection::LinkUnknown)?;
    check_giver(&give.primary, request, link)?;
    check_descriptions_current(view, request)?;
    check_pair(give, request)?;
    let provider = view.party(request.provider).filter(|party| party.is_active());
    let holder = provider.ok_or(ConsentRejection::ProviderInactive)?.signing_key.thumbprint();
    check_keys(view, give.source.as_ref(), &holder)?;
    check_resource_set(&common.resource_set, &request.offer)?;
    check_validity(common, request, context)?;
    for given in records(give) {
        let content = given.content();
        if content.status_record.consent_status != ConsentStatus::Active {
            return Err(ConsentRejection::FirstStatusNotActive);
        }
        if view.consent(content.common_part.cr_id).is_some() {
            return Err(ConsentRejection::ConsentIdTaken);
        }
    }
    let standing = standing(view, request, context);
    match (standing, &common.supersedes) {
        (None, None) => given_events(view, give, request, Vec::new()),
        (Some((cr_id, consent)), None) if is_same(consent, common) => {
            Ok(vec![ConsentEvent::Affirmed { request_id: common.request_id, cr_id }])
        }
        (Some(_), None) => Err(ConsentRejection::ConsentExists),
        (None, Some(_)) => Err(ConsentRejection::SupersedesMismatch),
        (Some(old), Some(_)) => {
            let ended = superseded_events(view, give, old, context)?;
            given_events(view, give, request, ended)
        }
    }
}

fn records(give: &Give) -> impl Iterator<Item = &Recorded<ConsentRecord>> {
    std::iter::once(&*give.primary).chain(give.source.as_deref())
}

fn open_request<'a>(
    view: &View<'a>,
    id: assent_model::ids::RequestId,
    context: Context,
) -> Result<&'a Request, ConsentRejection> {
    let request = view.request(id).ok_or(ConsentRejection::RequestUnknown)?;
    match request.status {
        RequestStatus::Requested { answer_by } if context.time < answer_by => Ok(request),
        _ => Err(ConsentRejection::RequestClosed),
    }
}

fn check_giver(
    primary: &Verified<ConsentRecord>,
    request: &Request,
    link: &Link,
) -> Result<(), ConsentRejection> {
    if link.is_removed() {
        return Err(ConsentRejection::LinkRemoved);
    }
    if primary.content().common_part.surrogate_id != request.surrogate {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    if *primary.signer() != link.key {
        return Err(ConsentRejection::WrongKey);
    }
    Ok(())
}

/// Conditions that changed after the question was asked make it a different question.
fn check_descriptions_current(view: &View<'_>, request: &Request) -> Result<(), ConsentRejection> {
    let is_current = |wanted: &DescriptionRef| {
        view.description(wanted.service_id, wanted.version).is_some_and(|described| described.is_current)
    };
    let all_current = [Some(&request.service), request.source.as_ref()].into_iter().flatten().all(is_current);
    if all_current { Ok(()) } else { Err(ConsentRejection::DescriptionSuperseded) }
}

/// The records are those that the request needs, and agree with it and with each other.
fn check_pair(give: &Give, request: &Request) -> Result<(), ConsentRejection> {
    let primary = give.primary.content();
    let common = &primary.common_part;
    match (&primary.role_specific_part, &request.source, &give.source) {
        (RolePart::Within { slr_id }, None, None) => {
            if *slr_id != request.link || common.cr_pair_id.is_some() {
                return Err(ConsentRejection::PairInconsistent);
            }
        }
        (RolePart::Sink { .. }, Some(source), Some(record)) => {
            if !sink_agrees(primary, request, source, record) || !source_agrees(primary, record) {
                return Err(ConsentRejection::PairInconsistent);
            }
            if record.content().common_part.surrogate_id != SurrogateId::of(record.signer()) {
                return Err(ConsentRejection::PseudonymMismatch);
            }
        }
        _ => return Err(ConsentRejection::PairIncomplete),
    }
    if common.service != request.service {
        return Err(ConsentRejection::DescriptionSuperseded);
    }
    if common.usage_rules != request.usage_rules {
        return Err(ConsentRejection::UsageRulesMismatch);
    }
    Ok(())
}

fn sink_agrees(
    sink: &ConsentRecord,
    request: &Request,
    asked_source: &DescriptionRef,
    source_record: &Verified<ConsentRecord>,
) -> bool {
    let source_common = &source_record.content().common_part;
    let RolePart::Sink { slr_id, source, source_cr_id, source_surrogate_id } = &sink.role_specific_part else {
        return false;
    };
    *slr_id == request.link
        && source == asked_source
        && *source_cr_id == source_common.cr_id
        && *source_surrogate_id == source_common.surrogate_id
        && *source_surrogate_id != request.surrogate
        && sink.common_part.cr_pair_id.is_some()
}

fn source_agrees(sink: &ConsentRecord, source_record: &Verified<ConsentRecord>) -> bool {
    let source = source_record.content();
    let RolePart::Source { sink: named_sink, sink_cr_id, .. } = &source.role_specific_part else { return false };
    let RolePart::Sink { source: named_source, .. } = &sink.role_specific_part else { return false };
    let (a, b) = (&sink.common_part, &source.common_part);
    *named_sink == a.service
        && *sink_cr_id == a.cr_id
        && b.service == *named_source
        && a.cr_id != b.cr_id
        && a.cr_pair_id == b.cr_pair_id
        && a.request_id == b.request_id
        && a.resource_set == b.resource_set
        && a.usage_rules == b.usage_rules
        && a.notice == b.notice
        && (a.valid_from, a.valid_until) == (b.valid_from, b.valid_until)
        && a.supersedes.is_some() == b.supersedes.is_some()
}

/// Keys that decide who can use the consent stand under its signature, and are the right ones.
fn check_keys(
    view: &View<'_>,
    source: Option<&Verified<ConsentRecord>>,
    holder: &KeyId,
) -> Result<(), ConsentRejection> {
    let Some(RolePart::Source { pop_key, token_issuer_key, .. }) =
        source.map(|record| &record.content().role_specific_part)
    else {
        return Ok(());
    };
    if pop_key != holder {
        return Err(ConsentRejection::HolderKeyMismatch);
    }
    let token_key = view.chain().map(|chain| chain.token_key.thumbprint());
    if token_key.as_ref() != Some(token_issuer_key) {
        return Err(ConsentRejection::TokenKeyMismatch);
    }
    Ok(())
}

fn check_resource_set(chosen: &ResourceSet, offer: &Offer) -> Result<(), ConsentRejection> {
    for (dataset, concepts) in chosen {
        let offered = offer.get(dataset).ok_or(ConsentRejection::ConceptNotOffered)?;
        let all_offered = concepts.iter().all(|c| offered.required.contains(c) || offered.optional.contains(c));
        if concepts.is_empty() || !all_offered {
            return Err(ConsentRejection::ConceptNotOffered);
        }
    }
    let has_required = offer.iter().all(|(dataset, offered)| {
        let chosen_here = chosen.get(dataset);
        offered.required.iter().all(|concept| chosen_here.is_some_and(|chosen| chosen.contains(concept)))
    });
    if has_required { Ok(()) } else { Err(ConsentRejection::RequiredConceptMissing) }
}

fn check_validity(common: &CommonPart, request: &Request, context: Context) -> Result<(), ConsentRejection> {
    let not_empty = common.valid_until.is_none_or(|end| end > common.valid_from && end > context.time);
    let as_offered = match (common.valid_until, request.valid_until_max) {
        (_, None) => true,
        (Some(end), Some(max)) => end <= max,
        (None, Some(_)) => false,
    };
    if not_empty && as_offered { Ok(()) } else { Err(ConsentRejection::ValidityInvalid) }
}

/// The consent in force (or paused) for the same pseudonym, purpose and source.
fn standing<'a>(
    view: &View<'a>,
    request: &Request,
    context: Context,
) -> Option<(assent_model::ids::ConsentId, &'a Consent)> {
    let grant = view.grant(&grant_id(request))?;
    let consent = view.consent(grant.cr_id)?;
    (!consent.has_ended(context.time)).then_some((grant.cr_id, consent))
}

/// The place that a consent answering `request` takes.
pub(super) fn grant_id(request: &Request) -> GrantId {
    GrantId {
        surrogate: request.surrogate,
        purpose: request.usage_rules.purpose_id.clone(),
        source: request.source.as_ref().map(|source| source.service_id),
    }
}

fn is_same(consent: &Consent, common: &CommonPart) -> bool {
    consent.resource_set == common.resource_set
        && consent.usage_rules == common.usage_rules
        && consent.service == common.service
        && consent.valid_until == common.valid_until
}

fn superseded_events(
    view: &View<'_>,
    give: &Give,
    (old_id, old): (assent_model::ids::ConsentId, &Consent),
    context: Context,
) -> Decision {
    let chain = view.chain().ok_or(ConsentRejection::TokenKeyMismatch)?;
    let acknowledge_by = context.time + chain.acknowledge_within;
    let mut ended = vec![(old_id, old)];
    if let Some(other) = old.role.counterpart() {
        ended.push((other, view.consent(other).ok_or(ConsentRejection::SupersedesMismatch)?));
    }
    let mut events = Vec::new();
    if records(give).count() != ended.len() {
        return Err(ConsentRejection::SupersedesMismatch);
    }
    for (record, (cr_id, consent)) in records(give).zip(ended) {
        let common = &record.content().common_part;
        let named = common.supersedes.as_ref().ok_or(ConsentRejection::SupersedesMismatch)?;
        if named.cr_id != cr_id || named.prev != consent.head || common.surrogate_id != consent.surrogate {
            return Err(ConsentRejection::SupersedesMismatch);
        }
        // The key that ends a chain is the key that began it.
        if *record.signer() != consent.key {
            return Err(ConsentRejection::WrongKey);
        }
        if let Some(link) = consent.role.link() {
            view.link(link);
        }
        let record = record.digest();
        events.push(ConsentEvent::Superseded { cr_id, by: common.cr_id, record, acknowledge_by });
    }
    Ok(events)
}

fn given_events(view: &View<'_>, give: &Give, request: &Request, mut events: Vec<ConsentEvent>) -> Decision {
    events.push(ConsentEvent::Given { record: give.primary.record(), provider: request.provider });
    if let (Some(source), Some(described)) = (&give.source, &request.source) {
        let service = view.service(described.service_id).ok_or(ConsentRejection::ServiceUnknown)?;
        events.push(ConsentEvent::Given { record: source.record(), provider: service.provider });
    }
    Ok(events)
}
