//! Sealing at rest: AES-256-GCM under a key of its own for each record.
//!
//! A random nonce under one long-lived key repeats sooner or later, and certainly after a restored
//! snapshot; here key and nonce both come from 24 fresh random bytes, so that no pair is used twice
//! (invariant 6). The context names the record: a ciphertext moved to another record does not open.

use crate::aead::{self, TAG_LEN};
use crate::domains::VAULT_RECORD;
use crate::hkdf;
use crate::random;
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Random bytes at the start of an encrypted record.
const SALT_LEN: usize = 24;
/// Bytes by which an encrypted record is longer than its plaintext.
pub const OVERHEAD: usize = SALT_LEN + TAG_LEN;

/// A symmetric key. It is wiped from memory when dropped, is not `Clone` and does not show itself.
#[derive(ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A fresh key.
    pub fn generate() -> SecretKey {
        SecretKey(random::random_bytes())
    }

    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> SecretKey {
        SecretKey(bytes)
    }

    /// The 32 bytes, to be stored under seal.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// The record does not decrypt: it belongs to another key or context, or was altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record does not decrypt")]
pub struct DecryptError;

/// Encrypts and decrypts the records of one store.
#[derive(Debug)]
pub struct RecordCipher {
    master: SecretKey,
}

impl RecordCipher {
    /// The cipher under a master key.
    pub fn new(master: SecretKey) -> RecordCipher {
        RecordCipher { master }
    }

    /// Encrypts a record; `context` says which one it is and need not be stored.
    pub fn encrypt(&self, context: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let salt: [u8; SALT_LEN] = random::random_bytes();
        let (key, nonce) = self.derive(&salt, context);
        let mut record = Vec::with_capacity(OVERHEAD + plaintext.len());
        record.extend_from_slice(&salt);
        aead::seal_onto(&mut record, &key, &nonce, context, plaintext);
        record
    }

    /// Decrypts what [`RecordCipher::encrypt`] made for the same `context`.
    ///
    /// # Errors
    /// [`DecryptError`]; why it does not decrypt cannot be told from outside.
    pub fn decrypt(&self, context: &[u8], record: &[u8]) -> Result<Vec<u8>, DecryptError> {
        let (salt, ciphertext) = record.split_first_chunk().ok_or(DecryptError)?;
        let (key, nonce) = self.derive(salt, context);
        aead::open(&key, &nonce, context, ciphertext).map_err(|_| DecryptError)
    }

    /// HKDF-SHA-256 of the master key for one record.
    fn derive(&self, salt: &[u8; SALT_LEN], context: &[u8]) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        let secret = hkdf::extract(salt, &[&self.master.0]);
        let bytes = hkdf::expand::<44>(&secret, &[VAULT_RECORD.as_bytes(), context]);
        let (key, nonce) = bytes.split_first_chunk().expect("44 bytes begin with 32");
        let nonce = nonce.try_into().expect("44 bytes end with 12");
        (Zeroizing::new(*key), nonce)
    }
}
