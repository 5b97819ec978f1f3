//! The one verification rule, against `verify_strict` of an independent implementation.

use assent_crypto::signature::{KeyError, Signature, SigningKey, VerifyingKey, verify};
use aws_lc_rs::digest::{SHA512, digest};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use proptest::prelude::*;

/// Whether the peer takes the bytes for a canonical key that is not weak.
fn peer_parses(key: &[u8; 32]) -> bool {
    ed25519_dalek::VerifyingKey::from_bytes(key)
        .is_ok_and(|parsed| !parsed.is_weak() && parsed.to_edwards().compress().0 == *key)
}

/// Asserts that this crate and its peer decide alike, and returns the decision.
fn check(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let ours = VerifyingKey::parse(key)
        .is_ok_and(|key| verify(&key, message, &Signature::from_bytes(*signature)).is_ok());
    let peers = peer_parses(key)
        && ed25519_dalek::VerifyingKey::from_bytes(key).is_ok_and(|key| {
            let signature = ed25519_dalek::Signature::from_bytes(signature);
            key.verify_strict(message, &signature).is_ok()
        });
    assert_eq!(ours, peers, "key {key:02x?}, signature {signature:02x?}");
    ours
}

/// A signer that can choose what an honest one cannot.
struct Forger {
    secret: Scalar,
    public: EdwardsPoint,
}

impl Forger {
    /// The secret scalar of a seed, its public key shifted by a point of small order.
    fn new(seed: [u8; 32], shift: EdwardsPoint) -> Forger {
        let secret = Scalar::from_bytes_mod_order(seed);
        Forger {
            secret,
            public: EdwardsPoint::mul_base(&secret) + shift,
        }
    }

    fn key(&self) -> [u8; 32] {
        self.public.compress().0
    }

    /// The signature with `R = nonce·B + shift`, whatever a verifier makes of it.
    fn sign(&self, message: &[u8], nonce: Scalar, shift: EdwardsPoint) -> [u8; 64] {
        let r = (EdwardsPoint::mul_base(&nonce) + shift).compress().0;
        let hash = digest(&SHA512, &[&r, &self.key(), message].concat());
        let hash = hash.as_ref().try_into().expect("SHA-512 gives 64 bytes");
        let s = nonce + Scalar::from_bytes_mod_order_wide(&hash) * self.secret;
        [r, s.to_bytes()].concat().try_into().expect("64 bytes")
    }
}

#[test]
fn the_eight_points_of_small_order_are_weak_keys() {
    for point in EIGHT_TORSION {
        assert_eq!(
            VerifyingKey::parse(&point.compress().0),
            Err(KeyError::Weak)
        );
    }
}

#[test]
fn the_identity_key_that_signs_everything_is_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    // The provider alone would accept it.
    let raw =
        aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, &identity);
    assert!(raw.verify(b"any message", &signature).is_ok());
    assert!(!check(&identity, b"any message", &signature));
}

#[test]
fn encodings_that_are_not_reduced_are_refused() {
    for low in 0xed..=0xff {
        for high in [0x7f, 0xff] {
            let mut key = [0xff; 32];
            key[0] = low;
            key[31] = high;
            assert_eq!(VerifyingKey::parse(&key), Err(KeyError::NotCanonical));
        }
    }
    // One below the prime is the point of order two, the next below no point or a good one.
    let mut key = [0xff; 32];
    key[0] = 0xec;
    key[31] = 0x7f;
    assert_eq!(VerifyingKey::parse(&key), Err(KeyError::Weak));
    key[31] = 0xff;
    assert_eq!(VerifyingKey::parse(&key), Err(KeyError::Weak));
}

#[test]
fn a_commitment_of_small_order_is_refused() {
    let message = b"message";
    for key_shift in EIGHT_TORSION {
        let forger = Forger::new([3; 32], key_shift);
        for r_shift in EIGHT_TORSION {
            let signature = forger.sign(message, Scalar::ZERO, r_shift);
            assert!(!check(&forger.key(), message, &signature));
        }
    }
}

#[test]
fn keys_and_commitments_of_mixed_order_are_judged_alike() {
    let nonce = Scalar::from_bytes_mod_order([5; 32]);
    let mut accepted = 0;
    let mut refused = 0;
    for key_shift in EIGHT_TORSION {
        let forger = Forger::new([3; 32], key_shift);
        for r_shift in EIGHT_TORSION {
            for message in 0..8_u8 {
                let signature = forger.sign(&[message], nonce, r_shift);
                if check(&forger.key(), &[message], &signature) {
                    accepted += 1;
                } else {
                    refused += 1;
                }
            }
        }
    }
    // Without the cofactor about one in eight holds: both answers must have been seen.
    assert!(
        accepted > 8 && refused > 8,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn a_second_s_for_the_same_signature_is_refused() {
    /// The order of the base point, little-endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = SigningKey::from_seed(&[9; 32]);
    let mut signature = *key.sign(b"message").as_bytes();
    assert!(check(
        key.verifying_key().as_bytes(),
        b"message",
        &signature
    ));
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert!(!check(
        key.verifying_key().as_bytes(),
        b"message",
        &signature
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn keys_are_judged_alike(key: [u8; 32]) {
        prop_assert_eq!(VerifyingKey::parse(&key).is_ok(), peer_parses(&key));
    }

    #[test]
    fn honest_signatures_are_accepted(seed: [u8; 32], message: Vec<u8>) {
        let key = SigningKey::from_seed(&seed);
        let signature = key.sign(&message);
        prop_assert!(check(key.verifying_key().as_bytes(), &message, signature.as_bytes()));
    }

    #[test]
    fn altered_inputs_are_judged_alike_and_refused(
        seed: [u8; 32],
        message in proptest::collection::vec(any::<u8>(), 1..40),
        bit in 0_usize..(32 + 64 + 1) * 8,
    ) {
        let key = SigningKey::from_seed(&seed);
        let signature = key.sign(&message);
        let mut input =
            [key.verifying_key().as_bytes(), &signature.as_bytes()[..], &message].concat();
        input[bit / 8] ^= 1 << (bit % 8);
        let (key, rest) = input.split_first_chunk().expect("the key comes first");
        let (signature, message) = rest.split_first_chunk().expect("then the signature");
        prop_assert!(!check(key, message, signature));
    }

    #[test]
    fn random_signatures_are_judged_alike(key: [u8; 32], r: [u8; 32], s: [u8; 32]) {
        let signature = [r, s].concat().try_into().expect("64 bytes");
        prop_assert!(!check(&key, b"", &signature));
    }
}
