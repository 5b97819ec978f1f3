//! Names that people and organisations choose: validated text, one type a meaning.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} is 1 to {length_max} characters of A-Z a-z 0-9 . _ : / and -")]
pub struct InvalidName {
    kind: &'static str,
    length_max: usize,
}

fn is_name(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte))
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($kind:literal, $max:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                if is_name(text, $max) {
                    Ok(Self(text.into()))
                } else {
                    Err(InvalidName { kind: $kind, length_max: $max })
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

names! {
    /// The audience of every statement: one ledger. `assent:` and a name chosen at `init`.
    ChainId("a chain id", 64);
    /// A number used once: the `jti` of a statement, a token or a request.
    Jti("a jti", 64);
    /// A dataset within one service description.
    DatasetId("a dataset id", 64);
    /// A concept, shared between descriptions: what data means, whatever a service calls it.
    ConceptId("a concept id", 96);
    /// A purpose (processing basis) within one service description.
    PurposeId("a purpose id", 64);
    /// A language tag (BCP 47), such as `en` or `nl-BE`.
    Language("a language tag", 35);
    /// The origin of a web site (RFC 6454), such as `https://wallet.example`.
    WebOrigin("an origin", 255);
}

impl Jti {
    /// The spelling of 16 random bytes.
    pub(crate) fn from_random(bytes: [u8; 16]) -> Self {
        let spelled = bytes
            .iter()
            .fold(String::with_capacity(32), |mut spelled, byte| {
                write!(spelled, "{byte:02x}").expect("a String takes everything");
                spelled
            });
        Self(spelled.into())
    }
}
