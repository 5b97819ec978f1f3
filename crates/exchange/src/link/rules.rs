//! The rules of links.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_model::canonical;
use assent_model::ids::SurrogateId;
use assent_model::machine::{Context, StatusUpdate};
use assent_model::records::consent::ConsentStatus;
use assent_model::records::link::{LinkCountersignature, LinkRecord, LinkStatus, LinkStatusRecord};
use assent_model::statement::{Recorded, Verified};
use serde::Serialize;

use super::command::LinkCommand;
use super::event::LinkEvent;
use super::rejection::LinkRejection;
use super::state::Link;
use crate::consent;
use crate::consent::command::StatusChange;
use crate::consent::state::{Consent, Pause, Status};
use crate::event::Event;
use crate::rejection::Rejection;
use crate::state::{State, View};

/// Decides on a command of this component. A change of a link brings events of its consents.
pub(crate) fn decide(
    view: &View<'_>,
    command: &LinkCommand,
    context: Context,
) -> Result<Vec<Event>, Rejection> {
    match command {
        LinkCommand::Create {
            record,
            countersignature,
        } => {
            let created = create(view, record, countersignature)?;
            Ok(vec![Event::Link(created)])
        }
        LinkCommand::Change { record, consents } => change(view, record, consents, context),
    }
}

fn create(
    view: &View<'_>,
    record: &Verified<LinkRecord>,
    countersignature: &Verified<LinkCountersignature>,
) -> Result<LinkEvent, LinkRejection> {
    let said = record.content();
    let service = view
        .service(said.service.service_id)
        .ok_or(LinkRejection::ServiceUnknown)?;
    if service.provider != said.provider {
        return Err(LinkRejection::NotTheProvider);
    }
    view.description(said.service.service_id, said.service.version)
        .filter(|described| described.is_current && described.digest == said.service.digest)
        .ok_or(LinkRejection::DescriptionSuperseded)?;
    let provider = view.party(said.provider).filter(|party| party.is_active());
    let provider_key = &provider.ok_or(LinkRejection::ProviderInactive)?.signing_key;
    if countersignature.signer() != provider_key {
        return Err(LinkRejection::WrongKey);
    }
    if said.surrogate_id != SurrogateId::of(record.signer()) {
        return Err(LinkRejection::PseudonymMismatch);
    }
    let expected = LinkCountersignature {
        slr_id: said.slr_id,
        slr_digest: record.digest(),
        provider: said.provider,
    };
    if *countersignature.content() != expected {
        return Err(LinkRejection::CountersignatureMismatch);
    }
    if said.pop_key != provider_key.thumbprint() {
        return Err(LinkRejection::HolderKeyMismatch);
    }
    if view.link(said.slr_id).is_some() {
        return Err(LinkRejection::LinkIdTaken);
    }
    Ok(LinkEvent::Created {
        record: record.record(),
        countersignature: countersignature.record(),
    })
}

fn change(
    view: &View<'_>,
    record: &Verified<LinkStatusRecord>,
    consents: &[StatusChange],
    context: Context,
) -> Result<Vec<Event>, Rejection> {
    let link = changed_link(view, record)?;
    check_consents(view, record.content(), link, consents)?;
    let mut events = vec![Event::Link(LinkEvent::StatusChanged {
        record: record.record(),
    })];
    for change in consents {
        let changed = consent::change_status(view, change, context, true)?;
        events.extend(changed.into_iter().map(Event::Consent));
    }
    Ok(events)
}

fn changed_link<'a>(
    view: &View<'a>,
    record: &Verified<LinkStatusRecord>,
) -> Result<&'a Link, LinkRejection> {
    let said = record.content();
    let link = view.link(said.slr_id).ok_or(LinkRejection::LinkUnknown)?;
    if *record.signer() != link.key {
        return Err(LinkRejection::WrongKey);
    }
    if said.surrogate_id != link.surrogate {
        return Err(LinkRejection::PseudonymMismatch);
    }
    if said.prev != link.head {
        return Err(LinkRejection::ChainBroken);
    }
    if said.sl_status == link.status {
        return Err(LinkRejection::StatusUnchanged);
    }
    Ok(link)
}

/// Each consent that hangs on the link is paused or resumed with it, once; no other is; and only
/// those that the removal paused are resumed.
fn check_consents(
    view: &View<'_>,
    said: &LinkStatusRecord,
    link: &Link,
    changes: &[StatusChange],
) -> Result<(), LinkRejection> {
    let (wanted, before, expected) = match said.sl_status {
        LinkStatus::Removed => (
            ConsentStatus::Disabled,
            Status::Active,
            link.active_consents,
        ),
        LinkStatus::Active => (
            ConsentStatus::Active,
            Status::Disabled { cause: Pause::Link },
            link.paused_consents,
        ),
    };
    // First of all, because it bounds the work.
    if i64::try_from(changes.len()) != Ok(expected) {
        return Err(LinkRejection::ConsentsIncomplete);
    }
    let records = || {
        let records = changes.iter().flat_map(StatusChange::records);
        records.map(|record| record.content())
    };
    // All are looked up before any is judged, so that they are loaded together.
    let consents: BTreeMap<_, _> = records()
        .map(|record| (record.cr_id, view.consent(record.cr_id)))
        .collect();
    let consents: Vec<&Consent> = consents.into_values().flatten().collect();
    let hangs_here = |consent: &&Consent| consent.role.link() == Some(said.slr_id);
    // A change concerns one consent that names a link, so as many of those as changes means one
    // for each change.
    let all_follow = consents.len() == records().count()
        && records().all(|record| record.consent_status == wanted)
        && consents.iter().all(|consent| consent.status == before)
        && consents.into_iter().filter(hangs_here).count() == changes.len();
    if all_follow {
        Ok(())
    } else {
        Err(LinkRejection::ConsentsIncomplete)
    }
}

/// Applies what happened.
pub(crate) fn evolve(state: &mut State, event: &LinkEvent) {
    match event {
        LinkEvent::Created { record, .. } => created(state, record),
        LinkEvent::StatusChanged { record } => {
            let link = state.links.expect_mut(&record.content().slr_id);
            link.status = record.content().sl_status;
            link.head = record.digest();
        }
    }
}

fn created(state: &mut State, record: &Recorded<LinkRecord>) {
    let said = record.content();
    let link = Link {
        service: said.service.service_id,
        provider: said.provider,
        surrogate: said.surrogate_id,
        key: *record.signer(),
        custody: said.custody,
        status: LinkStatus::Active,
        head: record.digest(),
        active_consents: 0,
        paused_consents: 0,
    };
    state.links.put(said.slr_id, link);
}

/// Reads what applying `event` needs, so that the view names what is not loaded.
pub(crate) fn touched(view: &View<'_>, event: &LinkEvent) {
    if let LinkEvent::StatusChanged { record } = event {
        view.link(record.content().slr_id);
    }
}

#[derive(Serialize)]
struct CommittedStatus {
    head: Digest,
    status: LinkStatus,
}

/// The new status of the link that an event changed, as the status map commits to it.
pub(crate) fn status(state: &State, event: &LinkEvent) -> StatusUpdate {
    let slr_id = match event {
        LinkEvent::Created { record, .. } => record.content().slr_id,
        LinkEvent::StatusChanged { record } => record.content().slr_id,
    };
    let link = View::new(state)
        .link(slr_id)
        .expect("an event changes only what is loaded");
    let committed = CommittedStatus {
        head: link.head,
        status: link.status,
    };
    StatusUpdate {
        subject: slr_id.to_string(),
        status: Digest::of(&canonical::encode(&committed)),
    }
}
