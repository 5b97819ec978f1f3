//! Proofs of possession carry their key; the rest of the profile holds for them too.

use crate::forge::token;
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, DPOP_TYP, JwsError, Unverified, UnverifiedDpop};
use assent_crypto::signature::SigningKey;

const MAX_LEN: usize = 4096;
const PAYLOAD: &[u8] = br#"{"htm":"GET","htu":"https://node.example/v1/decisions","jti":"1"}"#;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn jwk(key: &SigningKey) -> String {
    serde_json::to_string(key.verifying_key()).expect("serialises")
}

#[track_caller]
fn check(proof: &str, expected: Result<(), JwsError>) {
    let outcome = UnverifiedDpop::parse(proof, MAX_LEN).and_then(UnverifiedDpop::verify);
    assert_eq!(outcome.map(|_| ()), expected, "{proof}");
}

#[track_caller]
fn check_header(header: &str, expected: Result<(), JwsError>) {
    check(&token(&key(), header.as_bytes(), PAYLOAD), expected);
}

#[test]
fn what_is_signed_verifies() {
    let proof = jws::sign_dpop(&key(), PAYLOAD);
    let header = format!(
        r#"{{"alg":"EdDSA","jwk":{},"typ":"dpop+jwt"}}"#,
        jwk(&key())
    );
    assert_eq!(proof, token(&key(), header.as_bytes(), PAYLOAD));

    let verified = UnverifiedDpop::parse(&proof, proof.len())
        .and_then(UnverifiedDpop::verify)
        .expect("it verifies");
    assert_eq!(verified.key(), key().verifying_key());
    assert_eq!(*verified.thumbprint(), key().verifying_key().thumbprint());
    assert_eq!(verified.payload(), PAYLOAD);
    assert_eq!(verified.compact(), proof);
    assert_eq!(verified.digest(), Digest::of(proof.as_bytes()));
}

#[test]
fn the_key_must_be_an_acceptable_public_key() {
    let x = base64url::encode(key().verifying_key().as_bytes());
    let d = base64url::encode(key().seed());
    let identity = base64url::encode(&[&[1][..], &[0; 31]].concat());
    for jwk in [
        "null".to_owned(),
        format!(r#""{x}""#),
        format!(r#"["Ed25519","OKP","{x}"]"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{identity}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}","d":"{d}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}","x":"{x}"}}"#),
        format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{x}"}}"#),
        format!(r#"{{"kty":"oct","k":"{x}"}}"#),
    ] {
        let header = format!(r#"{{"alg":"EdDSA","jwk":{jwk},"typ":"dpop+jwt"}}"#);
        check_header(&header, Err(JwsError::BadKey));
    }
}

#[test]
fn the_header_has_exactly_its_members() {
    let jwk = jwk(&key());
    let kid = key().verifying_key().thumbprint();
    let cases = [
        (
            format!(r#""jwk":{jwk},"kid":"{kid}""#),
            JwsError::ForbiddenHeaderMember,
        ),
        (format!(r#""kid":"{kid}""#), JwsError::ForbiddenHeaderMember),
        (
            format!(r#""jwk":{jwk},"crit":["jwk"]"#),
            JwsError::ForbiddenHeaderMember,
        ),
        (
            format!(r#""jwk":{jwk},"jwk":{jwk}"#),
            JwsError::DuplicateHeaderMember,
        ),
        (
            format!(r#""jwk":{jwk},"alg":"EdDSA""#),
            JwsError::DuplicateHeaderMember,
        ),
    ];
    for (members, expected) in cases {
        let header = format!(r#"{{"alg":"EdDSA",{members},"typ":"dpop+jwt"}}"#);
        check_header(&header, Err(expected));
    }
    check_header(
        r#"{"alg":"EdDSA","typ":"dpop+jwt"}"#,
        Err(JwsError::BadHeader),
    );
    let header = format!(r#"{{"alg":"none","jwk":{jwk},"typ":"dpop+jwt"}}"#);
    check_header(&header, Err(JwsError::WrongAlgorithm));
    let header = format!(r#"{{"alg":"EdDSA","jwk":{jwk},"typ":"jwt"}}"#);
    check_header(&header, Err(JwsError::WrongTyp));
}

#[test]
fn the_signature_must_be_of_the_key_it_carries() {
    let other = SigningKey::from_seed(&[8; 32]);
    let header = format!(
        r#"{{"alg":"EdDSA","jwk":{},"typ":"dpop+jwt"}}"#,
        jwk(&other)
    );
    check_header(&header, Err(JwsError::BadSignature));
}

#[test]
fn a_proof_is_no_token_and_a_token_no_proof() {
    let proof = jws::sign_dpop(&key(), PAYLOAD);
    let as_token = Unverified::parse(&proof, MAX_LEN).map(|_| ());
    assert_eq!(as_token, Err(JwsError::ForbiddenHeaderMember));
    check(
        &jws::sign(DPOP_TYP, &key(), PAYLOAD),
        Err(JwsError::ForbiddenHeaderMember),
    );
}

#[test]
fn payload_and_limits_are_those_of_the_profile() {
    let header = format!(
        r#"{{"alg":"EdDSA","jwk":{},"typ":"dpop+jwt"}}"#,
        jwk(&key())
    );
    let with = |payload: &str| token(&key(), header.as_bytes(), payload.as_bytes());
    check(&with("[]"), Err(JwsError::BadPayload));
    check(
        &with(r#"{"jti":"1","jti":"2"}"#),
        Err(JwsError::DuplicatePayloadMember),
    );
    check(&with(&"{\"a\":".repeat(40)), Err(JwsError::PayloadTooDeep));
    check_header(&format!("{header:1025}"), Err(JwsError::HeaderTooLarge));
    let too_long = UnverifiedDpop::parse(&with("{}"), 100).map(|_| ());
    assert_eq!(too_long, Err(JwsError::TooLarge));
}
