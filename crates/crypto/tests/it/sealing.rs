//! Sealed boxes open for their key alone, and mean the same to an independent HPKE.

use assent_crypto::base64url;
use assent_crypto::sealing::{
    self, OVERHEAD, OpenError, OpeningKey, SEALING_KEY_LEN, SealingKey, SealingKeyError,
};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use proptest::prelude::*;

const INFO: &[u8] = b"info";
const AAD: &[u8] = b"aad";

fn key() -> OpeningKey {
    OpeningKey::from_seed(&[7; 32])
}

type PeerPrivate = <XWing as Kem>::PrivateKey;
type PeerPublic = <XWing as Kem>::PublicKey;
type PeerEncapsulated = <XWing as Kem>::EncappedKey;

#[test]
fn the_keys_of_a_seed_are_those_of_the_peer() {
    let peer = PeerPrivate::from_bytes(&[7; 32]).expect("a seed");
    assert_eq!(
        XWing::sk_to_pk(&peer).to_bytes().as_slice(),
        key().sealing_key().as_bytes()
    );
    let generated = OpeningKey::generate();
    assert_ne!(
        generated.sealing_key(),
        OpeningKey::generate().sealing_key()
    );
    assert_eq!(
        OpeningKey::from_seed(generated.seed()).sealing_key(),
        generated.sealing_key()
    );
}

#[test]
fn sealing_is_fresh_each_time_and_has_a_fixed_overhead() {
    let one = sealing::seal(key().sealing_key(), INFO, AAD, b"message");
    let other = sealing::seal(key().sealing_key(), INFO, AAD, b"message");
    assert_eq!(one.len(), OVERHEAD + 7);
    assert_ne!(one[..1088], other[..1088]);
    assert_ne!(one[1088..1120], other[1088..1120]);
    assert_ne!(one[1120..], other[1120..]);
}

#[test]
fn opens_only_with_the_same_key_info_and_aad() {
    let sealed = sealing::seal(key().sealing_key(), INFO, AAD, b"message");
    assert_eq!(
        sealing::open(&key(), INFO, AAD, &sealed).as_deref(),
        Ok(&b"message"[..])
    );
    let other = OpeningKey::from_seed(&[8; 32]);
    assert_eq!(sealing::open(&other, INFO, AAD, &sealed), Err(OpenError));
    assert_eq!(
        sealing::open(&key(), b"other", AAD, &sealed),
        Err(OpenError)
    );
    assert_eq!(sealing::open(&key(), b"", AAD, &sealed), Err(OpenError));
    assert_eq!(
        sealing::open(&key(), INFO, b"other", &sealed),
        Err(OpenError)
    );
    assert_eq!(sealing::open(&key(), INFO, b"", &sealed), Err(OpenError));
}

#[test]
fn every_cut_is_refused() {
    let key = key();
    let sealed = sealing::seal(key.sealing_key(), INFO, AAD, b"m");
    for len in [0, 1, 1119, 1120, 1121, OVERHEAD - 1, OVERHEAD] {
        assert_eq!(
            sealing::open(&key, INFO, AAD, &sealed[..len]),
            Err(OpenError),
            "{len}"
        );
    }
    let longer = [&sealed[..], &[0]].concat();
    assert_eq!(sealing::open(&key, INFO, AAD, &longer), Err(OpenError));
}

#[test]
fn an_ephemeral_key_of_small_order_is_refused() {
    let mut sealed = sealing::seal(key().sealing_key(), INFO, AAD, b"message");
    sealed[1088..1120].fill(0);
    assert_eq!(sealing::open(&key(), INFO, AAD, &sealed), Err(OpenError));
}

#[test]
fn sealing_keys_are_checked_when_parsed() {
    let good = *key().sealing_key().as_bytes();
    assert_eq!(SealingKey::parse(&good).as_ref(), Ok(key().sealing_key()));
    assert_eq!(SealingKey::parse(&good[1..]), Err(SealingKeyError));
    assert_eq!(
        SealingKey::parse(&[&good[..], &[0]].concat()),
        Err(SealingKeyError)
    );

    let with_x = |x: [u8; 32]| {
        let mut key = good;
        key[1184..].copy_from_slice(&x);
        SealingKey::parse(&key)
    };
    let x: [u8; 32] = good[1184..].try_into().expect("32 bytes");
    let with_byte = |index: usize, byte: u8| {
        let mut changed = [0xff; 32];
        changed[31] = 0x7f;
        changed[index] = byte;
        changed
    };
    assert!(with_x(x).is_ok());
    assert!(with_x([0; 32]).is_err(), "order four");
    assert!(
        with_x(with_byte(0, 0xec)).is_err(),
        "order two of the twist"
    );
    assert!(
        with_x(with_byte(0, 0xed)).is_err(),
        "the prime, which is zero again"
    );
    assert!(with_x(with_byte(0, 0xff)).is_err(), "not reduced");
    assert!(
        with_x(x.map(|byte| byte | 0x80)).is_err(),
        "the bit that X25519 ignores"
    );
    assert!(with_x(with_byte(0, 0xeb)).is_ok(), "two below the prime");
}

#[test]
fn a_sealing_key_travels_as_text() {
    let key = key();
    let json = serde_json::to_string(key.sealing_key()).expect("serialises");
    assert_eq!(
        json,
        format!("\"{}\"", base64url::encode(key.sealing_key().as_bytes()))
    );
    let again: SealingKey = serde_json::from_str(&json).expect("a key");
    assert_eq!(again, *key.sealing_key());
    assert_eq!(again.id(), key.sealing_key().id());
    assert_ne!(
        again.id(),
        OpeningKey::from_seed(&[8; 32]).sealing_key().id()
    );

    let zeros = format!("\"{}\"", base64url::encode(&[0; SEALING_KEY_LEN]));
    assert!(
        serde_json::from_str::<SealingKey>(&zeros).is_err(),
        "small order"
    );
    assert!(serde_json::from_str::<SealingKey>(&json.replace('"', "\"A")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_peer_opens_what_we_seal(
        seed: [u8; 32],
        info: Vec<u8>,
        aad: Vec<u8>,
        plaintext in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let sealed =
            sealing::seal(OpeningKey::from_seed(&seed).sealing_key(), &info, &aad, &plaintext);
        let (encapsulated, ciphertext) = sealed.split_at(1120);
        let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
            &OpModeR::Base,
            &PeerPrivate::from_bytes(&seed).expect("a seed"),
            &PeerEncapsulated::from_bytes(encapsulated).expect("1120 bytes"),
            &info,
            ciphertext,
            &aad,
        );
        prop_assert_eq!(opened.expect("it opens"), plaintext);
    }

    #[test]
    fn we_open_what_the_peer_seals(
        seed: [u8; 32],
        info: Vec<u8>,
        aad: Vec<u8>,
        plaintext in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let key = OpeningKey::from_seed(&seed);
        let (encapsulated, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, XWing>(
            &OpModeS::Base,
            &PeerPublic::from_bytes(key.sealing_key().as_bytes()).expect("a key"),
            &info,
            &plaintext,
            &aad,
        )
        .expect("it seals");
        let sealed = [encapsulated.to_bytes().as_slice(), &ciphertext].concat();
        prop_assert_eq!(sealing::open(&key, &info, &aad, &sealed), Ok(plaintext));
    }

    #[test]
    fn one_flipped_bit_is_refused(bit in 0..(OVERHEAD + 8) * 8) {
        let key = key();
        let mut sealed = sealing::seal(key.sealing_key(), INFO, AAD, b"8 bytes.");
        sealed[bit / 8] ^= 1 << (bit % 8);
        // X25519 ignores the top bit of a public key, and the combiner hashes it.
        prop_assert_eq!(sealing::open(&key, INFO, AAD, &sealed), Err(OpenError));
    }

    #[test]
    fn the_lattice_half_is_judged_as_the_peer_judges_it(
        index in 0_usize..1184,
        byte: u8,
    ) {
        let mut key = *key().sealing_key().as_bytes();
        key[index] = byte;
        prop_assert_eq!(SealingKey::parse(&key).is_ok(), PeerPublic::from_bytes(&key).is_ok());
    }
}
