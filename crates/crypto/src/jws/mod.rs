//! The strict compact JWS profile (RFC 7515, RFC 8037) and its DPoP variant (RFC 9449).
//!
//! A token has exactly three segments of canonical unpadded base64url. Its header is a JSON object
//! with exactly the members `alg` (always `EdDSA`), `kid` (the thumbprint of the signing key) and
//! `typ` (the family of the message); a DPoP proof carries `jwk` in the place of `kid`. Its payload
//! is a strict JSON object (see [`crate::strict_json`]), its signature a strict Ed25519 signature.
//! Nothing in a token says how it is to be verified: algorithm and key come from the caller, and
//! every member that would change the meaning of the token (`crit`, `b64`, `zip`, `jku`, …) is
//! refused because it is not one of the three.
//!
//! Which claims a payload must have, and whether they hold now, is for the caller to check.

mod dpop;
mod error;
mod header;

pub use dpop::{DPOP_TYP, UnverifiedDpop, VerifiedDpop, sign_dpop};
pub use error::JwsError;

use crate::base64url;
use crate::digest::Digest;
use crate::signature::{self, KeyId, Signature, SigningKey, VerifyingKey};
use crate::strict_json;
use std::fmt;

/// A header may have this many bytes, once decoded.
pub const MAX_HEADER_LEN: usize = 1024;

/// A message family: the `typ` of its tokens, a media type without `application/`.
///
/// Keeps a token of one family from being taken for one of another. Letters, digits, `-`, `+`, `.` and
/// `_` alone: signing with any other is a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Typ(pub &'static str);

impl fmt::Display for Typ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Signs a payload, which must be a strict JSON object: a token with another one verifies nowhere,
/// and making one is a bug that development builds stop at.
pub fn sign(typ: Typ, key: &SigningKey, payload: &[u8]) -> String {
    let header = header::named(typ, &key.verifying_key().thumbprint());
    sign_compact(&header, key, payload)
}

/// A token that has the form of the profile. Nothing in it can be believed yet.
pub struct Unverified {
    compact: Compact,
    typ: Box<str>,
    key_id: KeyId,
}

impl Unverified {
    /// Reads a token of at most `max_len` bytes.
    ///
    /// # Errors
    /// The first [`JwsError`] before [`JwsError::WrongTyp`] that applies.
    pub fn parse(compact: &str, max_len: usize) -> Result<Unverified, JwsError> {
        let (header, compact) = Compact::decode(compact, max_len)?;
        let header = header::parse_named(&header)?;
        strict_json::check_object(&compact.payload)?;
        Ok(Unverified {
            compact,
            typ: header.typ.into(),
            key_id: header.key,
        })
    }

    /// The message family that the token claims, to choose the reader by.
    pub fn typ(&self) -> &str {
        &self.typ
    }

    /// The key that the token names, to look it up by.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The payload: a strict JSON object that nobody has vouched for.
    pub fn payload(&self) -> &[u8] {
        &self.compact.payload
    }

    /// The token as it came.
    pub fn compact(&self) -> &str {
        &self.compact.text
    }

    /// SHA-256 of the token as it came. Computed at each call.
    pub fn digest(&self) -> Digest {
        self.compact.digest()
    }

    /// Checks that the token is of family `typ` and signed by `key`.
    ///
    /// # Errors
    /// [`JwsError::WrongTyp`], [`JwsError::WrongKey`] or [`JwsError::BadSignature`].
    pub fn verify(self, typ: Typ, key: &VerifyingKey) -> Result<Verified, JwsError> {
        if *self.typ != *typ.0 {
            return Err(JwsError::WrongTyp);
        }
        if self.key_id != key.thumbprint() {
            return Err(JwsError::WrongKey);
        }
        self.compact.verify(key)?;
        Ok(Verified {
            compact: self.compact,
            key_id: self.key_id,
        })
    }
}

/// A token whose family and signature were checked. Only [`Unverified::verify`] makes one.
pub struct Verified {
    compact: Compact,
    key_id: KeyId,
}

impl Verified {
    /// The payload: a strict JSON object, signed by the key.
    pub fn payload(&self) -> &[u8] {
        &self.compact.payload
    }

    /// The token as it came.
    pub fn compact(&self) -> &str {
        &self.compact.text
    }

    /// SHA-256 of the token as it came. Computed at each call.
    pub fn digest(&self) -> Digest {
        self.compact.digest()
    }

    /// The key that signed.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unverified({})", self.digest())
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.digest())
    }
}

/// A token with its payload and signature decoded, whatever its header says.
struct Compact {
    text: String,
    /// What is signed: the text up to its second dot.
    signed_len: usize,
    payload: Vec<u8>,
    signature: Signature,
}

impl Compact {
    /// Splits a token and decodes its segments; the first half of the answer is the header.
    fn decode(text: &str, max_len: usize) -> Result<(Vec<u8>, Compact), JwsError> {
        if text.len() > max_len {
            return Err(JwsError::TooLarge);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::NotCompact)?;
        if payload.contains('.') {
            return Err(JwsError::NotCompact);
        }
        if header.len() > base64url::encoded_len(MAX_HEADER_LEN) {
            return Err(JwsError::HeaderTooLarge);
        }
        let header = base64url::decode(header)?;
        let payload = base64url::decode(payload)?;
        let signature = Signature::from_bytes(base64url::decode_array(signature)?);
        let text = text.to_owned();
        Ok((
            header,
            Compact {
                signed_len: signed.len(),
                text,
                payload,
                signature,
            },
        ))
    }

    fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }

    fn verify(&self, key: &VerifyingKey) -> Result<(), JwsError> {
        let signed = &self.text.as_bytes()[..self.signed_len];
        signature::verify(key, signed, &self.signature).map_err(|_| JwsError::BadSignature)
    }
}

/// Joins a header and a payload and signs them.
fn sign_compact(header: &str, key: &SigningKey, payload: &[u8]) -> String {
    debug_assert_eq!(
        strict_json::check_object(payload),
        Ok(()),
        "the payload is strict JSON"
    );
    let len = base64url::encoded_len(header.len()) + base64url::encoded_len(payload.len());
    let mut compact = String::with_capacity(len + 2 + base64url::encoded_len(64));
    base64url::encode_onto(&mut compact, header.as_bytes());
    compact.push('.');
    base64url::encode_onto(&mut compact, payload);
    let signature = key.sign(compact.as_bytes());
    compact.push('.');
    base64url::encode_onto(&mut compact, signature.as_bytes());
    compact
}
