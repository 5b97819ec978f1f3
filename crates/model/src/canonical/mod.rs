//! Canonical JSON (RFC 8785): the only encoding that is ever signed or hashed.

mod compact;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes are not the canonical encoding of the wanted type.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or a field is missing, unknown, duplicated or of another type.
    #[error("the content does not have the fields of its type")]
    Shape(#[source] serde_json::Error),
    /// The bytes decode, but are not the one canonical spelling of what they say.
    #[error("the content is not canonical JSON (RFC 8785)")]
    NotCanonical,
}

/// The canonical bytes of a value.
///
/// # Panics
/// The value is not one of ours: records hold integers, text, lists and maps only, for which the
/// encoding cannot fail.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let json = serde_json::to_vec(value).expect("records have a JSON form");
    compact::sorted(json).unwrap_or_else(|compact::NotPlain| {
        serde_json_canonicalizer::to_vec(value).expect("records have a canonical encoding")
    })
}

/// Reads a value and insists that the bytes are its canonical encoding, which also rules out
/// duplicate members, insignificant white space and second spellings of numbers.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let value: T = serde_json::from_slice(bytes).map_err(DecodeError::Shape)?;
    if encode(&value) == bytes {
        Ok(value)
    } else {
        Err(DecodeError::NotCanonical)
    }
}
