//! SHA-256 digests, keyed digests and salted commitments.

use crate::base64url::{self, Base64UrlError};
use crate::domains::Domain;
use crate::random;
use aws_lc_rs::{digest, hmac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

/// A SHA-256 digest (FIPS 180-4); as text, 43 characters of unpadded base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Thirty-two zero bytes: the hash of nothing, for the head of an empty chain.
    pub const ZERO: Digest = Digest([0; 32]);

    /// The plain SHA-256 of some bytes, as foreign formats want it (JWS, RFC 6962, RFC 7638).
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(to_array(digest::digest(&digest::SHA256, bytes).as_ref()))
    }

    /// The digest of `parts` for one purpose.
    ///
    /// The input is the domain string and then each part after its length (8 bytes, big-endian), so
    /// that no two domains and no two ways to split the same bytes give the same input.
    pub fn tagged(domain: Domain, parts: &[&[u8]]) -> Digest {
        let mut context = digest::Context::new(&digest::SHA256);
        tag(domain, parts, |bytes| context.update(bytes));
        Digest(to_array(context.finish().as_ref()))
    }

    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Digest {
        Digest(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// HMAC-SHA-256 (RFC 2104) of `parts` for one purpose, their input made as in [`Digest::tagged`].
pub fn hmac_sha256(key: &[u8], domain: Domain, parts: &[&[u8]]) -> Digest {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    tag(domain, parts, |bytes| context.update(bytes));
    Digest(to_array(context.sign().as_ref()))
}

/// The salted digest that stands on the ledger for `content`.
///
/// Who has the salt can check the content against it; once the salt is erased the digest says
/// nothing, however few values the content could have had.
pub fn commitment(domain: Domain, salt: &Salt, content: &[u8]) -> Digest {
    hmac_sha256(&salt.0, domain, &[content])
}

/// Feeds the tagged input, piece by piece.
fn tag(domain: Domain, parts: &[&[u8]], mut feed: impl FnMut(&[u8])) {
    // The first byte of a length is zero and no domain holds a zero byte, so the end of the domain
    // is never in doubt.
    feed(domain.as_bytes());
    for part in parts {
        feed(&(part.len() as u64).to_be_bytes());
        feed(part);
    }
}

fn to_array(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("SHA-256 gives 32 bytes")
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = base64url::encode_32(&self.0);
        f.pad(str::from_utf8(&text).expect("base64url is ASCII"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = Base64UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base64url::decode_array(text).map(Digest)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize_array(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64url::deserialize_array(deserializer).map(Digest)
    }
}

/// The secret half of a commitment: 32 random bytes, kept with the content and erased with it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Salt([u8; 32]);

impl Salt {
    /// A fresh salt.
    pub fn generate() -> Salt {
        Salt(random::random_bytes())
    }

    /// The salt with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Salt {
        Salt(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Salt {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Salt {}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize_array(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64url::deserialize_array(deserializer).map(Salt)
    }
}
