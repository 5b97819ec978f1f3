//! What falls due with time: the sequencer records expiries as events of its own.

use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_model::ids::{ConsentId, RequestId};
use assent_model::time::Timestamp;
use assent_storage::DueChange;

/// The entries that an event puts into the schedule or takes out of it.
pub(super) fn changes(event: &Event) -> Vec<DueChange> {
    let Event::Consent(event) = event else {
        return Vec::new();
    };
    match event {
        ConsentEvent::Requested { request, .. } => {
            let asked = request.content();
            vec![set(asked.answer_by, request_key(asked.request_id))]
        }
        ConsentEvent::Refused { refusal } => vec![clear(request_key(refusal.content().request_id))],
        ConsentEvent::Affirmed { record, .. } => {
            vec![clear(request_key(record.content().common_part.request_id))]
        }
        ConsentEvent::Given { record, .. } => {
            let common = &record.content().common_part;
            let answered = clear(request_key(common.request_id));
            let end = common
                .valid_until
                .map(|end| set(end, consent_key(common.cr_id)));
            std::iter::once(answered).chain(end).collect()
        }
        ConsentEvent::Superseded {
            cr_id,
            acknowledge_by,
            ..
        } => ended(*cr_id, *acknowledge_by),
        ConsentEvent::StatusChanged {
            record,
            acknowledge_by: Some(by),
            ..
        } => ended(record.content().cr_id, *by),
        ConsentEvent::Acknowledged { acknowledgement } => {
            vec![clear(acknowledgement_key(acknowledgement.content().cr_id))]
        }
        // Entries that fell due are taken out by the block that records them.
        ConsentEvent::StatusChanged { .. }
        | ConsentEvent::RequestExpired { .. }
        | ConsentEvent::Expired { .. }
        | ConsentEvent::AcknowledgementMissed { .. } => Vec::new(),
    }
}

fn ended(cr_id: ConsentId, acknowledge_by: Timestamp) -> Vec<DueChange> {
    vec![
        clear(consent_key(cr_id)),
        set(acknowledge_by, acknowledgement_key(cr_id)),
    ]
}

fn set(at: Timestamp, key: String) -> DueChange {
    DueChange::Set { at, key }
}

fn clear(key: String) -> DueChange {
    DueChange::Clear { key }
}

fn request_key(id: RequestId) -> String {
    format!("request/{id}")
}

fn consent_key(id: ConsentId) -> String {
    format!("consent/{id}")
}

fn acknowledgement_key(id: ConsentId) -> String {
    format!("acknowledgement/{id}")
}

/// The command that an entry of the schedule stands for.
pub(super) fn command(key: &str) -> Option<Command> {
    let (kind, id) = key.split_once('/')?;
    let command = match kind {
        "request" => ConsentCommand::ExpireRequest(id.parse().ok()?),
        "consent" => ConsentCommand::ExpireConsent(id.parse().ok()?),
        "acknowledgement" => ConsentCommand::MissAcknowledgement(id.parse().ok()?),
        _ => return None,
    };
    Some(Command::Consent(command))
}
