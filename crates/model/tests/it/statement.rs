use assent_crypto::base64url;
use assent_crypto::jws::{self, JwsError};
use assent_crypto::signature::SigningKey;
use assent_model::canonical::{self, DecodeError};
use assent_model::ids::{RequestId, SurrogateId};
use assent_model::names::{ChainId, Jti};
use assent_model::records::consent::{ConsentRefusal, ConsentStatusRecord};
use assent_model::records::identity::Deactivation;
use assent_model::statement::{
    self, ClaimsRejection, Content, Envelope, Nested, Recorded, STATEMENT_BYTES_MAX, StatementError,
};
use assent_model::time::{Span, Timestamp};
use serde_json::Value;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_999);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn envelope() -> Envelope<ConsentRefusal> {
    let content = ConsentRefusal {
        request_id: RequestId::from_bytes([1; 20]),
        surrogate_id: SurrogateId::from_bytes([2; 20]),
    };
    let chain = "assent:test".parse().expect("a chain id");
    let signer = *key(1).verifying_key();
    Envelope::new(chain, signer, NOW, Span::from_minutes(10), content)
}

#[test]
fn what_was_signed_is_read_again() {
    let signed = statement::sign(envelope(), &key(1));
    let read = statement::verify::<ConsentRefusal>(signed.compact()).expect("well signed");
    assert_eq!(read.envelope(), signed.envelope());
    assert_eq!(read.content(), signed.content());
    assert_eq!(read.signer(), key(1).verifying_key());
    assert_eq!(read.digest(), signed.digest());
    assert_eq!(read.record(), signed.record());
    let other = statement::sign(envelope(), &key(1));
    assert_ne!(
        other.record(),
        signed.record(),
        "each has a number of its own"
    );
}

#[test]
fn times_are_whole_seconds() {
    let envelope = envelope();
    assert_eq!(envelope.iat, 1_700_000_000);
    assert_eq!(envelope.exp, 1_700_000_600);
}

/// Signs any payload as if it were a refusal.
fn check_payload(edit: fn(&mut Value), expected: fn(&StatementError) -> bool) {
    let payload = canonical::encode(&envelope());
    let mut payload: Value = serde_json::from_slice(&payload).expect("JSON");
    edit(&mut payload);
    let payload = serde_json::to_vec(&payload).expect("JSON");
    let compact = jws::sign(ConsentRefusal::TYP, &key(1), &payload);
    match statement::verify::<ConsentRefusal>(&compact) {
        Ok(_) => panic!("verified"),
        Err(error) => assert!(expected(&error), "{error:?}"),
    }
}

const IS_SHAPE: fn(&StatementError) -> bool =
    |error| matches!(error, StatementError::Payload(DecodeError::Shape(_)));

#[test]
fn a_payload_has_the_fields_of_its_family() {
    check_payload(|payload| payload["more"] = 1.into(), IS_SHAPE);
    check_payload(|payload| payload["statement"]["more"] = 1.into(), IS_SHAPE);
    check_payload(|payload| payload["iat"] = "1700000000".into(), IS_SHAPE);
    check_payload(|payload| payload["iat"] = Value::Null, IS_SHAPE);
    check_payload(|payload| payload["jti"] = "two words".into(), IS_SHAPE);
    let is_not_canonical: fn(&StatementError) -> bool =
        |error| matches!(error, StatementError::Payload(DecodeError::NotCanonical));
    // The double nearest to it has another shortest spelling.
    let rounded: fn(&mut Value) = |payload| payload["exp"] = 9_007_199_254_740_993_u64.into();
    check_payload(rounded, is_not_canonical);
}

#[test]
fn the_key_is_the_one_that_the_payload_names() {
    let is_wrong_key: fn(&StatementError) -> bool =
        |error| matches!(error, StatementError::Jws(JwsError::WrongKey));
    let other: fn(&mut Value) = |payload| {
        payload["signer"] = serde_json::to_value(key(2).verifying_key()).expect("a JWK");
    };
    check_payload(other, is_wrong_key);
}

#[test]
fn a_statement_of_one_family_is_none_of_another() {
    let signed = statement::sign(envelope(), &key(1));
    assert!(matches!(
        statement::verify::<ConsentStatusRecord>(signed.compact()),
        Err(StatementError::Jws(JwsError::WrongTyp))
    ));
}

#[test]
fn a_statement_has_a_length() {
    let signed = statement::sign(envelope(), &key(1));
    let long = format!("{}{}", signed.compact(), "A".repeat(STATEMENT_BYTES_MAX));
    assert!(matches!(
        statement::verify::<ConsentRefusal>(&long),
        Err(StatementError::Jws(JwsError::TooLarge))
    ));
}

/// Anything in the text changed, it is another text or none.
#[test]
fn every_character_counts() {
    let signed = statement::sign(envelope(), &key(1));
    let compact = signed.compact();
    for place in 0..compact.len() {
        let other = if &compact[place..=place] == "A" {
            "B"
        } else {
            "A"
        };
        let mut forged = compact.to_owned();
        forged.replace_range(place..=place, other);
        let verified = statement::verify::<ConsentRefusal>(&forged);
        assert!(verified.is_err(), "character {place}");
    }
}

#[test]
fn the_log_keeps_a_statement_as_its_text() {
    let recorded = statement::sign(envelope(), &key(1)).record();
    let json = serde_json::to_string(&recorded).expect("JSON");
    assert_eq!(json, format!("\"{}\"", recorded.compact()));
    let read: Recorded<ConsentRefusal> = serde_json::from_str(&json).expect("a statement");
    assert_eq!(read, recorded);
    assert_eq!(read.envelope(), recorded.envelope());
    assert_eq!(read.digest(), recorded.digest());
    assert!(serde_json::from_str::<Recorded<Deactivation>>(&json).is_err());
    assert!(serde_json::from_str::<Recorded<ConsentRefusal>>("\"a.b.c\"").is_err());
    assert!(serde_json::from_str::<Recorded<ConsentRefusal>>("1").is_err());
}

#[test]
fn a_statement_inside_another_is_not_believed() {
    let signed = statement::sign(envelope(), &key(1));
    let nested = Nested::from(&signed);
    let json = serde_json::to_string(&nested).expect("JSON");
    let read: Nested<ConsentRefusal> = serde_json::from_str(&json).expect("a text");
    let verified = read.verify().expect("well signed");
    assert_eq!(verified.record(), signed.record());
    let forged: Nested<ConsentRefusal> = serde_json::from_str("\"a.b.c\"").expect("a text");
    assert!(forged.verify().is_err());
    assert_eq!(format!("{forged:?}"), "Nested");
}

#[test]
#[should_panic(expected = "an envelope is signed by the key it names")]
fn nobody_signs_for_another() {
    let _ = statement::sign(envelope(), &key(2));
}

fn check_claims(edit: fn(&mut Envelope<ConsentRefusal>), now: u64, expected: Option<&str>) {
    let chain: ChainId = "assent:test".parse().expect("a chain id");
    let mut envelope = envelope();
    edit(&mut envelope);
    let refused = envelope.check(&chain, Timestamp::from_millis(now)).err();
    assert_eq!(refused.map(ClaimsRejection::code), expected, "at {now}");
}

#[test]
fn claims_hold_for_one_chain_and_a_short_time() {
    let signed_at = 1_700_000_000_000;
    check_claims(|_| {}, signed_at, None);
    check_claims(|_| {}, signed_at + 599_999, None);
    check_claims(|_| {}, signed_at + 600_000, Some("statement-expired"));
    check_claims(|_| {}, signed_at - 60_000, None);
    check_claims(|_| {}, signed_at - 60_001, Some("statement-from-future"));
    check_claims(|e| e.exp += 1, signed_at, Some("statement-lifetime"));
    check_claims(|e| e.exp = e.iat, signed_at, Some("statement-lifetime"));
    check_claims(|e| e.exp = e.iat + 1, signed_at, None);
    check_claims(|e| e.exp = u64::MAX, signed_at, Some("statement-lifetime"));
    check_claims(|e| e.iat = u64::MAX, signed_at, Some("statement-lifetime"));
    let other: fn(&mut Envelope<ConsentRefusal>) =
        |e| e.aud = "assent:other".parse().expect("a chain id");
    check_claims(other, signed_at, Some("statement-audience"));
    let at_the_end: fn(&mut Envelope<ConsentRefusal>) = |e| {
        e.iat = u64::MAX - 1;
        e.exp = u64::MAX;
    };
    check_claims(at_the_end, u64::MAX, Some("statement-from-future"));
}

#[test]
fn refusals_of_claims_are_listed() {
    let codes = ClaimsRejection::ALL
        .iter()
        .map(|rejection| rejection.code());
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [
            "statement-audience",
            "statement-lifetime",
            "statement-from-future",
            "statement-expired",
        ]
    );
    assert!(ClaimsRejection::ALL.is_sorted());
}

/// The bytes that a signature covers stand in logs: they never change.
#[test]
fn the_format_stays_what_it_is() {
    let envelope = Envelope {
        jti: "one".parse::<Jti>().expect("a jti"),
        ..envelope()
    };
    let signed = statement::sign(envelope, &key(1));
    let parts: Vec<&str> = signed.compact().split('.').collect();
    let decode = |part: &str| {
        let bytes = base64url::decode(part).expect("base64url");
        String::from_utf8(bytes).expect("text")
    };
    let header = concat!(
        r#"{"alg":"EdDSA","kid":"UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4","#,
        r#""typ":"assent-consent-refusal+jwt"}"#,
    );
    assert_eq!(decode(parts[0]), header);
    let payload = concat!(
        r#"{"aud":"assent:test","exp":1700000600,"iat":1700000000,"jti":"one","#,
        r#""signer":{"crv":"Ed25519","kty":"OKP","#,
        r#""x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"},"#,
        r#""statement":{"request_id":"crq_aeaqcaibaeaqcaibaeaqcaibaeaqcaib","#,
        r#""surrogate_id":"sur_aibaeaqcaibaeaqcaibaeaqcaibaeaqc"}}"#,
    );
    assert_eq!(decode(parts[1]), payload);
}
