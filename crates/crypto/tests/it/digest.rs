//! Digests, keyed digests and commitments against their definitions.

use assent_crypto::digest::{Digest, Salt, commitment, hmac_sha256};
use assent_crypto::domains::{BODY_DIGEST, COMMITMENT_FORM, COMMITMENT_NOTICE, PARTY_ID};
use proptest::prelude::*;

/// FIPS 180-4, the example message "abc".
const ABC: &str = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

/// The tagged input, written out.
fn tagged_input(domain: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut input = domain.as_bytes().to_vec();
    for part in parts {
        input.extend((part.len() as u64).to_be_bytes());
        input.extend(*part);
    }
    input
}

/// HMAC (RFC 2104) from the plain digest.
fn hmac(key: &[u8], message: &[u8]) -> Digest {
    let mut block = [0; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(Digest::of(key).as_bytes());
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Digest::of(&[&block.map(|b| b ^ 0x36), message].concat());
    Digest::of(&[&block.map(|b| b ^ 0x5c)[..], inner.as_bytes()].concat())
}

#[test]
fn plain_digest_is_sha_256() {
    assert_eq!(Digest::of(b"abc").to_string(), ABC);
}

#[test]
fn text_is_strict() {
    let digest: Digest = ABC.parse().expect("a digest");
    assert_eq!(digest, Digest::of(b"abc"));
    assert_eq!(
        serde_json::to_string(&digest).expect("serialises"),
        format!("\"{ABC}\"")
    );
    assert_eq!(
        serde_json::from_str::<Digest>(&format!("\"{ABC}\"")).expect("a digest"),
        digest
    );

    let refused = [
        &ABC[1..],
        &format!("{ABC}="),
        &format!("{ABC}A"),
        &format!(" {}", &ABC[1..]),
        // The last character has two bits that no byte takes.
        &format!("{}1", &ABC[..42]),
        &ABC.replace('-', "+"),
        "",
    ];
    for text in refused {
        assert!(text.parse::<Digest>().is_err(), "{text}");
        assert!(
            serde_json::from_str::<Digest>(&format!("\"{text}\"")).is_err(),
            "{text}"
        );
    }
    for json in ["7", "null", "[1]", "{}"] {
        assert!(serde_json::from_str::<Digest>(json).is_err(), "{json}");
    }
}

#[test]
fn tagged_digests_tell_purposes_and_splits_apart() {
    let digests = [
        Digest::tagged(PARTY_ID, &[b"ab", b"c"]),
        Digest::tagged(PARTY_ID, &[b"a", b"bc"]),
        Digest::tagged(PARTY_ID, &[b"abc"]),
        Digest::tagged(PARTY_ID, &[b"abc", b""]),
        Digest::tagged(PARTY_ID, &[]),
        Digest::tagged(BODY_DIGEST, &[b"abc"]),
        Digest::of(b"abc"),
        Digest::ZERO,
    ];
    for (i, one) in digests.iter().enumerate() {
        assert!(
            !digests[..i].contains(one),
            "number {i} repeats an earlier one"
        );
    }
}

#[test]
fn a_commitment_binds_salt_purpose_and_content() {
    let salt = Salt::from_bytes([1; 32]);
    let committed = commitment(COMMITMENT_FORM, &salt, b"yes");
    assert_eq!(
        committed,
        hmac_sha256(salt.as_bytes(), COMMITMENT_FORM, &[b"yes"])
    );
    assert_ne!(
        committed,
        commitment(COMMITMENT_FORM, &Salt::from_bytes([2; 32]), b"yes")
    );
    assert_ne!(committed, commitment(COMMITMENT_NOTICE, &salt, b"yes"));
    assert_ne!(committed, commitment(COMMITMENT_FORM, &salt, b"no"));
}

#[test]
fn salts_are_fresh_and_travel_as_text() {
    let salt = Salt::generate();
    assert_ne!(salt, Salt::generate());
    let json = serde_json::to_string(&salt).expect("serialises");
    assert_eq!(json.len(), 45);
    assert_eq!(serde_json::from_str::<Salt>(&json).expect("a salt"), salt);
}

proptest! {
    #[test]
    fn tagged_digest_is_the_digest_of_the_tagged_input(parts: Vec<Vec<u8>>) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let input = tagged_input("assent/v1/party-id", &parts);
        prop_assert_eq!(Digest::tagged(PARTY_ID, &parts), Digest::of(&input));
    }

    #[test]
    fn keyed_digest_is_hmac_of_the_tagged_input(
        key in proptest::collection::vec(any::<u8>(), 0..100),
        parts: Vec<Vec<u8>>,
    ) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let input = tagged_input("assent/v1/party-id", &parts);
        prop_assert_eq!(hmac_sha256(&key, PARTY_ID, &parts), hmac(&key, &input));
    }

    #[test]
    fn order_is_that_of_the_bytes(one: [u8; 32], other: [u8; 32]) {
        prop_assert_eq!(Digest::from_bytes(one).cmp(&Digest::from_bytes(other)), one.cmp(&other));
    }
}
