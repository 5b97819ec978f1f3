//! Ed25519 (RFC 8032) with the one verification rule of the product.
//!
//! Libraries disagree on which Ed25519 signatures they accept, and two nodes that disagree on a
//! signature disagree on a consent. The rule here is the strict one: a public key is a canonical
//! encoding of a point that is not of small order, a signature's `R` is canonical and not of small
//! order, its `s` is reduced, and the equation holds without the cofactor. Keys are checked when
//! they are parsed, so every [`VerifyingKey`] is a good one.

use crate::base64url::{self, Base64UrlError};
use crate::curve25519;
use crate::digest::Digest;
use crate::random;
use crate::strict_json::Text;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// A private Ed25519 key. It is not `Clone`, and formatting it shows its public half alone.
pub struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
    verifying_key: VerifyingKey,
}

impl SigningKey {
    /// A fresh key.
    pub fn generate() -> SigningKey {
        SigningKey::from_seed(&Zeroizing::new(random::random_bytes()))
    }

    /// The key of a seed (the 32-byte private key of RFC 8032, section 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("every 32-byte seed is a key");
        let public = pair.public_key().as_ref();
        let verifying_key = VerifyingKey(
            public
                .try_into()
                .expect("an Ed25519 public key has 32 bytes"),
        );
        SigningKey {
            seed: Zeroizing::new(*seed),
            pair,
            verifying_key,
        }
    }

    /// The seed, to be stored under seal. It is wiped from memory when the key is dropped.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Signs a message; the same message always gives the same signature.
    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature = self.pair.sign(message);
        Signature(
            signature
                .as_ref()
                .try_into()
                .expect("an Ed25519 signature has 64 bytes"),
        )
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying_key.thumbprint())
    }
}

/// Why 32 bytes are no public key, in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The encoding is not the canonical one of its point, or of no point of the curve.
    #[error("the public key is not a canonical encoding of a point")]
    NotCanonical,
    /// The point is of small order: signatures that fit every message exist for it.
    #[error("the public key is of small order")]
    Weak,
}

/// A public Ed25519 key that is canonical and not weak.
///
/// As JSON it is a JWK (RFC 8037) with exactly the members `crv`, `kty` and `x`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Checks the encoding of a public key (RFC 8032, section 5.1.2).
    ///
    /// # Errors
    /// [`KeyError`] where the bytes are not the canonical encoding of a point, or of a weak one.
    pub fn parse(bytes: &[u8; 32]) -> Result<VerifyingKey, KeyError> {
        if !curve25519::is_reduced(bytes) {
            return Err(KeyError::NotCanonical);
        }
        if curve25519::is_small_order_edwards(bytes) {
            return Err(KeyError::Weak);
        }
        // With y reduced and the points of x = 0 gone, what decompresses is canonical.
        ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotCanonical)?;
        Ok(VerifyingKey(*bytes))
    }

    /// The encoding.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The SHA-256 thumbprint of the JWK (RFC 7638), which is the key's id everywhere.
    pub fn thumbprint(&self) -> KeyId {
        KeyId(base64url::encode_32(
            Digest::of(self.jwk().as_bytes()).as_bytes(),
        ))
    }

    /// The JWK in the canonical form that RFC 7638 hashes.
    pub(crate) fn jwk(&self) -> String {
        format!(
            r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#,
            base64url::encode(&self.0)
        )
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", base64url::encode(&self.0))
    }
}

impl Serialize for VerifyingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut jwk = serializer.serialize_struct("Jwk", 3)?;
        jwk.serialize_field("crv", "Ed25519")?;
        jwk.serialize_field("kty", "OKP")?;
        jwk.serialize_field("x", &base64url::encode(&self.0))?;
        jwk.end()
    }
}

impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(JwkVisitor)
    }
}

/// The members of a JWK (RFC 8037): those of an Ed25519 public key and no others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk<'a> {
    #[serde(borrow)]
    crv: Text<'a>,
    #[serde(borrow)]
    kty: Text<'a>,
    #[serde(deserialize_with = "base64url::deserialize_array")]
    x: [u8; 32],
}

/// Accepts a JWK as an object alone: a derived reader would take an array for one as well.
struct JwkVisitor;

impl<'de> Visitor<'de> for JwkVisitor {
    type Value = VerifyingKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an Ed25519 public key as a JWK")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        let jwk = Jwk::deserialize(MapAccessDeserializer::new(members))?;
        if jwk.crv.0 != "Ed25519" || jwk.kty.0 != "OKP" {
            return Err(A::Error::custom("the JWK is not an Ed25519 key"));
        }
        VerifyingKey::parse(&jwk.x).map_err(A::Error::custom)
    }
}

/// The id of a key: its RFC 7638 thumbprint, 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 43]);

impl KeyId {
    /// The 43 characters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("base64url is ASCII")
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = Base64UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base64url::decode_array::<32>(text).map(|digest| KeyId(base64url::encode_32(&digest)))
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64url::deserialize_array::<32, D>(deserializer)
            .map(|digest| KeyId(base64url::encode_32(&digest)))
    }
}

/// An Ed25519 signature; as text, 86 characters of unpadded base64url.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The signature with these bytes; whether it is one, only [`verify`] tells.
    pub const fn from_bytes(bytes: [u8; 64]) -> Signature {
        Signature(bytes)
    }

    /// The 64 bytes: `R` and then `s`.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", base64url::encode(&self.0))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize_array(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64url::deserialize_array(deserializer).map(Signature)
    }
}

/// The signature is not the key's over this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// Verifies a signature. No other function of the product decides on an Ed25519 signature.
///
/// # Errors
/// [`BadSignature`] for anything that the strict rule (see the module) does not accept.
pub fn verify(
    key: &VerifyingKey,
    message: &[u8],
    signature: &Signature,
) -> Result<(), BadSignature> {
    let r = signature
        .0
        .first_chunk()
        .expect("R is the first half of a signature");
    // The provider recomputes R and compares encodings, so a non-canonical R never matches; that R
    // may not be of small order is the one thing it leaves open.
    if curve25519::is_small_order_edwards(r) {
        return Err(BadSignature);
    }
    UnparsedPublicKey::new(&ED25519, &key.0)
        .verify(message, &signature.0)
        .map_err(|_| BadSignature)
}
