//! A key out of a short code: SPAKE2 over Edwards25519 (Abdalla and Pointcheval 2005; the group
//! elements and the key derivation of the crate `spake2`).
//!
//! Whoever listens learns nothing about the code, however short it is: the two shares that are sent
//! are as likely under every code. Whoever takes part learns whether one guess is right, and no
//! more, so that it is enough to count attempts. SPAKE2 alone does not tell either side that the
//! other has the same key: the confirmations do, and bind what else the two must agree on.
//!
//! An exchange is used once. Codes are as well, because the group operations do not take the same
//! time for every code.

use spake2::{Ed25519Group, Identity, Password, Spake2};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::base64url;
use crate::digest::{Digest, hmac_sha256};
use crate::domains::{Domain, PAIRING_CONFIRM_ENTERED, PAIRING_CONFIRM_SHOWN};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which end of the exchange. The two never send the same, so that nobody's words can be sent back
/// to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Shows the code.
    Shows,
    /// Is told the code.
    Enters,
}

/// One end of an exchange that waits for the share of the other.
pub struct Exchange {
    side: Side,
    state: Spake2<Ed25519Group>,
    share: Share,
}

/// What one end sends; it says nothing about the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share([u8; 33]);

/// A key that the other end has too, if it was told the same code.
#[derive(ZeroizeOnDrop)]
pub struct AgreedKey {
    key: [u8; 32],
    #[zeroize(skip)]
    side: Side,
}

/// The word of one end that it has the key, and agrees on the terms.
///
/// Compared in constant time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Confirmation(Digest);

/// The other end's share is none, or is that of the same side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a share of the other side")]
pub struct InvalidShare;

impl Exchange {
    /// Begins an exchange over `code`. `shown` and `entered` name the two ends, and must be the same
    /// at both.
    pub fn begin(side: Side, code: &[u8], shown: &[u8], entered: &[u8]) -> Exchange {
        let password = Password::new(code);
        let (shown, entered) = (Identity::new(shown), Identity::new(entered));
        let (state, share) = match side {
            Side::Shows => Spake2::start_a(&password, &shown, &entered),
            Side::Enters => Spake2::start_b(&password, &shown, &entered),
        };
        let share = share.try_into().expect("a side and a compressed point");
        Exchange {
            side,
            state,
            share: Share(share),
        }
    }

    /// What to send to the other end.
    pub const fn share(&self) -> Share {
        self.share
    }

    /// The key. Whether the other end has the same is not known before its [`Confirmation`].
    ///
    /// # Errors
    /// [`InvalidShare`].
    pub fn finish(self, other: &Share) -> Result<AgreedKey, InvalidShare> {
        let key = self.state.finish(&other.0).map_err(|_| InvalidShare)?;
        let key = Zeroizing::new(key);
        Ok(AgreedKey {
            key: key.as_slice().try_into().expect("SHA-256 gives 32 bytes"),
            side: self.side,
        })
    }
}

impl AgreedKey {
    /// This end's word that it has the key and agrees on `terms`.
    pub fn confirm(&self, terms: &[&[u8]]) -> Confirmation {
        Confirmation(hmac_sha256(&self.key, domain(self.side), terms))
    }

    /// Whether the other end has the key and agrees on `terms`.
    pub fn is_confirmed(&self, terms: &[&[u8]], by_other: &Confirmation) -> bool {
        let other = match self.side {
            Side::Shows => Side::Enters,
            Side::Enters => Side::Shows,
        };
        let expected = hmac_sha256(&self.key, domain(other), terms);
        expected.as_bytes().ct_eq(by_other.0.as_bytes()).into()
    }
}

const fn domain(side: Side) -> Domain {
    match side {
        Side::Shows => PAIRING_CONFIRM_SHOWN,
        Side::Enters => PAIRING_CONFIRM_ENTERED,
    }
}

impl Share {
    /// The 33 bytes: the side, and a compressed point.
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// The share with these bytes; whether they are one is found when it is used.
    pub const fn from_bytes(bytes: [u8; 33]) -> Share {
        Share(bytes)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize_array(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64url::deserialize_array(deserializer).map(Share)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exchange({:?}, ..)", self.side)
    }
}

impl fmt::Debug for AgreedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgreedKey(..)")
    }
}
