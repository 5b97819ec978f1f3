//! The code that a device shows.

use std::fmt;
use std::str::FromStr;

use assent_api::v1::pairings::{ALPHABET, NAMEPLATE, Nameplate};
use assent_crypto::random::random_bytes;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many characters a code has.
const LENGTH: usize = 8;

/// Eight characters, shown as `BCDF-GHJK`.
///
/// The first three are the nameplate under which the relay keeps the offer; the other five, one of
/// 3.2 million, are known to the two sides alone. A code serves one pairing.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PairingCode([u8; LENGTH]);

/// A text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has eight consonants, such as BCDF-GHJK")]
pub struct InvalidCode;

impl PairingCode {
    /// A code that nobody can predict.
    pub fn random() -> Self {
        Self(std::array::from_fn(|_| random_character()))
    }

    /// What the relay is told.
    pub fn nameplate(&self) -> Nameplate {
        let plate = str::from_utf8(&self.0[..NAMEPLATE]).expect("the alphabet is ASCII");
        plate.parse().expect("a code is of the same alphabet")
    }

    /// What the key exchange is over.
    pub(super) const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

/// Bytes beyond the last whole round of the alphabet are drawn again, so that all are as likely.
fn random_character() -> u8 {
    const ROUNDS: u8 = 240;
    loop {
        let [byte] = random_bytes();
        if byte < ROUNDS {
            return ALPHABET[usize::from(byte) % ALPHABET.len()];
        }
    }
}

/// In capitals or not, with spaces and dashes anywhere.
impl FromStr for PairingCode {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let mut code = [0; LENGTH];
        let mut places = code.iter_mut();
        for character in text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')) {
            let character = character.to_ascii_uppercase();
            let place = places.next().ok_or(InvalidCode)?;
            *place = Some(character)
                .filter(|character| ALPHABET.contains(character))
                .ok_or(InvalidCode)?;
        }
        match places.next() {
            None => Ok(Self(code)),
            Some(_) => Err(InvalidCode),
        }
    }
}

/// As it is shown to the person.
impl fmt::Display for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = str::from_utf8(&self.0).expect("the alphabet is ASCII");
        let (first, second) = text.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairingCode({}..)", self.nameplate())
    }
}
