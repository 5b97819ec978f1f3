//! Proofs of possession (DPoP, RFC 9449): tokens that carry the key they are signed with.

use super::{Compact, JwsError, Typ, header, sign_compact};
use crate::digest::Digest;
use crate::signature::{KeyId, SigningKey, VerifyingKey};
use crate::strict_json;
use std::fmt;

/// The `typ` of a proof (RFC 9449, section 4.2).
pub const DPOP_TYP: Typ = Typ("dpop+jwt");

/// Signs a proof, its public key in the header. The payload must be a strict JSON object.
pub fn sign_dpop(key: &SigningKey, payload: &[u8]) -> String {
    sign_compact(
        &header::carrying(DPOP_TYP, key.verifying_key()),
        key,
        payload,
    )
}

/// A proof that has the form of the profile. Nothing in it can be believed yet.
pub struct UnverifiedDpop {
    compact: Compact,
    typ: Box<str>,
    key: VerifyingKey,
}

impl UnverifiedDpop {
    /// Reads a proof of at most `max_len` bytes.
    ///
    /// # Errors
    /// The first [`JwsError`] before [`JwsError::WrongTyp`] that applies.
    pub fn parse(compact: &str, max_len: usize) -> Result<UnverifiedDpop, JwsError> {
        let (header, compact) = Compact::decode(compact, max_len)?;
        let header = header::parse_carrying(&header)?;
        strict_json::check_object(&compact.payload)?;
        Ok(UnverifiedDpop {
            compact,
            typ: header.typ.into(),
            key: header.key,
        })
    }

    /// Checks that this is a proof, signed by the key that it carries.
    ///
    /// # Errors
    /// [`JwsError::WrongTyp`] or [`JwsError::BadSignature`].
    pub fn verify(self) -> Result<VerifiedDpop, JwsError> {
        if *self.typ != *DPOP_TYP.0 {
            return Err(JwsError::WrongTyp);
        }
        self.compact.verify(&self.key)?;
        Ok(VerifiedDpop {
            compact: self.compact,
            thumbprint: self.key.thumbprint(),
            key: self.key,
        })
    }
}

/// A proof whose signature was checked: its sender holds the key. Whether that key may do anything
/// is for the caller to tell, by its thumbprint.
pub struct VerifiedDpop {
    compact: Compact,
    thumbprint: KeyId,
    key: VerifyingKey,
}

impl VerifiedDpop {
    /// The key that the sender holds.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The thumbprint of that key, as tokens name it in `cnf.jkt`.
    pub fn thumbprint(&self) -> &KeyId {
        &self.thumbprint
    }

    /// The payload: a strict JSON object, signed by the key.
    pub fn payload(&self) -> &[u8] {
        &self.compact.payload
    }

    /// The proof as it came.
    pub fn compact(&self) -> &str {
        &self.compact.text
    }

    /// SHA-256 of the proof as it came. Computed at each call.
    pub fn digest(&self) -> Digest {
        self.compact.digest()
    }
}

impl fmt::Debug for UnverifiedDpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedDpop({})", self.compact.digest())
    }
}

impl fmt::Debug for VerifiedDpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedDpop({})", self.digest())
    }
}
