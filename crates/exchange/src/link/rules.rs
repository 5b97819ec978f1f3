//! The rules of links.

use std::collections::BTreeSet;

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
use crate::consent::command::StatusChange;
use crate::consent::state::{Pause, Status};
use crate::consent::{self, event::ConsentEvent};
use crate::state::{State, View};

/// What happened to the link, and what happened to its consents with it.
pub(crate) struct Decided {
    pub(crate) link: LinkEvent,
    pub(crate) consents: Vec<ConsentEvent>,
}

/// Decides on a command of this component.
pub(crate) fn decide(
    view: &View<'_>,
    command: &LinkCommand,
    context: Context,
) -> Result<Decided, LinkRejection> {
    match command {
        LinkCommand::Create { record, countersignature } => {
            let link = create(view, record, countersignature)?;
            Ok(Decided { link, consents: Vec::new() })
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
    let service = view.service(said.service.service_id).ok_or(LinkRejection::ServiceUnknown)?;
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
    let expected =
        LinkCountersignature { slr_id: said.slr_id, slr_digest: record.digest(), provider: said.provider };
    if *countersignature.content() != expected {
        return Err(LinkRejection::CountersignatureMismatch);
    }
    if said.pop_key != provider_key.thumbprint() {
        return Err(LinkRejection::HolderKeyMismatch);
    }
    if view.link(said.slr_id).is_some() {
        return Err(LinkRejection::LinkIdTaken);
    }
    Ok(LinkEvent::Created { record: record.record(), countersignature: countersignature.record() })
}

fn change(
    view: &View<'_>,
    record: &Verified<LinkStatusRecord>,
    consents: &[StatusChange],
    context: Context,
) -> Result<Decided, LinkRejection> {
    let said = record.content();
    let link = view.link(said.slr_id).ok_or(LinkRejection::LinkUnknown)?;
    if said.surrogate_id != link.surrogate {
        return Err(LinkRejection::PseudonymMismatch);
    }
    if *record.signer() != link.key {
        return Err(LinkRejection::WrongKey);
    }
    if said.prev != link.head {
        return Err(LinkRejection::ChainBroken);
    }
    if said.sl_status == link.status {
        return Err(LinkRejection::StatusUnchanged);
    }
    check_consents(view, said, link, consents)?;
    let mut events = Vec::new();
    for change in consents {
        let changed = consent::change_status(view, change, context, true).map_err(LinkRejection::Consent)?;
        events.extend(changed);
    }
    Ok(Decided { link: LinkEvent::StatusChanged { record: record.record() }, consents: events })
}

/// Each consent that the ledger knows to hang on the link is paused or resumed with it, once,
/// and only those that the removal paused are resumed.
fn check_consents(
    view: &View<'_>,
    said: &LinkStatusRecord,
    link: &Link,
    changes: &[StatusChange],
) -> Result<(), LinkRejection> {
    let (wanted, expected) = match said.sl_status {
        LinkStatus::Removed => (ConsentStatus::Disabled, link.active_consents),
        LinkStatus::Active => (ConsentStatus::Active, link.paused_consents),
    };
    let mut seen = BTreeSet::new();
    let mut counted = 0;
    for change in changes {
        let record = change.primary.content();
        let consent = view.consent(record.cr_id);
        let pausable = consent.is_some_and(|consent| match said.sl_status {
            LinkStatus::Removed => consent.status == Status::Active,
            LinkStatus::Active => consent.status == Status::Disabled { cause: Pause::Link },
        });
        let both = [Some(record.cr_id), change.counterpart.as_ref().map(|other| other.content().cr_id)];
        let is_new = both.into_iter().flatten().all(|cr_id| seen.insert(cr_id));
        if record.consent_status != wanted || !pausable || !is_new {
            return Err(LinkRejection::ConsentsIncomplete);
        }
        let on_this_link = both
            .into_iter()
            .flatten()
            .any(|cr_id| view.consent(cr_id).and_then(|consent| consent.role.link()) == Some(said.slr_id));
        counted += i64::from(on_this_link);
    }
    if counted == expected { Ok(()) } else { Err(LinkRejection::ConsentsIncomplete) }
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
        key: record.signer().clone(),
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
    let link = View::new(state).link(slr_id).expect("an event changes only what is loaded");
    let committed = CommittedStatus { head: link.head, status: link.status };
    StatusUpdate { subject: slr_id.to_string(), status: Digest::of(&canonical::encode(&committed)) }
}
