//! The two headers of the profile: with a key's name, and with the key itself (DPoP).

use super::{JwsError, Typ};
use crate::signature::{KeyId, VerifyingKey};
use crate::strict_json::Text;
use serde::Deserializer as _;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What a header says, once it has the form of the profile.
pub(super) struct Header<'h, K> {
    pub typ: Cow<'h, str>,
    pub key: K,
}

/// Writes the header that names its key. Members are in alphabetical order.
pub(super) fn named(typ: Typ, key: &KeyId) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{key}","typ":"{}"}}"#, plain(typ))
}

/// Writes the header that carries its key. Members are in alphabetical order.
pub(super) fn carrying(typ: Typ, key: &VerifyingKey) -> String {
    let jwk = key.jwk();
    format!(r#"{{"alg":"EdDSA","jwk":{jwk},"typ":"{}"}}"#, plain(typ))
}

/// The `typ` as it stands between quotes.
fn plain(typ: Typ) -> &'static str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-+._".contains(&byte);
    assert!(
        typ.0.bytes().all(is_plain),
        "a typ is a media type, which needs no escapes"
    );
    typ.0
}

/// Reads a header with exactly the members `alg`, `kid` and `typ`.
pub(super) fn parse_named(bytes: &[u8]) -> Result<Header<'_, KeyId>, JwsError> {
    parse(bytes, "kid")
}

/// Reads a header with exactly the members `alg`, `jwk` and `typ`.
pub(super) fn parse_carrying(bytes: &[u8]) -> Result<Header<'_, VerifyingKey>, JwsError> {
    parse(bytes, "jwk")
}

fn parse<'h, K: DeserializeOwned>(
    bytes: &'h [u8],
    key_member: &'static str,
) -> Result<Header<'h, K>, JwsError> {
    let mut members = Members {
        key_member,
        alg: None,
        typ: None,
        key: None,
        cause: JwsError::BadHeader,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    deserializer
        .deserialize_map(&mut members)
        .and_then(|()| deserializer.end())
        .map_err(|_| members.cause)?;
    match (members.alg, members.typ, members.key) {
        (Some(Text(_)), Some(Text(typ)), Some(key)) => Ok(Header { typ, key }),
        _ => Err(JwsError::BadHeader),
    }
}

/// The members met so far.
struct Members<'h, K> {
    key_member: &'static str,
    alg: Option<Text<'h>>,
    typ: Option<Text<'h>>,
    key: Option<K>,
    /// What to report where the parser stops.
    cause: JwsError,
}

impl<'h, K: DeserializeOwned> Members<'h, K> {
    /// Reads the value of one member into its slot.
    fn read<A: MapAccess<'h>>(&mut self, name: &str, header: &mut A) -> Result<(), A::Error> {
        match name {
            "alg" if self.alg.is_none() => {
                let alg = header.next_value::<Text>()?;
                if alg.0 != "EdDSA" {
                    return Err(self.stop(JwsError::WrongAlgorithm));
                }
                self.alg = Some(alg);
            }
            "typ" if self.typ.is_none() => self.typ = Some(header.next_value()?),
            name if name == self.key_member && self.key.is_none() => {
                self.key = Some(
                    header
                        .next_value()
                        .map_err(|_| self.stop(JwsError::BadKey))?,
                );
            }
            "alg" | "typ" => return Err(self.stop(JwsError::DuplicateHeaderMember)),
            name if name == self.key_member => {
                return Err(self.stop(JwsError::DuplicateHeaderMember));
            }
            _ => return Err(self.stop(JwsError::ForbiddenHeaderMember)),
        }
        Ok(())
    }

    fn stop<E: serde::de::Error>(&mut self, cause: JwsError) -> E {
        self.cause = cause;
        E::custom(cause)
    }
}

impl<'h, K: DeserializeOwned> Visitor<'h> for &mut Members<'h, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the header of a token")
    }

    fn visit_map<A: MapAccess<'h>>(self, mut header: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = header.next_key()? {
            self.read(&name, &mut header)?;
        }
        Ok(())
    }
}
