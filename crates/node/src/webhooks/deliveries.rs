//! Deliveries: one message to one endpoint, with every attempt. Never an address or a body.

use assent_api::v1::webhooks::{AttemptView, DeliveryView, WebhookPayload, WebhookSubject};
use assent_model::ids::WebhookId;
use assent_model::time::{Span, Timestamp};
use assent_storage::{Document, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::messages::Message;
use super::schedule;
use super::sending::{AttemptResult, Attempted};

const KIND: &str = "webhook-delivery";
/// How long a delivery is remembered after its last attempt.
const KEPT_FOR: Span = Span::from_days(30);
/// The most attempts that are remembered, replays included.
const ATTEMPTS_MAX: usize = 32;

/// What has become of a message to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// To whom.
    pub(super) webhook_id: WebhookId,
    /// The id of the message, the same at every attempt.
    pub(super) id: String,
    /// What is said.
    pub(super) message: Message,
    state: State,
    attempts: Vec<Attempt>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// To be tried (again).
    Pending {
        next_at: Timestamp,
        failures: usize,
    },
    Delivered,
    /// Given up.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    at: Timestamp,
    took: Span,
    result: AttemptResult,
}

impl Delivery {
    /// A delivery that has not been tried.
    pub(super) fn new(webhook_id: WebhookId, id: String, message: Message) -> Self {
        let state = State::Pending {
            next_at: message.at,
            failures: 0,
        };
        Self {
            webhook_id,
            id,
            message,
            state,
            attempts: Vec::new(),
        }
    }

    /// When it is to be tried next, if at all.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Pending { next_at, .. } => Some(next_at),
            State::Delivered | State::Failed => None,
        }
    }

    /// When what it says has happened.
    pub fn at(&self) -> Timestamp {
        self.message.at
    }

    /// Whether it was given up.
    pub fn has_failed(&self) -> bool {
        self.state == State::Failed
    }

    /// Notes an attempt by the dispatcher, and when to make the next one.
    pub(super) fn note(&mut self, attempted: Attempted, now: Timestamp) {
        self.remember(attempted, now);
        let State::Pending { failures, .. } = self.state else {
            return;
        };
        let failures = failures + 1;
        let next = schedule::next_attempt(failures, now, attempted.retry_after);
        self.state = match next {
            _ if attempted.result.is_delivered() => State::Delivered,
            Some(next_at) if !attempted.result.is_gone() => State::Pending { next_at, failures },
            _ => State::Failed,
        };
    }

    /// Notes an attempt that somebody asked for. It does not change when the next one is due,
    /// unless there is no need for one any more.
    pub(super) fn note_replay(&mut self, attempted: Attempted, now: Timestamp) {
        self.remember(attempted, now);
        if attempted.result.is_delivered() {
            self.state = State::Delivered;
        }
    }

    /// Gives up what is not delivered.
    pub(super) fn give_up(&mut self) {
        if self.next_at().is_some() {
            self.state = State::Failed;
        }
    }

    fn remember(&mut self, attempted: Attempted, now: Timestamp) {
        if self.attempts.len() >= ATTEMPTS_MAX {
            self.attempts.remove(0);
        }
        self.attempts.push(Attempt {
            at: now,
            took: attempted.took,
            result: attempted.result,
        });
    }

    /// The body, the same bytes at every attempt.
    pub(super) fn body(&self) -> Vec<u8> {
        let payload = WebhookPayload {
            kind: self.message.kind.clone(),
            timestamp: iso_8601(self.message.at),
            data: WebhookSubject {
                id: self.message.subject.clone(),
                sequence: self.message.sequence,
            },
        };
        serde_json::to_vec(&payload).expect("a payload has a JSON form")
    }

    /// The delivery as its owner sees it.
    pub fn view(&self) -> DeliveryView {
        let attempt = |attempt: &Attempt| AttemptView {
            at: attempt.at.as_millis(),
            millis: attempt.took.as_millis(),
            status: attempt.result.status(),
            failure: attempt.result.failure().map(Into::into),
        };
        DeliveryView {
            delivery_id: self.id.clone(),
            webhook_id: self.webhook_id,
            kind: self.message.kind.clone(),
            data: WebhookSubject {
                id: self.message.subject.clone(),
                sequence: self.message.sequence,
            },
            state: match self.state {
                State::Pending { .. } => "pending",
                State::Delivered => "delivered",
                State::Failed => "failed",
            }
            .into(),
            next_attempt_at: self.next_at().map(Timestamp::as_millis),
            attempts: self.attempts.iter().map(attempt).collect(),
        }
    }
}

fn iso_8601(time: Timestamp) -> String {
    let millis = i64::try_from(time.as_millis()).expect("a timestamp is below 2^53");
    // jiff ends with the year 9999, long before a timestamp does.
    jiff::Timestamp::from_millisecond(millis)
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}

fn name(webhook: WebhookId, id: &str) -> String {
    format!("{webhook}/{id}")
}

/// Writes deliveries down.
///
/// # Errors
/// The store does not take writes.
pub(super) async fn put(
    store: &Store,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<(), StoreError> {
    let document = |delivery: &Delivery| Document {
        kind: KIND.into(),
        id: name(delivery.webhook_id, &delivery.id),
        owner: delivery.webhook_id.to_string(),
        expires_at: Some(delivery.next_at().unwrap_or(now) + KEPT_FOR),
        body: serde_json::to_vec(delivery).expect("a delivery has a JSON form"),
    };
    store
        .put_documents(deliveries.iter().map(document).collect())
        .await
}

/// A delivery.
///
/// # Errors
/// The store cannot be read.
pub async fn get(
    store: &Store,
    webhook: WebhookId,
    id: &str,
) -> Result<Option<Delivery>, StoreError> {
    let stored = store.document(KIND, &name(webhook, id)).await?;
    stored.map(|stored| read(&stored.document)).transpose()
}

/// The deliveries to an endpoint, oldest first, from the first after the id `after`.
///
/// # Errors
/// The store cannot be read.
pub async fn list(
    store: &Store,
    webhook: WebhookId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let after = name(webhook, after.unwrap_or_default());
    let stored = store
        .documents_of(KIND, &webhook.to_string(), &after, limit)
        .await?;
    stored.iter().map(|stored| read(&stored.document)).collect()
}

/// The deliveries to an endpoint, the newest first, from the first before the id `before`.
///
/// # Errors
/// The store cannot be read.
pub async fn newest(
    store: &Store,
    webhook: WebhookId,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let before = before.map(|before| name(webhook, before));
    let stored = store
        .last_documents_of(KIND, &webhook.to_string(), before.as_deref(), limit)
        .await?;
    stored.iter().map(|stored| read(&stored.document)).collect()
}

fn read(document: &Document) -> Result<Delivery, StoreError> {
    serde_json::from_slice(&document.body).map_err(|_| StoreError::Corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn delivery() -> Delivery {
        let message = Message {
            kind: "consent.given".into(),
            subject: "cns_x".into(),
            sequence: 7,
            at: NOW,
        };
        Delivery::new(
            WebhookId::from_bytes([0; 20]),
            "evt_0000000000000007".into(),
            message,
        )
    }

    fn attempted(result: AttemptResult) -> Attempted {
        Attempted {
            result,
            took: Span::from_millis(12),
            retry_after: None,
        }
    }

    fn check(results: &[AttemptResult], expected: &str) {
        let mut delivery = delivery();
        for &result in results {
            delivery.note(attempted(result), NOW);
        }
        assert_eq!(delivery.view().state, expected, "{results:?}");
    }

    #[test]
    fn a_delivery_ends_with_a_success_a_410_or_the_table() {
        let failure = AttemptResult::Status(500);
        check(&[], "pending");
        check(&[AttemptResult::Status(204)], "delivered");
        check(
            &[failure, AttemptResult::TimedOut, AttemptResult::Status(200)],
            "delivered",
        );
        check(&[AttemptResult::Status(301)], "pending");
        check(&[AttemptResult::Status(404)], "pending");
        check(&[AttemptResult::Status(410)], "failed");
        check(&[failure; 9], "pending");
        check(&[failure; 10], "failed");
        check(&[AttemptResult::AddressRefused; 10], "failed");
    }

    #[test]
    fn a_replay_can_only_help() {
        let mut replayed = delivery();
        replayed.note(attempted(AttemptResult::Status(500)), NOW);
        let next = replayed.next_at();
        replayed.note_replay(attempted(AttemptResult::Status(410)), NOW);
        assert_eq!(replayed.next_at(), next, "a failed replay changes nothing");
        replayed.give_up();
        assert_eq!(replayed.view().state, "failed");
        replayed.note_replay(attempted(AttemptResult::Status(200)), NOW);
        replayed.give_up();
        assert_eq!(replayed.view().state, "delivered");
        assert_eq!(replayed.view().attempts.len(), 3);
        for _ in 0..100 {
            replayed.note_replay(attempted(AttemptResult::Status(500)), NOW);
        }
        assert_eq!(replayed.view().attempts.len(), ATTEMPTS_MAX);
        assert_eq!(replayed.view().state, "delivered");
    }

    #[test]
    fn the_payload_is_thin_and_stays_the_same() {
        let mut delivery = delivery();
        let body = delivery.body();
        assert_eq!(
            String::from_utf8(body.clone()).expect("JSON is UTF-8"),
            r#"{"type":"consent.given","timestamp":"2026-01-01T00:00:00Z","data":{"id":"cns_x","sequence":7}}"#,
        );
        delivery.note(
            attempted(AttemptResult::Status(500)),
            NOW + Span::from_days(1),
        );
        assert_eq!(delivery.body(), body);
    }
}
