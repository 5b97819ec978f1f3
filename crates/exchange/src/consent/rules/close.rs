//! What follows an end: acknowledgements, and what the sequencer records when time has passed.

use assent_model::ids::{ConsentId, RequestId};
use assent_model::machine::Context;
use assent_model::records::consent::Acknowledgement;
use assent_model::statement::Verified;

use super::{Decision, active_provider};
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Closure, RequestStatus};
use crate::state::View;

pub(super) fn acknowledge(
    view: &View<'_>,
    acknowledgement: &Verified<Acknowledgement>,
) -> Decision {
    let said = acknowledgement.content();
    let consent = view
        .consent(said.cr_id)
        .ok_or(ConsentRejection::ConsentUnknown)?;
    if *acknowledgement.signer() != active_provider(view, said.provider)?.signing_key {
        return Err(ConsentRejection::WrongKey);
    }
    if consent.provider != said.provider || consent.service.service_id != said.service_id {
        return Err(ConsentRejection::NotTheProvider);
    }
    // A late acknowledgement is still worth recording after a missed deadline.
    if !matches!(consent.closure, Closure::Owed { .. } | Closure::Missed) {
        return Err(ConsentRejection::AcknowledgementNotOwed);
    }
    if said.status_digest != consent.head {
        return Err(ConsentRejection::AcknowledgementMismatch);
    }
    Ok(vec![ConsentEvent::Acknowledged {
        acknowledgement: acknowledgement.record(),
    }])
}

pub(super) fn expire_request(view: &View<'_>, request_id: RequestId, context: Context) -> Decision {
    let request = view
        .request(request_id)
        .ok_or(ConsentRejection::RequestUnknown)?;
    match request.status {
        RequestStatus::Requested { answer_by } if answer_by <= context.time => {
            Ok(vec![ConsentEvent::RequestExpired { request_id }])
        }
        RequestStatus::Requested { .. } => Err(ConsentRejection::NotDue),
        _ => Err(ConsentRejection::RequestClosed),
    }
}

/// Both records of a pair end at the same instant, whichever the sequencer names.
pub(super) fn expire_consent(view: &View<'_>, cr_id: ConsentId, context: Context) -> Decision {
    let consent = view
        .consent(cr_id)
        .ok_or(ConsentRejection::ConsentUnknown)?;
    if consent.status.is_final() {
        return Err(ConsentRejection::ConsentEnded);
    }
    if consent.valid_until.is_none_or(|end| end > context.time) {
        return Err(ConsentRejection::NotDue);
    }
    let mut events = Vec::new();
    for cr_id in std::iter::once(cr_id).chain(consent.role.counterpart()) {
        let ended = view
            .consent(cr_id)
            .ok_or(ConsentRejection::ConsentUnknown)?;
        if let Some(link) = ended.role.link() {
            view.link(link);
        }
        events.push(ConsentEvent::Expired { cr_id });
    }
    Ok(events)
}

pub(super) fn miss_acknowledgement(
    view: &View<'_>,
    cr_id: ConsentId,
    context: Context,
) -> Decision {
    match view
        .consent(cr_id)
        .ok_or(ConsentRejection::ConsentUnknown)?
        .closure
    {
        Closure::Owed { by } if by <= context.time => {
            Ok(vec![ConsentEvent::AcknowledgementMissed { cr_id }])
        }
        Closure::Owed { .. } => Err(ConsentRejection::NotDue),
        _ => Err(ConsentRejection::AcknowledgementNotOwed),
    }
}
