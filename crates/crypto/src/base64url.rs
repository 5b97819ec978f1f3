//! Base64url without padding (RFC 4648, section 5), one text for each byte string.
//!
//! Padding, white space, the `+/` alphabet and set trailing bits are refused, so that two different
//! texts never decode to the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::Visitor;
use serde::{Deserializer, Serializer};
use std::fmt;

/// The text is not the canonical unpadded base64url of a value of the expected length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical unpadded base64url of the expected length")]
pub struct Base64UrlError;

/// Encodes bytes.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes a canonical text.
///
/// # Errors
/// [`Base64UrlError`] for any other text.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64UrlError)
}

/// Decodes a canonical text of exactly `N` bytes, without an allocation.
///
/// # Errors
/// [`Base64UrlError`] for any other text.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Base64UrlError> {
    if text.len() != encoded_len(N) {
        return Err(Base64UrlError);
    }
    let mut bytes = [0; N];
    let written = URL_SAFE_NO_PAD
        .decode_slice_unchecked(text, &mut bytes)
        .map_err(|_| Base64UrlError)?;
    debug_assert_eq!(
        written, N,
        "the length of the text determines the length of the bytes"
    );
    Ok(bytes)
}

/// Characters that `bytes` bytes take.
pub const fn encoded_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Appends the text of `bytes` to `text`, without another allocation where it has room.
pub(crate) fn encode_onto(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Writes the text of 32 bytes without an allocation.
pub(crate) fn encode_32(bytes: &[u8; 32]) -> [u8; 43] {
    let mut text = [0; 43];
    URL_SAFE_NO_PAD
        .encode_slice(bytes, &mut text)
        .expect("32 bytes take 43 characters");
    text
}

/// Serialises an array as its text.
pub(crate) fn serialize_array<const N: usize, S: Serializer>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// Deserialises an array from its text, refusing what [`decode_array`] refuses.
pub(crate) fn deserialize_array<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    struct Text<const N: usize>;

    impl<const N: usize> Visitor<'_> for Text<N> {
        type Value = [u8; N];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{N} bytes as unpadded base64url")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            decode_array(text).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text)
}
