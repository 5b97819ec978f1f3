//! Applying what happened. Nothing here can fail or decide.

use assent_crypto::digest::Digest;
use assent_model::canonical;
use assent_model::ids::{ConsentId, LinkId, PartyId};
use assent_model::machine::{Context, StatusUpdate};
use assent_model::records::consent::{
    ConsentRecord, ConsentRequest, ConsentStatus, ConsentStatusRecord, RolePart,
};
use assent_model::statement::Recorded;
use serde::Serialize;

use super::ask::usage_rules;
use super::give::grant_id;
use crate::consent::event::ConsentEvent;
use crate::consent::state::{
    Closure, Consent, Grant, Offer, Pause, Request, RequestStatus, Role, Status,
};
use crate::state::{State, View};

pub(crate) fn evolve(state: &mut State, event: &ConsentEvent, context: Context) {
    match event {
        ConsentEvent::Requested { request, offer } => requested(state, request.content(), offer),
        ConsentEvent::Refused { refusal } => {
            state
                .requests
                .expect_mut(&refusal.content().request_id)
                .status = RequestStatus::Refused;
        }
        ConsentEvent::RequestExpired { request_id } => {
            state.requests.expect_mut(request_id).status = RequestStatus::Expired;
        }
        ConsentEvent::Given { record, provider } => given(state, record, *provider),
        ConsentEvent::Affirmed { record, cr_id } => {
            let request = record.content().common_part.request_id;
            state.requests.expect_mut(&request).status = RequestStatus::Given { cr_id: *cr_id };
        }
        ConsentEvent::Superseded {
            cr_id,
            by,
            record,
            acknowledge_by,
        } => {
            let consent = state.consents.expect_mut(cr_id);
            consent.head = *record;
            consent.closure = Closure::Owed {
                by: *acknowledge_by,
            };
            set_status(state, *cr_id, Status::Superseded { by: *by });
        }
        ConsentEvent::StatusChanged {
            record,
            by_link,
            acknowledge_by,
            ..
        } => {
            let closure = acknowledge_by.map_or(Closure::NotOwed, |by| Closure::Owed { by });
            status_changed(state, record, *by_link, closure);
        }
        ConsentEvent::Expired { cr_id } => set_status(state, *cr_id, Status::Expired),
        ConsentEvent::Acknowledged { acknowledgement } => {
            let consent = state.consents.expect_mut(&acknowledgement.content().cr_id);
            consent.closure = Closure::Acknowledged { at: context.time };
        }
        ConsentEvent::AcknowledgementMissed { cr_id } => {
            state.consents.expect_mut(cr_id).closure = Closure::Missed;
        }
    }
}

fn requested(state: &mut State, asked: &ConsentRequest, offer: &Offer) {
    let description = View::new(state).description(asked.service.service_id, asked.service.version);
    let purpose = description
        .and_then(|described| described.outline.purpose(&asked.purpose_id))
        .expect("a request names a purpose of a registered description");
    let request = Request {
        service: asked.service.clone(),
        provider: asked.provider,
        link: asked.slr_id,
        surrogate: asked.surrogate_id,
        usage_rules: usage_rules(purpose),
        source: asked.source.clone(),
        offer: offer.clone(),
        valid_until_max: asked.valid_until_max,
        status: RequestStatus::Requested {
            answer_by: asked.answer_by,
        },
    };
    state.requests.put(asked.request_id, request);
}

fn given(state: &mut State, record: &Recorded<ConsentRecord>, provider: PartyId) {
    let content = record.content();
    let common = &content.common_part;
    let request = state.requests.expect_mut(&common.request_id);
    let required = request
        .offer
        .values()
        .flat_map(|offered| offered.required.iter().cloned())
        .collect();
    let role = role(&content.role_specific_part);
    if let Some(link) = role.link() {
        request.status = RequestStatus::Given {
            cr_id: common.cr_id,
        };
        let grant = grant_id(request);
        state.grants.put(
            grant,
            Grant {
                cr_id: common.cr_id,
            },
        );
        state.links.expect_mut(&link).active_consents += 1;
    }
    let consent = Consent {
        surrogate: common.surrogate_id,
        key: *record.signer(),
        service: common.service.clone(),
        provider,
        request: common.request_id,
        role,
        usage_rules: common.usage_rules.clone(),
        resource_set: common.resource_set.clone(),
        required,
        valid_from: common.valid_from,
        valid_until: common.valid_until,
        status: Status::Active,
        head: record.digest(),
        closure: Closure::NotOwed,
    };
    state.consents.put(common.cr_id, consent);
}

fn role(part: &RolePart) -> Role {
    match part {
        RolePart::Within { slr_id } => Role::Within { link: *slr_id },
        RolePart::Sink {
            slr_id,
            source,
            source_cr_id,
            ..
        } => Role::Sink {
            link: *slr_id,
            counterpart: *source_cr_id,
            source: source.clone(),
        },
        RolePart::Source {
            sink,
            sink_cr_id,
            pop_key,
            ..
        } => Role::Source {
            counterpart: *sink_cr_id,
            sink: sink.clone(),
            pop_key: *pop_key,
        },
    }
}

fn status_changed(
    state: &mut State,
    record: &Recorded<ConsentStatusRecord>,
    by_link: bool,
    closure: Closure,
) {
    let said = record.content();
    let consent = state.consents.expect_mut(&said.cr_id);
    consent.head = record.digest();
    consent.resource_set = said.resource_set.clone();
    consent.closure = closure;
    let status = match (said.consent_status, consent.status) {
        (ConsentStatus::Active, _) => Status::Active,
        (ConsentStatus::Withdrawn, _) => Status::Withdrawn,
        // Narrowing a paused consent leaves the reason of the pause alone.
        (ConsentStatus::Disabled, Status::Disabled { cause }) => Status::Disabled { cause },
        (ConsentStatus::Disabled, _) if by_link => Status::Disabled { cause: Pause::Link },
        (ConsentStatus::Disabled, _) => Status::Disabled {
            cause: Pause::Person,
        },
    };
    set_status(state, said.cr_id, status);
}

/// Sets the status and keeps the counts of the link true.
fn set_status(state: &mut State, cr_id: ConsentId, status: Status) {
    let consent = state.consents.expect_mut(&cr_id);
    let before = std::mem::replace(&mut consent.status, status);
    let Some(link) = consent.role.link() else {
        return;
    };
    let link = state.links.expect_mut(&link);
    for (status, count) in [(before, -1), (status, 1)] {
        match status {
            Status::Active => link.active_consents += count,
            Status::Disabled { cause: Pause::Link } => link.paused_consents += count,
            _ => {}
        }
    }
}

/// Reads what applying `event` needs, so that the view names what is not loaded.
pub(crate) fn touched(view: &View<'_>, event: &ConsentEvent) {
    let consent = |id: ConsentId| {
        let link: Option<LinkId> = view.consent(id).and_then(|consent| consent.role.link());
        link.map(|link| view.link(link));
    };
    match event {
        ConsentEvent::Requested { request, .. } => {
            let service = &request.content().service;
            view.description(service.service_id, service.version);
        }
        ConsentEvent::Refused { refusal } => drop(view.request(refusal.content().request_id)),
        ConsentEvent::RequestExpired { request_id } => drop(view.request(*request_id)),
        ConsentEvent::Affirmed { record, .. } => {
            view.request(record.content().common_part.request_id);
        }
        ConsentEvent::Given { record, .. } => {
            view.request(record.content().common_part.request_id);
            role(&record.content().role_specific_part)
                .link()
                .map(|link| view.link(link));
        }
        ConsentEvent::StatusChanged { record, .. } => consent(record.content().cr_id),
        ConsentEvent::Acknowledged { acknowledgement } => consent(acknowledgement.content().cr_id),
        ConsentEvent::Superseded { cr_id, .. }
        | ConsentEvent::Expired { cr_id }
        | ConsentEvent::AcknowledgementMissed { cr_id } => consent(*cr_id),
    }
}

/// What the status map commits to for a consent.
#[derive(Serialize)]
struct CommittedStatus {
    head: Digest,
    status: &'static str,
}

/// The new status of the consent that an event changed.
pub(crate) fn status(state: &State, event: &ConsentEvent) -> Option<StatusUpdate> {
    let cr_id = match event {
        ConsentEvent::Given { record, .. } => record.content().common_part.cr_id,
        ConsentEvent::StatusChanged { record, .. } => record.content().cr_id,
        ConsentEvent::Superseded { cr_id, .. } | ConsentEvent::Expired { cr_id } => *cr_id,
        _ => return None,
    };
    let consent = View::new(state)
        .consent(cr_id)
        .expect("an event changes only what is loaded");
    Some(StatusUpdate {
        subject: cr_id.to_string(),
        status: committed(consent.head, consent.status),
    })
}

/// The digest that stands in the status map for a consent with this chain head and status.
pub fn committed(head: Digest, status: Status) -> Digest {
    let status = match status {
        Status::Active => "active",
        Status::Disabled { .. } => "disabled",
        Status::Withdrawn => "withdrawn",
        Status::Superseded { .. } => "superseded",
        Status::Expired => "expired",
    };
    Digest::of(&canonical::encode(&CommittedStatus { head, status }))
}
