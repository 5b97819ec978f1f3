//! Sealing to a recipient: HPKE base mode (RFC 9180) with X-Wing (KEM 0x647a of
//! draft-ietf-hpke-pq), HKDF-SHA-256 and AES-256-GCM, one message to a context.
//!
//! X-Wing joins X25519 with ML-KEM-768, so that what is recorded today stays closed while either of
//! the two holds. A sealed box says nothing of its sender: sign inside.
//!
//! ```
//! use assent_crypto::domains::SEAL_DOCUMENT;
//! use assent_crypto::sealing::{self, OpeningKey};
//!
//! let bob = OpeningKey::generate();
//! let sealed = sealing::seal(bob.sealing_key(), SEAL_DOCUMENT.as_bytes(), b"cns_1", b"hello");
//! let opened = sealing::open(&bob, SEAL_DOCUMENT.as_bytes(), b"cns_1", &sealed)?;
//! assert_eq!(opened, b"hello");
//! # Ok::<(), sealing::OpenError>(())
//! ```

#[cfg(test)]
mod tests;
mod xwing;

use crate::aead::{self, TAG_LEN};
use crate::base64url;
use crate::digest::Digest;
use crate::domains::SEALING_KEY_ID;
use crate::hkdf;
use crate::random;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of a sealing key.
pub const SEALING_KEY_LEN: usize = xwing::PUBLIC_LEN;
/// Bytes by which a sealed box is longer than what it holds.
pub const OVERHEAD: usize = xwing::ENCAPSULATED_LEN + TAG_LEN;

/// The KEM, the KDF and the AEAD, as they enter every derivation (RFC 9180, section 5.1).
const SUITE: &[u8] = b"HPKE\x64\x7a\x00\x01\x00\x02";

/// The public key that others seal to; as text, unpadded base64url.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingKey(Box<[u8; SEALING_KEY_LEN]>);

/// The bytes are no sealing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a canonical X-Wing public key")]
pub struct SealingKeyError;

impl SealingKey {
    /// Checks a public key: canonical in both halves, and not of small order.
    ///
    /// # Errors
    /// [`SealingKeyError`] for any other bytes.
    pub fn parse(bytes: &[u8]) -> Result<SealingKey, SealingKeyError> {
        let bytes: &[u8; SEALING_KEY_LEN] = bytes.try_into().map_err(|_| SealingKeyError)?;
        if !xwing::is_public(bytes) {
            return Err(SealingKeyError);
        }
        Ok(SealingKey(Box::new(*bytes)))
    }

    /// The encoding.
    pub fn as_bytes(&self) -> &[u8; SEALING_KEY_LEN] {
        &self.0
    }

    /// The id of the key, by which records name it.
    pub fn id(&self) -> Digest {
        Digest::tagged(SEALING_KEY_ID, &[&*self.0])
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id())
    }
}

impl Serialize for SealingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize_array(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for SealingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: [u8; SEALING_KEY_LEN] = base64url::deserialize_array(deserializer)?;
        SealingKey::parse(&bytes).map_err(D::Error::custom)
    }
}

/// The private key that opens, expanded and ready. It is not `Clone`, and formatting it shows the
/// id of its public half alone.
pub struct OpeningKey {
    seed: Zeroizing<[u8; 32]>,
    private: xwing::Private,
    sealing_key: SealingKey,
}

impl OpeningKey {
    /// A fresh key.
    pub fn generate() -> OpeningKey {
        OpeningKey::from_seed(&Zeroizing::new(random::random_bytes()))
    }

    /// The key of a seed (the 32-byte X-Wing private key). Expanding it costs more than
    /// opening a box, so keep the key.
    pub fn from_seed(seed: &[u8; 32]) -> OpeningKey {
        let (private, public) = xwing::Private::expand(seed);
        let sealing_key = SealingKey(Box::new(public));
        OpeningKey {
            seed: Zeroizing::new(*seed),
            private,
            sealing_key,
        }
    }

    /// The seed, to be stored under seal. It is wiped from memory when the key is dropped.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The public half.
    pub fn sealing_key(&self) -> &SealingKey {
        &self.sealing_key
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningKey({})", self.sealing_key.id())
    }
}

/// The sealed box does not open: it was made for another key, `info` or `aad`, or was altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed box does not open")]
pub struct OpenError;

/// Seals `plaintext` so that the holder of the opening key alone can read it, and only with the same
/// `info` (what the box is for) and `aad` (what it belongs to).
///
/// The answer is the encapsulated key (1120 bytes), the ciphertext and its tag (16 bytes).
pub fn seal(key: &SealingKey, info: &[u8], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let (encapsulated, shared) = xwing::encapsulate(&key.0);
    let (key, nonce) = schedule(&shared, info);
    let mut sealed = Vec::with_capacity(OVERHEAD + plaintext.len());
    sealed.extend_from_slice(&encapsulated);
    aead::seal_onto(&mut sealed, &key, &nonce, aad, plaintext);
    sealed
}

/// Opens what [`seal`] sealed.
///
/// # Errors
/// [`OpenError`]; why it does not open cannot be told from outside.
pub fn open(
    key: &OpeningKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let (encapsulated, ciphertext) = sealed.split_first_chunk().ok_or(OpenError)?;
    let shared = key
        .private
        .decapsulate(encapsulated)
        .map_err(|_| OpenError)?;
    let (key, nonce) = schedule(&shared, info);
    aead::open(&key, &nonce, aad, ciphertext).map_err(|_| OpenError)
}

/// The key schedule of base mode (RFC 9180, section 5.1): key and nonce of the first message.
fn schedule(shared: &[u8; 32], info: &[u8]) -> (Zeroizing<[u8; 32]>, Zeroizing<[u8; 12]>) {
    const MODE_BASE: &[u8] = &[0];
    let psk_id_hash = labeled_extract(&[], b"psk_id_hash", &[]);
    let info_hash = labeled_extract(&[], b"info_hash", info);
    let secret = labeled_extract(shared, b"secret", &[]);
    let context = [MODE_BASE, &*psk_id_hash, &*info_hash];
    (
        labeled_expand(&secret, b"key", context),
        labeled_expand(&secret, b"base_nonce", context),
    )
}

fn labeled_extract(salt: &[u8], label: &[u8], input: &[u8]) -> Zeroizing<[u8; 32]> {
    hkdf::extract(salt, &[b"HPKE-v1", SUITE, label, input])
}

fn labeled_expand<const N: usize>(
    secret: &[u8; 32],
    label: &[u8],
    [mode, psk_id_hash, info_hash]: [&[u8]; 3],
) -> Zeroizing<[u8; N]> {
    let len = u16::try_from(N).expect("keys are short").to_be_bytes();
    hkdf::expand(
        secret,
        &[&len, b"HPKE-v1", SUITE, label, mode, psk_id_hash, info_hash],
    )
}
