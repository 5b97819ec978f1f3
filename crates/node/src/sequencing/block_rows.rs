//! From the events of a block to the rows that make them findable.

use std::collections::BTreeSet;

use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::release::event::ReleaseEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_exchange::stream::event::StreamEvent;
use assent_model::records::Custody;
use assent_model::records::consent::ConsentRecord;
use assent_model::records::identity::PartyKind;
use assent_model::statement::Recorded;
use assent_storage::Listing;

/// What an event is about: `entries_of(subject)` leads back to it.
pub(crate) fn subjects(event: &Event) -> Vec<String> {
    match event {
        Event::Identity(event) => vec![identity_subject(event)],
        Event::Service(ServiceEvent::Registered { registration }) => {
            let said = registration.content();
            vec![said.description.service_id.to_string()]
        }
        Event::Link(LinkEvent::Created { record, .. }) => vec![record.content().slr_id.to_string()],
        Event::Link(LinkEvent::StatusChanged { record }) => {
            vec![record.content().slr_id.to_string()]
        }
        Event::Consent(event) => consent_subjects(event),
        Event::Release(ReleaseEvent::Recorded { batch }) => {
            let mut subjects: Vec<String> = batch
                .content()
                .receipts
                .iter()
                .map(|receipt| receipt.cr_id.to_string())
                .collect();
            subjects.sort_unstable();
            subjects.dedup();
            subjects
        }
        Event::Stream(event) => vec![stream_subject(event)],
    }
}

fn stream_subject(event: &StreamEvent) -> String {
    match event {
        StreamEvent::Opened { opening, .. } => opening.content().stream_id,
        StreamEvent::Anchored { anchor } => anchor.content().stream_id,
        StreamEvent::Closed { closing, .. } => closing.content().stream_id,
    }
    .to_string()
}

fn identity_subject(event: &IdentityEvent) -> String {
    match event {
        IdentityEvent::Opened { genesis } => genesis.content().operator,
        IdentityEvent::Registered { registration, .. } => registration.content().party,
        IdentityEvent::KeysRotated { rotation, .. } => rotation.content().party,
        IdentityEvent::Recovered { recovery, .. } => recovery.content().party,
        IdentityEvent::Deactivated { deactivation } => deactivation.content().party,
        IdentityEvent::WalletPublished { release } => return release.content().digest.to_string(),
    }
    .to_string()
}

fn consent_subjects(event: &ConsentEvent) -> Vec<String> {
    match event {
        ConsentEvent::Requested { request, .. } => vec![request.content().request_id.to_string()],
        ConsentEvent::Refused { refusal } => vec![refusal.content().request_id.to_string()],
        ConsentEvent::RequestExpired { request_id } => vec![request_id.to_string()],
        ConsentEvent::Given { record, .. } => vec![record.content().common_part.cr_id.to_string()],
        ConsentEvent::Affirmed { record, cr_id } => {
            vec![
                record.content().common_part.request_id.to_string(),
                cr_id.to_string(),
            ]
        }
        ConsentEvent::Superseded { cr_id, .. }
        | ConsentEvent::Expired { cr_id }
        | ConsentEvent::AcknowledgementMissed { cr_id } => vec![cr_id.to_string()],
        ConsentEvent::StatusChanged { record, .. } => vec![record.content().cr_id.to_string()],
        ConsentEvent::Acknowledged { acknowledgement } => {
            vec![acknowledgement.content().cr_id.to_string()]
        }
    }
}

/// The lists that an event puts something on, at the position of the event.
pub(super) fn listings(event: &Event, position: u64) -> Vec<Listing> {
    let entry = |list: String, member: String| Listing {
        list,
        member,
        position,
    };
    match event {
        Event::Identity(IdentityEvent::Registered { registration, .. }) => {
            let said = registration.content();
            let party = said.party.to_string();
            vec![
                entry("parties".into(), party.clone()),
                entry(parties_like(said.kind, said.custody), party),
            ]
        }
        Event::Identity(IdentityEvent::WalletPublished { release }) => {
            vec![entry(
                "wallets".into(),
                release.content().digest.to_string(),
            )]
        }
        Event::Release(ReleaseEvent::Recorded { batch }) => batch
            .content()
            .receipts
            .iter()
            .map(|receipt| receipt.service_id)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|service| entry(format!("{service}/uses"), "batch".into()))
            .collect(),
        Event::Service(ServiceEvent::Registered { registration }) => {
            let described = &registration.content().description;
            if described.version > 1 {
                return Vec::new();
            }
            let service_id = described.service_id.to_string();
            let provider = registration.content().provider;
            vec![
                entry("services".into(), service_id.clone()),
                entry(format!("{provider}/services"), service_id),
            ]
        }
        Event::Link(LinkEvent::Created { record, .. }) => {
            let said = record.content();
            let slr_id = said.slr_id.to_string();
            vec![
                entry(format!("{}/links", said.surrogate_id), slr_id.clone()),
                entry(format!("{}/links", said.service.service_id), slr_id),
            ]
        }
        Event::Consent(ConsentEvent::Requested { request, .. }) => {
            let asked = request.content();
            let request_id = asked.request_id.to_string();
            vec![
                entry(
                    format!("{}/requests", asked.surrogate_id),
                    request_id.clone(),
                ),
                entry(format!("{}/requests", asked.service.service_id), request_id),
            ]
        }
        Event::Consent(ConsentEvent::Given { record, .. }) => given(record, position),
        _ => Vec::new(),
    }
}

/// The list of the parties of a kind whose keys are held so.
pub(crate) fn parties_like(kind: PartyKind, custody: Custody) -> String {
    let kind = match kind {
        PartyKind::Person => "person",
        PartyKind::Organisation => "organisation",
        PartyKind::Device => "device",
        PartyKind::Oracle => "oracle",
        PartyKind::Operator => "operator",
    };
    let custody = match custody {
        Custody::Hosted => "hosted",
        Custody::Page => "page",
        Custody::Independent => "independent",
    };
    format!("parties/{kind}/{custody}")
}

fn given(record: &Recorded<ConsentRecord>, position: u64) -> Vec<Listing> {
    let common = &record.content().common_part;
    let member = common.cr_id.to_string();
    [
        format!("{}/consents", common.surrogate_id),
        format!("{}/consents", common.service.service_id),
    ]
    .into_iter()
    .map(|list| Listing {
        list,
        member: member.clone(),
        position,
    })
    .collect()
}
