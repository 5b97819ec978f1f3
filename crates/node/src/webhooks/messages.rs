//! From events to outbox messages.

use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_exchange::link::event::LinkEvent;
use assent_model::time::Timestamp;
use assent_storage::OutboxMessage;
use serde::{Deserialize, Serialize};

/// The kind of outbox messages that become webhooks.
pub(super) const KIND: &str = "webhook";

/// What an outbox message says: the dispatcher adds endpoint, time and signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Message {
    /// Such as `consent.given`.
    pub(super) kind: String,
    /// The thing that it is about; the target of the message is resolved from it.
    pub(super) subject: String,
    /// The log index of the event.
    pub(super) sequence: u64,
    /// The time of the block.
    pub(super) at: Timestamp,
}

/// The messages that an event sends, with the thing that each is about as target. Message ids
/// are derived from the log index, so a receiver can drop repetitions.
pub fn outbox_messages(event: &Event, index: u64, at: Timestamp) -> Vec<OutboxMessage> {
    let Some((kind, subject)) = told(event) else {
        return Vec::new();
    };
    let message = Message {
        kind: kind.into(),
        subject: subject.clone(),
        sequence: index,
        at,
    };
    vec![OutboxMessage {
        // Padded, so that names of deliveries sort by the order of events.
        id: format!("evt_{index:016}"),
        kind: KIND.into(),
        target: subject,
        payload: serde_json::to_vec(&message).expect("a message has a JSON form"),
        not_before: at,
    }]
}

/// What a service is told, and about what.
fn told(event: &Event) -> Option<(&'static str, String)> {
    match event {
        Event::Link(LinkEvent::Created { record, .. }) => {
            Some(("link.created", record.content().slr_id.to_string()))
        }
        Event::Link(LinkEvent::StatusChanged { record }) => {
            Some(("link.status-changed", record.content().slr_id.to_string()))
        }
        Event::Consent(event) => told_of_consent(event),
        Event::Identity(_) | Event::Service(_) | Event::Release(_) | Event::Stream(_) => None,
    }
}

fn told_of_consent(event: &ConsentEvent) -> Option<(&'static str, String)> {
    Some(match event {
        ConsentEvent::Requested { .. } | ConsentEvent::Acknowledged { .. } => return None,
        ConsentEvent::Refused { refusal } => (
            "consent-request.refused",
            refusal.content().request_id.to_string(),
        ),
        ConsentEvent::RequestExpired { request_id } => {
            ("consent-request.expired", request_id.to_string())
        }
        ConsentEvent::Affirmed { record, .. } => (
            "consent-request.affirmed",
            record.content().common_part.request_id.to_string(),
        ),
        ConsentEvent::Given { record, .. } => (
            "consent.given",
            record.content().common_part.cr_id.to_string(),
        ),
        ConsentEvent::Superseded { cr_id, .. } => ("consent.superseded", cr_id.to_string()),
        ConsentEvent::StatusChanged { record, .. } => {
            ("consent.status-changed", record.content().cr_id.to_string())
        }
        ConsentEvent::Expired { cr_id } => ("consent.expired", cr_id.to_string()),
        ConsentEvent::AcknowledgementMissed { cr_id } => {
            ("consent.acknowledgement-missed", cr_id.to_string())
        }
    })
}
