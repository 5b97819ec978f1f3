//! The profile: what is signed verifies, and everything that bends a rule is refused for it.

use crate::forge::{signed_over, token, with_trailing_bit};
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, JwsError, MAX_HEADER_LEN, Typ, Unverified};
use assent_crypto::signature::SigningKey;
use aws_lc_rs::hmac;
use proptest::prelude::*;

const TYP: Typ = Typ("assent-test+jwt");
const OTHER_TYP: Typ = Typ("assent-other+jwt");
const MAX_LEN: usize = 4096;
const PAYLOAD: &[u8] = br#"{"aud":"chain","list":[1,{"a":"b"}],"ok":true,"nothing":null}"#;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn kid(key: &SigningKey) -> String {
    key.verifying_key().thumbprint().to_string()
}

/// The header of the profile with members put before the regular ones.
fn header_with(members: &str) -> String {
    format!(
        r#"{{{members}"alg":"EdDSA","kid":"{}","typ":"{TYP}"}}"#,
        kid(&key())
    )
}

/// Asserts what becomes of a token that is to be of family `TYP` and signed by [`key`].
#[track_caller]
fn check(token: &str, expected: Result<(), JwsError>) {
    let outcome = Unverified::parse(token, MAX_LEN)
        .and_then(|token| token.verify(TYP, key().verifying_key()))
        .map(|_| ());
    assert_eq!(outcome, expected, "{token}");
}

#[track_caller]
fn check_header(header: &str, expected: Result<(), JwsError>) {
    check(&token(&key(), header.as_bytes(), PAYLOAD), expected);
}

#[track_caller]
fn check_payload(payload: &[u8], expected: Result<(), JwsError>) {
    check(
        &token(&key(), header_with("").as_bytes(), payload),
        expected,
    );
}

#[test]
fn what_is_signed_verifies() {
    let token = jws::sign(TYP, &key(), PAYLOAD);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{TYP}"}}"#, kid(&key()));
    assert_eq!(
        token,
        crate::forge::token(&key(), header.as_bytes(), PAYLOAD)
    );

    let unverified = Unverified::parse(&token, token.len()).expect("the form is right");
    assert_eq!(unverified.typ(), TYP.0);
    assert_eq!(unverified.key_id().as_str(), kid(&key()));
    assert_eq!(unverified.payload(), PAYLOAD);
    assert_eq!(unverified.compact(), token);
    assert_eq!(unverified.digest(), Digest::of(token.as_bytes()));

    let verified = unverified
        .verify(TYP, key().verifying_key())
        .expect("it verifies");
    assert_eq!(verified.key_id().as_str(), kid(&key()));
    assert_eq!(verified.payload(), PAYLOAD);
    assert_eq!(verified.compact(), token);
    assert_eq!(verified.digest(), Digest::of(token.as_bytes()));
}

#[test]
fn the_header_is_json_whatever_its_layout() {
    let kid = kid(&key());
    check_header(
        &format!(r#"{{"typ":"{TYP}","kid":"{kid}","alg":"EdDSA"}}"#),
        Ok(()),
    );
    check_header(
        &format!(" {{ \"typ\" : \"{TYP}\",\n\"kid\":\"{kid}\",\"alg\":\"EdDSA\"}}\t"),
        Ok(()),
    );
    check_header(
        &format!(r#"{{"\u0061lg":"\u0045dDSA","kid":"{kid}","typ":"{TYP}"}}"#),
        Ok(()),
    );
}

#[test]
fn refuses_other_algorithms() {
    let kid = kid(&key());
    for alg in [
        "none", "None", "", "HS256", "ES256", "RS256", "Ed25519", "eddsa", "EdDSA ",
    ] {
        let header = format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":"{TYP}"}}"#);
        check_header(&header, Err(JwsError::WrongAlgorithm));
    }

    let unsigned = token(&key(), br#"{"alg":"none"}"#, PAYLOAD);
    let unsigned = &unsigned[..=unsigned.rfind('.').expect("two dots")];
    check(unsigned, Err(JwsError::NotBase64Url));

    // HMAC under the public key, which a verifier that trusts `alg` would use as the secret.
    let header = format!(r#"{{"alg":"HS256","kid":"{kid}","typ":"{TYP}"}}"#);
    let signed = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(PAYLOAD)
    );
    let secret = hmac::Key::new(hmac::HMAC_SHA256, key().verifying_key().as_bytes());
    let tag = hmac::sign(&secret, signed.as_bytes());
    let forged = format!("{signed}.{}", base64url::encode(tag.as_ref()));
    check(&forged, Err(JwsError::NotBase64Url));
    let padded = format!(
        "{signed}.{}",
        base64url::encode(&[tag.as_ref(), &[0; 32]].concat())
    );
    check(&padded, Err(JwsError::WrongAlgorithm));
}

#[test]
fn refuses_every_other_header_member() {
    let jwk = serde_json::to_string(key().verifying_key()).expect("serialises");
    let members = [
        r#""crit":["exp"],"#,
        r#""crit":["b64"],"b64":false,"#,
        r#""crit":[],"#,
        r#""b64":false,"#,
        r#""b64":true,"#,
        &format!(r#""jwk":{jwk},"#),
        r#""jku":"https://evil.example/keys","#,
        r#""x5u":"https://evil.example/chain","#,
        r#""x5c":[],"#,
        r#""x5t":"","#,
        r#""zip":"DEF","#,
        r#""cty":"JWT","#,
        r#""unknown":null,"#,
        r#""Alg":"none","#,
        r#""":"","#,
    ];
    for member in members {
        check_header(&header_with(member), Err(JwsError::ForbiddenHeaderMember));
    }
}

#[test]
fn refuses_members_twice() {
    let kid = kid(&key());
    for member in [
        r#""alg":"EdDSA","#.to_owned(),
        r#""\u0061lg":"EdDSA","#.to_owned(),
        format!(r#""kid":"{kid}","#),
        format!(r#""typ":"{TYP}","#),
    ] {
        check_header(&header_with(&member), Err(JwsError::DuplicateHeaderMember));
    }
    for payload in [
        r#"{"exp":1,"exp":2}"#,
        r#"{"exp":1,"exp":1}"#,
        r#"{"exp":1,"\u0065xp":2}"#,
        r#"{"a":{"b":1,"c":[],"b":2}}"#,
        r#"{"a":[[{"b":1},{"b":1,"b":2}]]}"#,
        r#"{"b":1,"a":{"b":1},"b":2}"#,
        r#"{"":1,"":2}"#,
    ] {
        check_payload(payload.as_bytes(), Err(JwsError::DuplicatePayloadMember));
    }
    check_payload(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#, Ok(()));
}

#[test]
fn refuses_malformed_headers() {
    let kid = kid(&key());
    for header in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        r#""EdDSA""#.to_owned(),
        "{".to_owned(),
        r#"{"alg":"EdDSA"}"#.to_owned(),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"{TYP}"}}"#),
        format!(r#"{{"kid":"{kid}","typ":"{TYP}"}}"#),
        format!(r#"{{"alg":["EdDSA"],"kid":"{kid}","typ":"{TYP}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":null}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{TYP}"}}{{}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{TYP}",}}"#),
    ] {
        check_header(&header, Err(JwsError::BadHeader));
    }
    let with_byte = [header_with("").as_bytes(), &[0xff]].concat();
    check(
        &token(&key(), &with_byte, PAYLOAD),
        Err(JwsError::BadHeader),
    );
    for kid in ["", "key-1", &kid[1..], &format!("{kid}=")] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{TYP}"}}"#);
        check_header(&header, Err(JwsError::BadKey));
    }
}

#[test]
fn refuses_other_families_and_keys() {
    for typ in [
        "assent-other+jwt",
        "",
        "JWT",
        "application/assent-test+jwt",
        "ASSENT-TEST+JWT",
    ] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{typ}"}}"#, kid(&key()));
        check_header(&header, Err(JwsError::WrongTyp));
    }

    let other = SigningKey::from_seed(&[8; 32]);
    check(&jws::sign(TYP, &other, PAYLOAD), Err(JwsError::WrongKey));
    // Signed by another key that claims to be this one, and by this one claiming to be another.
    check(
        &token(&other, header_with("").as_bytes(), PAYLOAD),
        Err(JwsError::BadSignature),
    );
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{TYP}"}}"#, kid(&other));
    check_header(&header, Err(JwsError::WrongKey));
}

#[test]
fn refuses_what_is_not_canonical_base64url() {
    // Headers and payloads of a length that leaves spare bits in the last character.
    let mut header = header_with("");
    while header.len().is_multiple_of(3) {
        header.push(' ');
    }
    let payload = br#"{"a":1} "#;
    let header = base64url::encode(header.as_bytes());
    let payload = base64url::encode(payload);
    check(&signed_over(&key(), &format!("{header}.{payload}")), Ok(()));

    for signed in [
        format!("{}.{payload}", with_trailing_bit(&header)),
        format!("{header}.{}", with_trailing_bit(&payload)),
        format!("{header}=.{payload}"),
        format!("{header}.{payload}="),
        format!("{header}.{payload}\n"),
        format!(" {header}.{payload}"),
        format!("{header}.{}+", &payload[1..]),
        format!("{header}.é{payload}"),
    ] {
        check(&signed_over(&key(), &signed), Err(JwsError::NotBase64Url));
    }

    let token = jws::sign(TYP, &key(), PAYLOAD);
    let (signed, signature) = token.rsplit_once('.').expect("two dots");
    for signature in [
        with_trailing_bit(signature),
        format!("{signature}=="),
        format!("{signature}A"),
        signature[..85].to_owned(),
        String::new(),
    ] {
        check(
            &format!("{signed}.{signature}"),
            Err(JwsError::NotBase64Url),
        );
    }
}

#[test]
fn refuses_other_serialisations() {
    let token = jws::sign(TYP, &key(), PAYLOAD);
    let first_two = &token[..token.rfind('.').expect("two dots")];
    for text in [
        "",
        "a",
        "a.b",
        first_two,
        &format!("{token}."),
        &format!("{token}.a"),
        "....",
    ] {
        check(text, Err(JwsError::NotCompact));
    }
    check("..", Err(JwsError::NotBase64Url));
    check(&format!(".{token}"), Err(JwsError::NotCompact));
}

#[test]
fn refuses_signatures_that_are_none() {
    let token = jws::sign(TYP, &key(), PAYLOAD);
    let signed = &token[..token.rfind('.').expect("two dots")];
    let zero = base64url::encode(&[0; 64]);
    check(&format!("{signed}.{zero}"), Err(JwsError::BadSignature));

    // R is the identity and s is zero: with the identity for its key this would fit any message.
    let mut identity = [0; 64];
    identity[0] = 1;
    let forged = format!("{signed}.{}", base64url::encode(&identity));
    check(&forged, Err(JwsError::BadSignature));
}

#[test]
fn refuses_payloads_that_are_not_strict_json_objects() {
    for payload in [
        &b""[..],
        b"null",
        b"[]",
        b"\"text\"",
        b"1",
        b"{",
        b"{}{}",
        b"{} x",
        b"{\"a\":1.5}",
        b"{\"a\":1e3}",
        b"{\"a\":18446744073709551616}",
        b"{\"a\":01}",
        b"{\"a\":NaN}",
        b"{\"a\":1,}",
        b"{'a':1}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\xff\"}",
        b"{\"a\":\"\n\"}",
        b"\xef\xbb\xbf{}",
    ] {
        check_payload(payload, Err(JwsError::BadPayload));
    }
    for payload in [
        &b"{}"[..],
        b" {\"a\" : -9223372036854775808}\n",
        b"{\"a\":18446744073709551615}",
        b"{\"a\":\"\\ud83d\\ude00\"}",
    ] {
        check_payload(payload, Ok(()));
    }
}

#[test]
fn refuses_deep_payloads() {
    let objects = |depth| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let arrays = |depth: usize| {
        format!(
            r#"{{"a":{}{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    check_payload(objects(32).as_bytes(), Ok(()));
    check_payload(arrays(32).as_bytes(), Ok(()));
    check_payload(objects(33).as_bytes(), Err(JwsError::PayloadTooDeep));
    check_payload(arrays(33).as_bytes(), Err(JwsError::PayloadTooDeep));
    check_payload(
        "{\"a\":[".repeat(400).as_bytes(),
        Err(JwsError::PayloadTooDeep),
    );
}

#[test]
fn limits_are_exact() {
    let token = jws::sign(TYP, &key(), PAYLOAD);
    assert!(Unverified::parse(&token, token.len()).is_ok());
    let too_long = Unverified::parse(&token, token.len() - 1).map(|_| ());
    assert_eq!(too_long, Err(JwsError::TooLarge));

    let padded = |len| format!("{:len$}", header_with(""));
    check_header(&padded(MAX_HEADER_LEN), Ok(()));
    check_header(&padded(MAX_HEADER_LEN + 1), Err(JwsError::HeaderTooLarge));
}

#[test]
fn errors_come_in_the_order_of_the_list() {
    /// A token with the fault of `first` and of every later stage.
    fn faulty(first: JwsError) -> (String, usize) {
        let has = |fault: JwsError| fault >= first;
        let other = SigningKey::from_seed(&[8; 32]);
        let kid = if has(JwsError::WrongKey) {
            kid(&other)
        } else {
            kid(&key())
        };
        let typ = if has(JwsError::WrongTyp) {
            OTHER_TYP
        } else {
            TYP
        };
        let alg = if has(JwsError::WrongAlgorithm) {
            "none"
        } else {
            "EdDSA"
        };
        let mut header = format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":"{typ}"}}"#);
        if has(JwsError::HeaderTooLarge) {
            header = format!("{header:2000}");
        }
        let payload = if has(JwsError::BadPayload) {
            &b"[]"[..]
        } else {
            b"{}"
        };
        let mut token = token(&SigningKey::from_seed(&[9; 32]), header.as_bytes(), payload);
        if has(JwsError::NotBase64Url) {
            token.push('=');
        }
        if has(JwsError::NotCompact) {
            token.push('.');
        }
        (token, if has(JwsError::TooLarge) { 10 } else { MAX_LEN })
    }

    for fault in [
        JwsError::TooLarge,
        JwsError::NotCompact,
        JwsError::HeaderTooLarge,
        JwsError::NotBase64Url,
        JwsError::WrongAlgorithm,
        JwsError::BadPayload,
        JwsError::WrongTyp,
        JwsError::WrongKey,
        JwsError::BadSignature,
    ] {
        let (token, max_len) = faulty(fault);
        let outcome = Unverified::parse(&token, max_len)
            .and_then(|token| token.verify(TYP, key().verifying_key()));
        assert_eq!(outcome.map(|_| ()), Err(fault));
    }
}

#[test]
fn codes_are_distinct_kebab_case_in_the_order_of_the_list() {
    assert!(
        JwsError::ALL.is_sorted(),
        "the list is in the order of the variants"
    );
    for (i, error) in JwsError::ALL.iter().enumerate() {
        let code = error.code();
        assert!(code.starts_with("jws-"), "{code}");
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(code.chars().all(is_kebab), "{code}");
        assert!(
            JwsError::ALL[..i]
                .iter()
                .all(|earlier| earlier.code() != code),
            "{code}"
        );
    }
}

proptest! {
    #[test]
    fn one_changed_character_is_refused(
        position in 0_usize..1000,
        character in prop::sample::select(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= {".chars()
                .collect::<Vec<_>>()
        ),
    ) {
        let token = jws::sign(TYP, &key(), PAYLOAD);
        let position = position % token.len();
        let mut altered = token.clone();
        altered.replace_range(position..=position, character.encode_utf8(&mut [0; 4]));
        let verified = Unverified::parse(&altered, MAX_LEN)
            .and_then(|token| token.verify(TYP, key().verifying_key()));
        prop_assert_eq!(verified.is_ok(), altered == token);
    }

    #[test]
    fn nothing_makes_the_parser_panic(text in "[a-zA-Z0-9._=\\-{}\" é]{0,200}") {
        prop_assert!(Unverified::parse(&text, 150).is_err());
    }

    #[test]
    fn no_header_makes_the_parser_panic(header: Vec<u8>, payload: Vec<u8>) {
        let token = token(&key(), &header, &payload);
        prop_assert!(Unverified::parse(&token, MAX_LEN).is_err());
    }
}
