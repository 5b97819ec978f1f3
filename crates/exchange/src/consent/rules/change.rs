//! Pause, resume, narrow, withdraw.

use std::collections::BTreeSet;

use assent_model::ids::ConsentId;
use assent_model::machine::Context;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord, ResourceSet};
use assent_model::statement::Verified;

use super::Decision;
use crate::consent::command::StatusChange;
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Author, Consent, Pause, Status};
use crate::link::state::Link;
use crate::state::View;

/// Decides on a change of one consent or of both records of a pair. `by_link` says that it is
/// the effect of removing or restoring a link.
pub(crate) fn change_status(
    view: &View<'_>,
    change: &StatusChange,
    context: Context,
    by_link: bool,
) -> Decision {
    let consent = view
        .consent(change.primary.content().cr_id)
        .ok_or(ConsentRejection::ConsentUnknown)?;
    if is_over(consent, context, by_link) {
        return Err(ConsentRejection::ConsentEnded);
    }
    let mut changes = vec![(&change.primary, consent)];
    match (consent.role.counterpart(), &change.counterpart) {
        (None, None) => {}
        (Some(id), Some(record)) => {
            let other = view.consent(id).ok_or(ConsentRejection::ConsentUnknown)?;
            check_agree(&change.primary, record, id)?;
            changes.push((record, other));
        }
        _ => return Err(ConsentRejection::PairIncomplete),
    }
    changes
        .into_iter()
        .map(|(record, consent)| change_one(view, record, consent, context, by_link))
        .collect()
}

/// A change that follows a link goes by what is recorded: otherwise a consent whose end has come,
/// but is not recorded yet, could neither be paused nor left out, and the link not be removed.
fn is_over(consent: &Consent, context: Context, by_link: bool) -> bool {
    consent.status.is_final() || !by_link && consent.has_ended(context.time)
}

fn check_agree(
    primary: &Verified<ConsentStatusRecord>,
    counterpart: &Verified<ConsentStatusRecord>,
    expected: ConsentId,
) -> Result<(), ConsentRejection> {
    let (a, b) = (primary.content(), counterpart.content());
    let agree = b.cr_id == expected
        && a.consent_status == b.consent_status
        && a.resource_set == b.resource_set;
    if agree {
        Ok(())
    } else {
        Err(ConsentRejection::PairInconsistent)
    }
}

fn change_one(
    view: &View<'_>,
    record: &Verified<ConsentStatusRecord>,
    consent: &Consent,
    context: Context,
    by_link: bool,
) -> Result<ConsentEvent, ConsentRejection> {
    let said = record.content();
    // Looked up for every change: the counts of the link follow the status.
    let link = consent.role.link().and_then(|id| view.link(id));
    if said.surrogate_id != consent.surrogate {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    let author = author(view, record, consent)?;
    let resumes = said.consent_status == ConsentStatus::Active && consent.status != Status::Active;
    if resumes && !by_link && is_held_by_link(consent, link) {
        return Err(ConsentRejection::LinkRemoved);
    }
    if said.prev != consent.head {
        return Err(ConsentRejection::ChainBroken);
    }
    check_narrowing(consent, said)?;
    if said.consent_status == declared(consent.status) && said.resource_set == consent.resource_set
    {
        return Err(ConsentRejection::StatusUnchanged);
    }
    if resumes && !by_link && link.is_some_and(|link| !link.has_room()) {
        return Err(ConsentRejection::LinkFull);
    }
    let ends = said.consent_status == ConsentStatus::Withdrawn;
    let acknowledge_by = ends
        .then(|| view.chain())
        .flatten()
        .map(|chain| context.time + chain.acknowledge_within);
    Ok(ConsentEvent::StatusChanged {
        record: record.record(),
        author,
        by_link,
        acknowledge_by,
    })
}

/// The person's own key may do everything; the operator's may only stop processing, and edits
/// nothing.
fn author(
    view: &View<'_>,
    record: &Verified<ConsentStatusRecord>,
    consent: &Consent,
) -> Result<Author, ConsentRejection> {
    if *record.signer() == consent.key {
        return Ok(Author::Person);
    }
    let said = record.content();
    let only_stops =
        said.consent_status != ConsentStatus::Active && said.resource_set == consent.resource_set;
    let operator = view.chain().and_then(|chain| view.party(chain.operator));
    let by_operator = operator
        .is_some_and(|operator| operator.is_active() && operator.signing_key == *record.signer());
    if by_operator && only_stops {
        Ok(Author::Operator)
    } else {
        Err(ConsentRejection::WrongKey)
    }
}

/// A consent cannot be resumed past a removed link: only restoring the link does that.
fn is_held_by_link(consent: &Consent, link: Option<&Link>) -> bool {
    consent.status == Status::Disabled { cause: Pause::Link } || link.is_some_and(Link::is_removed)
}

fn check_narrowing(consent: &Consent, said: &ConsentStatusRecord) -> Result<(), ConsentRejection> {
    if !is_subset(&said.resource_set, &consent.resource_set) {
        return Err(ConsentRejection::ResourceSetWidened);
    }
    let keeps_required = consent.required.iter().all(|concept| {
        said.resource_set
            .values()
            .any(|chosen| chosen.contains(concept))
    });
    if !keeps_required || said.resource_set.values().any(BTreeSet::is_empty) {
        return Err(ConsentRejection::RequiredConceptMissing);
    }
    Ok(())
}

fn is_subset(narrow: &ResourceSet, wide: &ResourceSet) -> bool {
    narrow.iter().all(|(dataset, concepts)| {
        wide.get(dataset)
            .is_some_and(|wide| concepts.is_subset(wide))
    })
}

fn declared(status: Status) -> ConsentStatus {
    match status {
        Status::Active => ConsentStatus::Active,
        Status::Disabled { .. } => ConsentStatus::Disabled,
        Status::Withdrawn | Status::Superseded { .. } | Status::Expired => ConsentStatus::Withdrawn,
    }
}
