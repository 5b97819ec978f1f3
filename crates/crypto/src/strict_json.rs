//! The JSON that may be signed: one object, no member twice, every number a 64-bit integer, no
//! deeper than [`MAX_DEPTH`].
//!
//! RFC 8259 leaves open which of two members of one name counts and how a fraction is rounded; where
//! two readers choose differently, one signature says two things. The check runs on the parser that
//! the rest of the product reads with, so both agree on what JSON is.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

/// Objects and arrays may be nested this deep, the outermost object included.
pub const MAX_DEPTH: usize = 32;

/// Why some bytes are not the JSON that may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrictJsonError {
    /// Not one JSON object in UTF-8, or with a number that is no 64-bit integer.
    #[error("not a JSON object whose numbers are integers")]
    NotAnObject,
    /// Some object has two members of one name.
    #[error("an object has two members of one name")]
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
}

/// Checks that `bytes` are one strict JSON object, white space around it allowed.
///
/// # Errors
/// The first [`StrictJsonError`] met, reading from the start.
pub fn check_object(bytes: &[u8]) -> Result<(), StrictJsonError> {
    let text = str::from_utf8(bytes).map_err(|_| StrictJsonError::NotAnObject)?;
    let mut walk = Walk {
        names: Vec::new(),
        cause: StrictJsonError::NotAnObject,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer
        .deserialize_map(Value {
            walk: &mut walk,
            depth: 1,
        })
        .and_then(|()| deserializer.end())
        .map_err(|_| walk.cause)
}

/// What one walk through a document needs.
struct Walk<'de> {
    /// Names of the members of every object that is still open, outermost first.
    names: Vec<Cow<'de, str>>,
    /// What to report where the parser stops.
    cause: StrictJsonError,
}

/// A value at some depth; the containers inside it are one deeper.
struct Value<'w, 'de> {
    walk: &'w mut Walk<'de>,
    depth: usize,
}

impl<'de> Value<'_, 'de> {
    fn inner(&mut self) -> Value<'_, 'de> {
        Value {
            walk: self.walk,
            depth: self.depth + 1,
        }
    }

    fn stop<E: serde::de::Error>(&mut self, cause: StrictJsonError) -> E {
        self.walk.cause = cause;
        E::custom(cause)
    }

    fn check_depth<E: serde::de::Error>(&mut self) -> Result<(), E> {
        if self.depth > MAX_DEPTH {
            Err(self.stop(StrictJsonError::TooDeep))
        } else {
            Ok(())
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.check_depth()?;
        while elements.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.check_depth()?;
        let first = self.walk.names.len();
        while let Some(Text(name)) = members.next_key()? {
            self.walk.names.push(name);
            members.next_value_seed(self.inner())?;
        }
        let names = &mut self.walk.names[first..];
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(self.stop(StrictJsonError::DuplicateMember));
        }
        self.walk.names.truncate(first);
        Ok(())
    }
}

/// A string, borrowed where it holds no escapes.
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}
