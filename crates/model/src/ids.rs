//! Typed identifiers: one registry, a readable prefix on the wire, no two kinds interchangeable.
//!
//! Every id is 20 bytes, written as its prefix followed by 32 lower-case base32 characters
//! (RFC 4648, no padding): `cns_` + `a…z2…7`. Ids of key holders are derived from their first key;
//! all others are random and chosen by whoever creates the thing.

use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_crypto::domains::{self, Domain};
use assent_crypto::random::random_bytes;
use assent_crypto::signature::VerifyingKey;

/// The bytes of an id.
const LENGTH: usize = 20;
/// The characters that spell those bytes.
const SPELLED: usize = 32;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form `{prefix}_` and 32 characters of a-z and 2-7")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn spell(bytes: [u8; LENGTH]) -> [u8; SPELLED] {
    let mut out = [0; SPELLED];
    for (five, eight) in bytes.chunks_exact(5).zip(out.chunks_exact_mut(8)) {
        let word = five
            .iter()
            .fold(0u64, |word, &byte| word << 8 | u64::from(byte));
        for (place, character) in eight.iter_mut().enumerate() {
            let index = (word >> (35 - 5 * place)) & 31;
            *character = ALPHABET[usize::try_from(index).expect("five bits fit")];
        }
    }
    out
}

fn unspell(text: &str) -> Option<[u8; LENGTH]> {
    let text: &[u8; SPELLED] = text.as_bytes().try_into().ok()?;
    let mut out = [0; LENGTH];
    for (eight, five) in text.chunks_exact(8).zip(out.chunks_exact_mut(5)) {
        let mut word = 0u64;
        for character in eight {
            let value = match character {
                b'a'..=b'z' => character - b'a',
                b'2'..=b'7' => character - b'2' + 26,
                _ => return None,
            };
            word = word << 5 | u64::from(value);
        }
        five.copy_from_slice(&word.to_be_bytes()[3..]);
    }
    Some(out)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new random id.
            pub fn random() -> Self {
                Self(random_bytes())
            }

            /// The id with exactly these bytes.
            pub const fn from_bytes(bytes: [u8; LENGTH]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let spelled = spell(self.0);
                let text = std::str::from_utf8(&spelled).expect("the alphabet is ASCII");
                write!(f, concat!($prefix, "_{}"), text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(unspell)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// Anyone with keys: person, organisation, device, oracle or operator.
    PartyId = "prt";
    /// A person's pseudonym in one relationship.
    SurrogateId = "sur";
    /// A service that an organisation describes.
    ServiceId = "svc";
    /// A service link: a person's account at a service, tied to Assent under a pseudonym.
    LinkId = "slr";
    /// A service link status record.
    LinkStatusId = "ssr";
    /// A requester's question for one consent.
    RequestId = "crq";
    /// A consent record (`cr_id`).
    ConsentId = "cns";
    /// The two consent records of a sharing between services.
    PairId = "cpr";
    /// A consent status record.
    StatusRecordId = "csr";
    /// A use receipt.
    ReceiptId = "rcp";
    /// A webhook endpoint.
    WebhookId = "whk";
    /// A stream of a device.
    StreamId = "str";
    /// A body in the vault.
    BodyId = "bdy";
}

fn derive(domain: Domain, key: &VerifyingKey) -> [u8; LENGTH] {
    let digest = Digest::tagged(domain, &[key.as_bytes()]);
    *digest
        .as_bytes()
        .first_chunk()
        .expect("a digest is longer than an id")
}

impl PartyId {
    /// The id of the party whose inception key this is.
    pub fn of(inception: &VerifyingKey) -> Self {
        Self(derive(domains::PARTY_ID, inception))
    }
}

impl SurrogateId {
    /// The id of the pseudonym that was made with this key.
    pub fn of(key: &VerifyingKey) -> Self {
        Self(derive(domains::SURROGATE_ID, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, valid: bool) {
        let parsed = text.parse::<ConsentId>();
        assert_eq!(parsed.is_ok(), valid, "{text}");
        if let Ok(id) = parsed {
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn spelling_is_strict() {
        check("cns_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true);
        check("cns_77777777777777777777777777777777", true);
        check("cns_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false);
        check("cns_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("cns_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0", false);
        check("cns_0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("prt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("", false);
    }

    proptest::proptest! {
        #[test]
        fn every_id_survives_its_spelling(bytes: [u8; LENGTH]) {
            let id = LinkId::from_bytes(bytes);
            proptest::prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
