//! A webhook is believed only with the signature of its endpoint, fresh and whole.

use assent_client::webhook::{Headers, Webhook, WebhookError, parse_key, verify};
use assent_crypto::signature::SigningKey;
use assent_model::time::{Span, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BODY: &str = r#"{"type":"consent.given","timestamp":"2026-11-22T06:00:00Z","data":{"id":"cns_1","sequence":17}}"#;
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A message in all its parts.
struct Message {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
    now: Timestamp,
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn sign(id: &str, timestamp: &str, body: &str, key: &SigningKey) -> String {
    let signature = key.sign(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1a,{}", STANDARD.encode(signature.as_bytes()))
}

impl Message {
    fn resign(&mut self) {
        self.signature = sign(&self.id, &self.timestamp, &self.body, &key());
    }
}

fn send(change: impl FnOnce(&mut Message)) -> Result<Webhook, WebhookError> {
    let mut message = Message {
        id: "evt_17".to_owned(),
        timestamp: NOW.as_seconds().to_string(),
        signature: String::new(),
        body: BODY.to_owned(),
        now: NOW,
    };
    message.resign();
    change(&mut message);
    let headers = Headers {
        id: &message.id,
        timestamp: &message.timestamp,
        signature: &message.signature,
    };
    verify(
        key().verifying_key(),
        headers,
        message.body.as_bytes(),
        message.now,
    )
}

#[track_caller]
fn check(change: impl FnOnce(&mut Message), expected: Result<(), &str>) {
    let outcome = send(change)
        .map(drop)
        .map_err(assent_client::webhook::WebhookError::code);
    assert_eq!(outcome, expected);
}

#[test]
fn a_true_message_is_read() {
    let webhook = send(|_| {}).unwrap();
    assert_eq!(webhook.id, "evt_17");
    assert_eq!(webhook.sent_at, NOW);
    assert_eq!(webhook.payload.kind, "consent.given");
    assert_eq!(webhook.payload.data.sequence, 17);
}

#[test]
fn one_true_signature_among_others_is_enough() {
    check(|m| m.signature = format!("v1,AAAA {}", m.signature), Ok(()));
    let other = sign("evt_17", "1790000000", BODY, &SigningKey::generate());
    check(|m| m.signature = format!("{other} {}", m.signature), Ok(()));
    check(
        |m| m.signature = other.clone(),
        Err("webhook-bad-signature"),
    );
}

#[test]
fn every_part_is_signed() {
    check(|m| m.id.push('1'), Err("webhook-bad-signature"));
    check(|m| m.body.push(' '), Err("webhook-bad-signature"));
    check(
        |m| m.timestamp = (NOW.as_seconds() + 1).to_string(),
        Err("webhook-bad-signature"),
    );
    check(|m| m.signature.clear(), Err("webhook-bad-signature"));
    check(
        |m| m.signature = m.signature.replacen("v1a", "v1", 1),
        Err("webhook-bad-signature"),
    );
    check(
        |m| m.signature = m.signature.trim_end_matches('=').to_owned(),
        Err("webhook-bad-signature"),
    );
}

#[test]
fn an_id_cannot_move_into_the_timestamp() {
    let moved = |m: &mut Message| {
        m.id = format!("evt_17.{}", m.timestamp);
        m.resign();
    };
    check(moved, Err("webhook-header-malformed"));
    check(|m| m.id.clear(), Err("webhook-header-malformed"));
    for timestamp in [
        "",
        "soon",
        "-1",
        "+1790000000",
        "01790000000",
        "1790000000.0",
    ] {
        check(
            |m| m.timestamp = timestamp.to_owned(),
            Err("webhook-header-malformed"),
        );
    }
}

#[test]
fn a_message_is_fresh() {
    let five_minutes = Span::from_minutes(5);
    check(|m| m.now = m.now + five_minutes, Ok(()));
    check(|m| m.now = m.now - five_minutes, Ok(()));
    let beyond = Span::from_millis(five_minutes.as_millis() + 1);
    check(|m| m.now = m.now + beyond, Err("webhook-outside-tolerance"));
    check(|m| m.now = m.now - beyond, Err("webhook-outside-tolerance"));
}

#[test]
fn a_signed_body_must_still_be_a_message() {
    let other_body = |m: &mut Message| {
        m.body = "{}".to_owned();
        m.resign();
    };
    check(other_body, Err("webhook-payload-malformed"));
}

#[test]
fn keys_have_one_spelling() {
    let key = key();
    let bytes = key.verifying_key().as_bytes();
    let text = format!("whpk_{}", STANDARD.encode(bytes));
    assert_eq!(parse_key(&text), Ok(*key.verifying_key()));
    let weak = format!("whpk_{}", STANDARD.encode([0; 32]));
    let short = format!("whpk_{}", STANDARD.encode(&bytes[1..]));
    for wrong in [
        "",
        "whpk_",
        &text[5..],
        &weak,
        &short,
        &text.replace("whpk", "whsk"),
    ] {
        assert!(parse_key(wrong).is_err(), "{wrong}");
    }
}
