//! Tokens go both ways between this crate and an independent JWS implementation.

use assent_crypto::base64url;
use assent_crypto::jws::{self, Typ, Unverified};
use assent_crypto::signature::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

const TYP: Typ = Typ("assent-test+jwt");

#[test]
fn a_peer_verifies_our_tokens() {
    let key = SigningKey::from_seed(&[7; 32]);
    let token = jws::sign(TYP, &key, br#"{"aud":"chain","exp":4000000000}"#);

    let x = base64url::encode(key.verifying_key().as_bytes());
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["chain"]);
    let decoding = DecodingKey::from_ed_components(&x).expect("a key");
    let decoded =
        jsonwebtoken::decode::<Value>(&token, &decoding, &validation).expect("it verifies");
    assert_eq!(
        decoded.claims,
        json!({"aud": "chain", "exp": 4_000_000_000_u64})
    );
    assert_eq!(decoded.header.typ.as_deref(), Some(TYP.0));
    assert_eq!(
        decoded.header.kid,
        Some(key.verifying_key().thumbprint().to_string())
    );
}

#[test]
fn we_verify_the_tokens_of_a_peer() {
    /// PKCS #8 of an Ed25519 seed (RFC 8410, section 7), up to the seed.
    const PKCS8: [u8; 16] = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];

    let key = SigningKey::from_seed(&[7; 32]);
    let encoding = EncodingKey::from_ed_der(&[&PKCS8[..], key.seed()].concat());
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYP.0.to_owned());
    header.kid = Some(key.verifying_key().thumbprint().to_string());
    let token = jsonwebtoken::encode(&header, &json!({"aud": "chain"}), &encoding).expect("signs");

    let verified = Unverified::parse(&token, 4096)
        .and_then(|token| token.verify(TYP, key.verifying_key()))
        .expect("it verifies");
    assert_eq!(verified.payload(), br#"{"aud":"chain"}"#);
}
