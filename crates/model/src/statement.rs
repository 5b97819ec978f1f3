//! Signed statements: the one shape of everything that anybody signs.
//!
//! A statement is a compact JWS whose `typ` names its family and whose payload is the canonical
//! JSON of an [`Envelope`]: who it is for (`aud`), when (`iat`, `exp`, in seconds as in RFC 7519),
//! a number used once (`jti`), the key that signs, and the content. [`Unverified`] and
//! [`Verified`] are different types, so that no rule ever sees a statement whose signature was
//! not checked. That the key *belongs* to whom it claims is for the rules: they compare it with
//! the key on record.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, JwsError, Typ};
use assent_crypto::random::random_bytes;
use assent_crypto::signature::{SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::canonical::{self, DecodeError};
use crate::names::{ChainId, Jti};
use crate::time::{Span, Timestamp};

/// The longest statement that is accepted, in bytes of its compact form.
pub const STATEMENT_BYTES_MAX: usize = 64 * 1024;
/// The longest time between `iat` and `exp`.
pub const LIFETIME_MAX: Span = Span::from_minutes(10);
/// How far `iat` may lie ahead of the block: clocks of honest parties differ.
pub const CLOCK_SKEW_MAX: Span = Span::from_seconds(60);

/// Content that can be signed: its family is told apart from all others by `typ`.
pub trait Content: Serialize + DeserializeOwned + fmt::Debug + Clone + Send + Sync {
    /// The JWS `typ` of this content.
    const TYP: Typ;
}

/// The payload of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope<T> {
    /// The chain that the statement is for.
    pub aud: ChainId,
    /// Until when it may be submitted, in seconds since the epoch.
    pub exp: u64,
    /// When it was signed, in seconds since the epoch.
    pub iat: u64,
    /// Used once by this key.
    pub jti: Jti,
    /// The key that signs.
    pub signer: VerifyingKey,
    /// What is said.
    pub statement: T,
}

/// Why a statement cannot be submitted to this chain at this time. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ClaimsRejection {
    /// `aud` names another chain.
    #[error("the statement is addressed to another chain")]
    WrongAudience,
    /// `exp` is not after `iat`, or more than ten minutes after it.
    #[error("the statement must be valid for more than nothing and at most ten minutes")]
    LifetimeInvalid,
    /// `iat` lies in the future.
    #[error("the statement is dated in the future")]
    IssuedInFuture,
    /// `exp` has passed.
    #[error("the statement has expired")]
    Expired,
}

impl ClaimsRejection {
    /// All of them, in checking order.
    pub const ALL: &'static [Self] = &[
        Self::WrongAudience,
        Self::LifetimeInvalid,
        Self::IssuedInFuture,
        Self::Expired,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongAudience => "statement-audience",
            Self::LifetimeInvalid => "statement-lifetime",
            Self::IssuedInFuture => "statement-from-future",
            Self::Expired => "statement-expired",
        }
    }
}

impl<T> Envelope<T> {
    /// An envelope for `chain`, signed now by `signer`, good for `lifetime`.
    pub fn new(
        chain: ChainId,
        signer: VerifyingKey,
        now: Timestamp,
        lifetime: Span,
        statement: T,
    ) -> Self {
        Self {
            aud: chain,
            exp: (now + lifetime).as_seconds(),
            iat: now.as_seconds(),
            jti: Jti::random(),
            signer,
            statement,
        }
    }

    /// Checks audience and times against the chain and the time of the block.
    ///
    /// # Errors
    /// The first claim that does not hold.
    pub fn check(&self, chain: &ChainId, now: Timestamp) -> Result<(), ClaimsRejection> {
        if self.aud != *chain {
            return Err(ClaimsRejection::WrongAudience);
        }
        let lifetime_max = LIFETIME_MAX.as_millis() / 1000;
        if self.exp <= self.iat || self.exp - self.iat > lifetime_max {
            return Err(ClaimsRejection::LifetimeInvalid);
        }
        if self.iat > (now + CLOCK_SKEW_MAX).as_seconds() {
            return Err(ClaimsRejection::IssuedInFuture);
        }
        if self.exp <= now.as_seconds() {
            return Err(ClaimsRejection::Expired);
        }
        Ok(())
    }
}

/// Why bytes are not a well-signed statement of the wanted family.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The JWS breaks the profile, or its signature does not verify.
    #[error("the signed statement breaks the JWS profile")]
    Jws(#[from] JwsError),
    /// The payload is not the canonical encoding of this family.
    #[error("the payload of the signed statement cannot be read")]
    Payload(#[from] DecodeError),
}

/// A statement whose signature was checked: [`verify`] is the only way to get one from outside.
#[derive(Clone)]
pub struct Verified<T>(Recorded<T>);

impl<T> Verified<T> {
    /// The same statement as the log keeps it.
    pub fn record(&self) -> Recorded<T> {
        self.0.clone()
    }
}

impl<T> std::ops::Deref for Verified<T> {
    type Target = Recorded<T>;

    fn deref(&self) -> &Recorded<T> {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.0.envelope).finish()
    }
}

/// A statement as the log keeps it: verified when it was ordered, serialised as its compact form.
pub struct Recorded<T> {
    envelope: Arc<Envelope<T>>,
    compact: Arc<str>,
    digest: Digest,
}

impl<T> Clone for Recorded<T> {
    fn clone(&self) -> Self {
        Self {
            envelope: Arc::clone(&self.envelope),
            compact: Arc::clone(&self.compact),
            digest: self.digest,
        }
    }
}

impl<T> Recorded<T> {
    /// The whole payload.
    pub fn envelope(&self) -> &Envelope<T> {
        &self.envelope
    }

    /// What is said.
    pub fn content(&self) -> &T {
        &self.envelope.statement
    }

    /// The key that signed.
    pub fn signer(&self) -> &VerifyingKey {
        &self.envelope.signer
    }

    /// The compact JWS.
    pub fn compact(&self) -> &str {
        &self.compact
    }

    /// SHA-256 of the compact JWS: how other records refer to this one.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl<T: fmt::Debug> fmt::Debug for Recorded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorded").field(&self.envelope).finish()
    }
}

impl<T> PartialEq for Recorded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.compact == other.compact
    }
}

impl<T> Eq for Recorded<T> {}

impl<T> Serialize for Recorded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.compact)
    }
}

impl<'de, T: Content> Deserialize<'de> for Recorded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let compact = String::deserialize(deserializer)?;
        let parsed = jws::Unverified::parse(&compact, STATEMENT_BYTES_MAX)
            .map_err(serde::de::Error::custom)?;
        if parsed.typ() != T::TYP.0 {
            return Err(serde::de::Error::custom("a statement of another family"));
        }
        // How the payload is spelled was seen with the signature. Whoever does not trust the log looks at
        // both again, with [`verify`].
        let envelope = serde_json::from_slice(parsed.payload());
        let envelope = envelope.map_err(serde::de::Error::custom)?;
        Ok(Self {
            envelope: Arc::new(envelope),
            digest: parsed.digest(),
            compact: compact.into(),
        })
    }
}

/// A statement inside another, as text: nobody has checked it yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nested<T> {
    compact: Box<str>,
    #[serde(skip)]
    family: PhantomData<fn() -> T>,
}

impl<T: Content> Nested<T> {
    /// Checks the signature; see [`verify`].
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(&self) -> Result<Verified<T>, StatementError> {
        verify(&self.compact)
    }
}

impl<T> From<&Verified<T>> for Nested<T> {
    fn from(verified: &Verified<T>) -> Self {
        Self {
            compact: verified.compact().into(),
            family: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Nested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nested")
    }
}

/// Reads a compact JWS and checks that it is a statement of family `T`, signed by the key that
/// its own payload names.
///
/// # Errors
/// The JWS breaks the profile, the payload is not canonical or has other fields, or the
/// signature does not verify.
pub fn verify<T: Content>(compact: &str) -> Result<Verified<T>, StatementError> {
    let parsed = jws::Unverified::parse(compact, STATEMENT_BYTES_MAX)?;
    if parsed.typ() != T::TYP.0 {
        return Err(JwsError::WrongTyp.into());
    }
    let envelope: Envelope<T> = canonical::decode(parsed.payload())?;
    let verified = parsed.verify(T::TYP, &envelope.signer)?;
    let digest = verified.digest();
    Ok(Verified(Recorded {
        envelope: Arc::new(envelope),
        compact: compact.into(),
        digest,
    }))
}

/// Signs an envelope. The key must be the one that the envelope names.
///
/// # Panics
/// The envelope names another key.
pub fn sign<T: Content>(envelope: Envelope<T>, key: &SigningKey) -> Verified<T> {
    assert_eq!(
        envelope.signer,
        *key.verifying_key(),
        "an envelope is signed by the key it names"
    );
    let compact = jws::sign(T::TYP, key, &canonical::encode(&envelope));
    let digest = Digest::of(compact.as_bytes());
    Verified(Recorded {
        envelope: Arc::new(envelope),
        compact: compact.into(),
        digest,
    })
}

impl Jti {
    /// A fresh random number used once.
    pub fn random() -> Self {
        Self::from_random(random_bytes())
    }
}
