//! `bench crypto`: sealing and signatures, against the primitives that they are made of and against
//! other people's work.

use std::hint::black_box;
use std::time::Duration;

use assent_crypto::jws::{self, Typ};
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::SigningKey;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::digest::{self, SHA3_256};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Kem as _, OpModeR, OpModeS};

use crate::cpu;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, median};

const INFO: &[u8] = b"assent/v1/seal/document";
const AAD: &[u8] = b"cns_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TYP: Typ = Typ("assent-bench+jwt");
/// How long each thing is measured in a round, in CPU time.
const SPAN: Duration = Duration::from_millis(500);

/// Rates of one thing and of what it is held against, round by round.
struct Comparison {
    name: &'static str,
    own: Vec<f64>,
    other_name: &'static str,
    other: Vec<f64>,
}

/// Measures everything.
pub(crate) fn run() -> Figures {
    let mut figures = Figures::default();
    let message = vec![7; 1024];
    let mut seal = Comparison::new("seal and open 1 KiB", "composed primitives");
    let mut peer = Comparison::new("seal and open 1 KiB again", "crate hpke");
    let mut sign = Comparison::new("sign a statement of 1 KiB", "raw Ed25519 sign");
    let mut verify = Comparison::new("verify a statement of 1 KiB", "raw Ed25519 verify");
    for _ in 0..ROUNDS {
        let composed = composed(&message);
        seal.round(sealed(&message), composed);
        peer.round(sealed(&message), sealed_by_peer(&message));
        let (own, raw) = (statements(), raw_signatures());
        sign.round(own[0], raw[0]);
        verify.round(own[1], raw[1]);
    }
    seal.report(&mut figures, Some(0.8));
    for comparison in [peer, sign, verify] {
        comparison.report(&mut figures, None);
    }
    figures
}

impl Comparison {
    fn new(name: &'static str, other_name: &'static str) -> Self {
        Self {
            name,
            own: Vec::new(),
            other_name,
            other: Vec::new(),
        }
    }

    fn round(&mut self, own: f64, other: f64) {
        self.own.push(own);
        self.other.push(other);
    }

    fn report(self, figures: &mut Figures, bound: Option<f64>) {
        let rounds = self.own.iter().zip(&self.other);
        let ratio = median(rounds.map(|(own, other)| own / other));
        let figure = Figure::new(self.name, median(self.own), "/CPU-s");
        let figure = figure.against(self.other_name, ratio);
        figures.push(match bound {
            Some(bound) => figure.at_least(bound),
            None => figure,
        });
        figures.push(Figure::new(self.other_name, median(self.other), "/CPU-s"));
    }
}

fn sealed(message: &[u8]) -> f64 {
    let key = OpeningKey::generate();
    cpu::rate(SPAN, || {
        let sealed = sealing::seal(key.sealing_key(), INFO, AAD, message);
        let opened = sealing::open(&key, INFO, AAD, &sealed);
        assert!(opened.is_ok_and(|opened| opened == message), "it opens");
    })
}

fn sealed_by_peer(message: &[u8]) -> f64 {
    let (private, public) = XWing::gen_keypair();
    cpu::rate(SPAN, || {
        let (encapsulated, sealed) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, XWing>(
            &OpModeS::Base,
            &public,
            INFO,
            message,
            AAD,
        )
        .expect("the key is good");
        let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
            &OpModeR::Base,
            &private,
            &encapsulated,
            INFO,
            &sealed,
            AAD,
        );
        assert!(opened.is_ok_and(|opened| opened == message), "it opens");
    })
}

/// Both halves of the KEM, the hash that joins them, one derivation and the cipher, each by one call
/// of the provider: what no X-Wing can do without.
fn composed(message: &[u8]) -> f64 {
    let ml_private = DecapsulationKey::generate(&ML_KEM_768).expect("there is entropy");
    let ml_public = ml_private
        .encapsulation_key()
        .expect("it has a public half");
    let ml_public = ml_public.key_bytes().expect("it has bytes");
    let x_private = PrivateKey::generate(&X25519).expect("there is entropy");
    let x_public = x_private
        .compute_public_key()
        .expect("it has a public half");
    cpu::rate(SPAN, || {
        let encapsulation = EncapsulationKey::new(&ML_KEM_768, ml_public.as_ref());
        let (ciphertext, ml_shared) = encapsulation
            .and_then(|key| Ok(key.encapsulate()?))
            .expect("the key is good");
        let ephemeral = PrivateKey::generate(&X25519).expect("there is entropy");
        let ephemeral_public = ephemeral
            .compute_public_key()
            .expect("it has a public half");
        let x_shared = agree(&ephemeral, x_public.as_ref());
        let shared = [
            ml_shared.as_ref(),
            &x_shared,
            ephemeral_public.as_ref(),
            x_public.as_ref(),
        ];
        let mut sealed = message.to_vec();
        cipher(&shared)
            .seal_in_place_append_tag(Nonce::from(&[0; 12]), Aad::from(AAD), &mut sealed)
            .expect("the message is short");

        let ml_shared = ml_private
            .decapsulate(Ciphertext::from(ciphertext.as_ref()))
            .expect("the ciphertext has the right length");
        let x_shared = agree(&x_private, ephemeral_public.as_ref());
        let shared = [
            ml_shared.as_ref(),
            &x_shared,
            ephemeral_public.as_ref(),
            x_public.as_ref(),
        ];
        let opened =
            cipher(&shared).open_in_place(Nonce::from(&[0; 12]), Aad::from(AAD), &mut sealed);
        assert!(opened.is_ok_and(|opened| opened == message), "it opens");
    })
}

fn agree(private: &PrivateKey, peer: &[u8]) -> Vec<u8> {
    let peer = UnparsedPublicKey::new(&X25519, peer);
    agreement::agree(private, peer, (), |shared| Ok(shared.to_vec())).expect("the key is good")
}

fn cipher(shared: &[&[u8]; 4]) -> LessSafeKey {
    let joined = digest::digest(&SHA3_256, &shared.concat());
    let secret = Salt::new(HKDF_SHA256, &[]).extract(joined.as_ref());
    let derived = secret
        .expand(&[INFO], &AES_256_GCM)
        .expect("32 bytes can be derived");
    LessSafeKey::new(UnboundKey::from(derived))
}

/// A payload as long as that of a consent record.
fn payload() -> Vec<u8> {
    format!(r#"{{"text":"{}"}}"#, "x".repeat(1013)).into_bytes()
}

/// Signs and verifies a second.
fn statements() -> [f64; 2] {
    let key = SigningKey::generate();
    let payload = payload();
    let signs = cpu::rate(SPAN, || {
        black_box(jws::sign(TYP, &key, &payload));
    });
    let compact = jws::sign(TYP, &key, &payload);
    let verifies = cpu::rate(SPAN, || {
        let parsed = jws::Unverified::parse(&compact, compact.len());
        let verified = parsed.and_then(|parsed| parsed.verify(TYP, key.verifying_key()));
        assert!(verified.is_ok(), "the signature is good");
    });
    [signs, verifies]
}

/// The same over the same bytes, and nothing around it.
fn raw_signatures() -> [f64; 2] {
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("32 bytes are a seed");
    let payload = payload();
    let signs = cpu::rate(SPAN, || {
        black_box(key.sign(&payload));
    });
    let signature = key.sign(&payload);
    let public = aws_lc_rs::signature::UnparsedPublicKey::new(&ED25519, key.public_key().as_ref());
    let verifies = cpu::rate(SPAN, || {
        let verified = public.verify(&payload, signature.as_ref());
        assert!(verified.is_ok(), "the signature is good");
    });
    [signs, verifies]
}
