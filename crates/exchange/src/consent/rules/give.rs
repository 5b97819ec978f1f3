//! The person answers: yes, with one record or a pair of them, or no.

use assent_model::ids::{ConsentId, PartyId, RequestId};
use assent_model::machine::Context;
use assent_model::records::consent::{ConsentRefusal, ConsentStatus, RolePart, Superseded};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Verified;

use super::{Decision, active_provider, records};
use crate::consent::command::Give;
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Consent, GrantId, Request, RequestStatus, Role, Status};
use crate::link::state::Link;
use crate::state::View;

pub(super) fn refuse(
    view: &View<'_>,
    refusal: &Verified<ConsentRefusal>,
    context: Context,
) -> Decision {
    let said = refusal.content();
    let (request, link) = open_request(view, said.request_id, context)?;
    if said.surrogate_id != request.surrogate {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    if *refusal.signer() != link.key {
        return Err(ConsentRejection::WrongKey);
    }
    Ok(vec![ConsentEvent::Refused {
        refusal: refusal.record(),
    }])
}

pub(super) fn give(view: &View<'_>, give: &Give, context: Context) -> Decision {
    let common = &give.primary.content().common_part;
    let (request, link) = open_request(view, common.request_id, context)?;
    records::check_pair(give, request)?;
    let providers = active_providers(view, request)?;
    records::check_givers(give, request, link)?;
    check_descriptions_current(view, give, request)?;
    if link.is_removed() {
        return Err(ConsentRejection::LinkRemoved);
    }
    if common.usage_rules != request.usage_rules {
        return Err(ConsentRejection::UsageRulesMismatch);
    }
    records::check_custody(give, link)?;
    let holder = active_provider(view, request.provider)?.signing_key;
    records::check_keys(view, give, holder.thumbprint())?;
    records::check_resource_set(&common.resource_set, &request.offer)?;
    records::check_validity(common, request, context)?;
    check_new(view, give)?;
    let (ended, makes_room) = match (standing(view, request, context), &common.supersedes) {
        (None, None) => (Vec::new(), false),
        (Some((cr_id, consent)), None) if is_same(view, consent, give) => {
            return Ok(vec![ConsentEvent::Affirmed {
                record: give.primary.record(),
                cr_id,
            }]);
        }
        (Some(_), None) => return Err(ConsentRejection::ConsentExists),
        (None, Some(_)) => return Err(ConsentRejection::SupersedesMismatch),
        (Some((cr_id, old)), Some(_)) => {
            let was_active = old.status == Status::Active && old.role.link() == Some(request.link);
            (supersede(view, give, (cr_id, old), context)?, was_active)
        }
    };
    if !makes_room && !link.has_room() {
        return Err(ConsentRejection::LinkFull);
    }
    let given = give.records().zip(providers);
    let given = given.map(|(record, provider)| ConsentEvent::Given {
        record: record.record(),
        provider,
    });
    Ok(ended.into_iter().chain(given).collect())
}

/// A request that can still be answered, and the link that it was asked over.
fn open_request<'a>(
    view: &View<'a>,
    id: RequestId,
    context: Context,
) -> Result<(&'a Request, &'a Link), ConsentRejection> {
    let request = view.request(id).ok_or(ConsentRejection::RequestUnknown)?;
    match request.status {
        RequestStatus::Requested { answer_by } if context.time < answer_by => {
            let link = view.link(request.link);
            Ok((request, link.ok_or(ConsentRejection::LinkUnknown)?))
        }
        _ => Err(ConsentRejection::RequestClosed),
    }
}

/// The providers of the service that asked and of the source, in the order of the records.
fn active_providers(view: &View<'_>, request: &Request) -> Result<Vec<PartyId>, ConsentRejection> {
    let mut providers = vec![request.provider];
    if let Some(source) = &request.source {
        let service = view
            .service(source.service_id)
            .ok_or(ConsentRejection::ServiceUnknown)?;
        providers.push(service.provider);
    }
    for id in &providers {
        active_provider(view, *id)?;
    }
    Ok(providers)
}

/// Conditions that changed after the question was asked make it a different question.
fn check_descriptions_current(
    view: &View<'_>,
    give: &Give,
    request: &Request,
) -> Result<(), ConsentRejection> {
    let is_current = |wanted: &DescriptionRef| {
        view.description(wanted.service_id, wanted.version)
            .is_some_and(|described| described.is_current)
    };
    let mut named = std::iter::once(&request.service).chain(&request.source);
    let names_asked = give.primary.content().common_part.service == request.service;
    if names_asked && named.all(is_current) {
        Ok(())
    } else {
        Err(ConsentRejection::DescriptionSuperseded)
    }
}

/// A consent starts active, under an id of its own.
fn check_new(view: &View<'_>, give: &Give) -> Result<(), ConsentRejection> {
    let mut contents = give.records().map(|record| record.content());
    if contents.any(|content| content.status_record.consent_status != ConsentStatus::Active) {
        return Err(ConsentRejection::FirstStatusNotActive);
    }
    let mut contents = give.records().map(|record| record.content());
    if contents.any(|content| view.consent(content.common_part.cr_id).is_some()) {
        return Err(ConsentRejection::ConsentIdTaken);
    }
    Ok(())
}

/// The consent in force (or paused) for the same pseudonym, service, purpose and source.
fn standing<'a>(
    view: &View<'a>,
    request: &Request,
    context: Context,
) -> Option<(ConsentId, &'a Consent)> {
    let grant = view.grant(&grant_id(request))?;
    let consent = view.consent(grant.cr_id)?;
    (!consent.has_ended(context.time)).then_some((grant.cr_id, consent))
}

/// The place that a consent answering `request` takes.
pub(super) fn grant_id(request: &Request) -> GrantId {
    GrantId {
        surrogate: request.surrogate,
        service: request.service.service_id,
        purpose: request.usage_rules.purpose_id.clone(),
        source: request.source.as_ref().map(|source| source.service_id),
    }
}

/// Whether giving adds nothing to the consent that stands.
fn is_same(view: &View<'_>, standing: &Consent, give: &Give) -> bool {
    let record = give.primary.content();
    let common = &record.common_part;
    let has_same_role = match (&standing.role, &record.role_specific_part) {
        (Role::Within { link }, RolePart::Within { slr_id }) => link == slr_id,
        (
            Role::Sink {
                link,
                source,
                counterpart,
            },
            RolePart::Sink {
                slr_id,
                source: named,
                ..
            },
        ) => {
            // A requester that changed its key needs a record with the new one.
            let holder = view.consent(*counterpart).and_then(|c| c.role.holder());
            link == slr_id && source == named && holder == records::holder(give)
        }
        _ => false,
    };
    has_same_role
        && standing.service == common.service
        && standing.usage_rules == common.usage_rules
        && standing.resource_set == common.resource_set
        && standing.valid_until == common.valid_until
}

/// Ends the records of the consent that stands, each by the new record that names it. The place
/// of a consent names its source, so both answers are pairs or neither is.
fn supersede(
    view: &View<'_>,
    give: &Give,
    (old_id, old): (ConsentId, &Consent),
    context: Context,
) -> Decision {
    let chain = view.chain().ok_or(ConsentRejection::SupersedesMismatch)?;
    let mut ended = vec![(old_id, old)];
    if let Some(id) = old.role.counterpart() {
        let other = view.consent(id);
        ended.push((id, other.ok_or(ConsentRejection::SupersedesMismatch)?));
    }
    if let Some(link) = old.role.link() {
        // The counts of the link follow the status.
        view.link(link);
    }
    let mut events = Vec::new();
    for (record, (cr_id, old)) in give.records().zip(ended) {
        let common = &record.content().common_part;
        let prev = old.head;
        // A pseudonym is derived from its key: the key that ends a chain is the one that began it.
        if common.surrogate_id != old.surrogate
            || common.supersedes != Some(Superseded { cr_id, prev })
        {
            return Err(ConsentRejection::SupersedesMismatch);
        }
        events.push(ConsentEvent::Superseded {
            cr_id,
            by: common.cr_id,
            record: record.digest(),
            acknowledge_by: context.time + chain.acknowledge_within,
        });
    }
    Ok(events)
}
