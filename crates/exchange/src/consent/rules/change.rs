//! Pause, resume, narrow, withdraw.

use assent_model::ids::ConsentId;
use assent_model::machine::Context;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord, ResourceSet};
use assent_model::statement::Verified;

use super::Decision;
use crate::consent::command::StatusChange;
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Author, Consent, Pause, Status};
use crate::state::View;

/// Decides on a change of one consent or of both records of a pair. `by_link` says that it is
/// the effect of removing or restoring a link.
pub(crate) fn change_status(view: &View<'_>, change: &StatusChange, context: Context, by_link: bool) -> Decision {
    let primary_id = change.primary.content().cr_id;
    let consent = view.consent(primary_id).ok_or(ConsentRejection::ConsentUnknown)?;
    let mut changes = vec![(&change.primary, consent)];
    match (consent.role.counterpart(), &change.counterpart) {
        (None, None) => {}
        (Some(other), Some(record)) => {
            check_agree(&change.primary, record, other)?;
            changes.push((record, view.consent(other).ok_or(ConsentRejection::ConsentUnknown)?));
        }
        _ => return Err(ConsentRejection::PairIncomplete),
    }
    changes.into_iter().map(|(record, consent)| change_one(view, record, consent, context, by_link)).collect()
}

fn check_agree(
    primary: &Verified<ConsentStatusRecord>,
    counterpart: &Verified<ConsentStatusRecord>,
    expected: ConsentId,
) -> Result<(), ConsentRejection> {
    let (a, b) = (primary.content(), counterpart.content());
    let agree = b.cr_id == expected && a.consent_status == b.consent_status && a.resource_set == b.resource_set;
    if agree { Ok(()) } else { Err(ConsentRejection::PairInconsistent) }
}

fn change_one(
    view: &View<'_>,
    record: &Verified<ConsentStatusRecord>,
    consent: &Consent,
    context: Context,
    by_link: bool,
) -> Result<ConsentEvent, ConsentRejection> {
    let said = record.content();
    if consent.has_ended(context.time) {
        return Err(ConsentRejection::ConsentEnded);
    }
    if said.surrogate_id != consent.surrogate {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    let author = author(view, record, consent)?;
    if said.prev != consent.head {
        return Err(ConsentRejection::ChainBroken);
    }
    check_link(view, consent, said.consent_status, by_link)?;
    check_narrowing(consent, said, author)?;
    if said.consent_status == declared(consent.status) && said.resource_set == consent.resource_set {
        return Err(ConsentRejection::StatusUnchanged);
    }
    let ends = said.consent_status == ConsentStatus::Withdrawn;
    let acknowledge_by = ends.then(|| view.chain()).flatten().map(|chain| context.time + chain.acknowledge_within);
    Ok(ConsentEvent::StatusChanged { record: record.record(), author, by_link, acknowledge_by })
}

/// The person's own key may do everything; the operator's may only take away.
fn author(
    view: &View<'_>,
    record: &Verified<ConsentStatusRecord>,
    consent: &Consent,
) -> Result<Author, ConsentRejection> {
    if *record.signer() == consent.key {
        return Ok(Author::Person);
    }
    let operator = view.chain().and_then(|chain| view.party(chain.operator));
    let takes_away = matches!(record.content().consent_status, ConsentStatus::Disabled | ConsentStatus::Withdrawn);
    let by_operator = operator.is_some_and(|operator| operator.signing_key == *record.signer());
    if by_operator && takes_away { Ok(Author::Operator) } else { Err(ConsentRejection::WrongKey) }
}

/// A consent cannot be resumed past a removed link: only restoring the link does that.
fn check_link(
    view: &View<'_>,
    consent: &Consent,
    wanted: ConsentStatus,
    by_link: bool,
) -> Result<(), ConsentRejection> {
    let link = consent.role.link().and_then(|id| view.link(id));
    if wanted != ConsentStatus::Active || by_link {
        return Ok(());
    }
    let paused_by_link = consent.status == Status::Disabled { cause: Pause::Link };
    if paused_by_link || link.is_some_and(|link| link.is_removed()) {
        return Err(ConsentRejection::LinkRemoved);
    }
    Ok(())
}

fn check_narrowing(
    consent: &Consent,
    said: &ConsentStatusRecord,
    author: Author,
) -> Result<(), ConsentRejection> {
    if !is_subset(&said.resource_set, &consent.resource_set) {
        return Err(ConsentRejection::ResourceSetWidened);
    }
    let keeps_required =
        consent.required.iter().all(|concept| said.resource_set.values().any(|chosen| chosen.contains(concept)));
    if !keeps_required || said.resource_set.values().any(std::collections::BTreeSet::is_empty) {
        return Err(ConsentRejection::RequiredConceptMissing);
    }
    // The operator stands in for a lost key only to stop processing, not to edit the consent.
    if author == Author::Operator && said.resource_set != consent.resource_set {
        return Err(ConsentRejection::WrongKey);
    }
    Ok(())
}

fn is_subset(narrow: &ResourceSet, wide: &ResourceSet) -> bool {
    narrow.iter().all(|(dataset, concepts)| wide.get(dataset).is_some_and(|wide| concepts.is_subset(wide)))
}

fn declared(status: Status) -> ConsentStatus {
    match status {
        Status::Active => ConsentStatus::Active,
        Status::Disabled { .. } => ConsentStatus::Disabled,
        Status::Withdrawn | Status::Superseded { .. } | Status::Expired => ConsentStatus::Withdrawn,
    }
}
