//! The X-Wing KEM (draft-connolly-cfrg-xwing-kem-06), composed on the provider's ML-KEM-768,
//! X25519 and SHA3-256.

use crate::curve25519;
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::digest::{self, SHA3_256};
use aws_lc_rs::kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768};
use ml_kem::array::Array;
use ml_kem::array::sizes::U2400;
use ml_kem::ml_kem_768;
use shake::{ExtendableOutput, Shake256, Update, XofReader};
use zeroize::Zeroizing;

/// Bytes of a public key: ML-KEM-768, then X25519.
pub(super) const PUBLIC_LEN: usize = ML_PUBLIC_LEN + 32;
/// Bytes of an encapsulated secret: ML-KEM-768, then X25519.
pub(super) const ENCAPSULATED_LEN: usize = ML_CIPHERTEXT_LEN + 32;

const ML_PUBLIC_LEN: usize = 1184;
const ML_CIPHERTEXT_LEN: usize = 1088;
/// Where the public key lies in the expanded ML-KEM-768 private key (FIPS 203, algorithm 16).
const ML_PUBLIC_START: usize = 1152;
/// The prime of ML-KEM (FIPS 203, section 2.3).
const ML_MODULUS: u16 = 3329;

/// A shared secret.
pub(super) type Shared = Zeroizing<[u8; 32]>;

/// A point of small order came instead of an X25519 public key.
pub(super) struct NotContributory;

/// A private key, ready to use.
pub(super) struct Private {
    ml: DecapsulationKey,
    x: PrivateKey,
    x_public: [u8; 32],
}

impl Private {
    /// Expands a seed; the second half of the answer is the public key.
    pub(super) fn expand(seed: &[u8; 32]) -> (Private, [u8; PUBLIC_LEN]) {
        let mut stream = Shake256::default().chain(seed).finalize_xof();
        let mut ml_seed = Zeroizing::new([0; 64]);
        stream.read(&mut *ml_seed);
        let mut x_secret = Zeroizing::new([0; 32]);
        stream.read(&mut *x_secret);

        let expanded = expand_ml(&ml_seed);
        let ml = DecapsulationKey::new(&ML_KEM_768, &expanded)
            .expect("an expanded ML-KEM-768 key has the right length");
        let x = PrivateKey::from_private_key(&X25519, &*x_secret)
            .expect("every 32 bytes are an X25519 private key");
        let x_public = x25519_public(&x);

        let mut public = [0; PUBLIC_LEN];
        let (ml_public, x_half) = public.split_at_mut(ML_PUBLIC_LEN);
        ml_public.copy_from_slice(&expanded[ML_PUBLIC_START..][..ML_PUBLIC_LEN]);
        x_half.copy_from_slice(&x_public);
        (Private { ml, x, x_public }, public)
    }

    /// Recovers the secret that was encapsulated to this key. A manipulated ML-KEM half gives
    /// another secret, as FIPS 203 has it, and no error.
    pub(super) fn decapsulate(
        &self,
        encapsulated: &[u8; ENCAPSULATED_LEN],
    ) -> Result<Shared, NotContributory> {
        let (ml_ciphertext, x_ephemeral) = encapsulated
            .split_last_chunk()
            .expect("the X25519 half comes last");
        let ml_shared = self
            .ml
            .decapsulate(Ciphertext::from(ml_ciphertext))
            .expect("an ML-KEM ciphertext of the right length decapsulates");
        let x_shared = agree(&self.x, x_ephemeral)?;
        Ok(combine(
            ml_shared.as_ref(),
            &x_shared,
            x_ephemeral,
            &self.x_public,
        ))
    }
}

/// Whether the bytes are a public key: ML-KEM coefficients reduced (FIPS 203, section 7.2) and an
/// X25519 point that is canonical and not of small order, so that [`encapsulate`] cannot fail.
pub(super) fn is_public(key: &[u8; PUBLIC_LEN]) -> bool {
    let (ml, x) = key.split_last_chunk().expect("the X25519 half comes last");
    // The last 32 bytes of the ML-KEM half are a seed and not coefficients.
    let (coefficients, _) = ml[..ML_PUBLIC_LEN - 32].as_chunks();
    let is_reduced = |&[low, middle, high]: &[u8; 3]| {
        let first = u16::from(low) | u16::from(middle & 0x0f) << 8;
        let second = u16::from(middle >> 4) | u16::from(high) << 4;
        first < ML_MODULUS && second < ML_MODULUS
    };
    coefficients.iter().all(is_reduced) && curve25519::is_x25519_public(x)
}

/// Makes a fresh secret and encapsulates it to a public key that [`is_public`].
pub(super) fn encapsulate(public: &[u8; PUBLIC_LEN]) -> ([u8; ENCAPSULATED_LEN], Shared) {
    let (ml_public, x_public) = public
        .split_last_chunk()
        .expect("the X25519 half comes last");
    let (ml_ciphertext, ml_shared) = EncapsulationKey::new(&ML_KEM_768, ml_public)
        .and_then(|key| Ok(key.encapsulate()?))
        .expect("the public key is checked");
    let ephemeral = PrivateKey::generate(&X25519).expect("the operating system gives entropy");
    let x_ephemeral = x25519_public(&ephemeral);
    let Ok(x_shared) = agree(&ephemeral, x_public) else {
        unreachable!("the public key is checked")
    };

    let mut encapsulated = [0; ENCAPSULATED_LEN];
    let (ml_half, x_half) = encapsulated.split_at_mut(ML_CIPHERTEXT_LEN);
    ml_half.copy_from_slice(ml_ciphertext.as_ref());
    x_half.copy_from_slice(&x_ephemeral);
    (
        encapsulated,
        combine(ml_shared.as_ref(), &x_shared, &x_ephemeral, x_public),
    )
}

/// The combiner of the draft, section 5.3.
fn combine(
    ml_shared: &[u8],
    x_shared: &[u8; 32],
    x_ephemeral: &[u8; 32],
    x_public: &[u8; 32],
) -> Shared {
    const LABEL: &[u8; 6] = br"\.//^\";
    let mut context = digest::Context::new(&SHA3_256);
    for part in [ml_shared, x_shared, x_ephemeral, x_public, LABEL] {
        context.update(part);
    }
    let shared = context.finish();
    Zeroizing::new(shared.as_ref().try_into().expect("SHA3-256 gives 32 bytes"))
}

/// Expands an ML-KEM-768 seed (FIPS 203, algorithm 16), for which the provider has no call.
#[expect(
    deprecated,
    reason = "the provider takes no other form of a stored private key"
)]
fn expand_ml(seed: &[u8; 64]) -> Zeroizing<Array<u8, U2400>> {
    use ml_kem::ExpandedKeyEncoding as _;

    Zeroizing::new(ml_kem_768::DecapsulationKey::from_seed((*seed).into()).to_expanded_bytes())
}

fn x25519_public(key: &PrivateKey) -> [u8; 32] {
    let public = key
        .compute_public_key()
        .expect("a private key has a public key");
    public
        .as_ref()
        .try_into()
        .expect("an X25519 public key has 32 bytes")
}

fn agree(private: &PrivateKey, peer: &[u8; 32]) -> Result<Shared, NotContributory> {
    let peer = UnparsedPublicKey::new(&X25519, peer);
    agreement::agree(private, peer, NotContributory, |shared| {
        Ok(Zeroizing::new(
            shared.try_into().expect("X25519 gives 32 bytes"),
        ))
    })
}
