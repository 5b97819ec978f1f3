//! From which age a person may consent by themselves.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Years. The law lets it be 13 to 16 for services of the information society (GDPR article 8); a
/// service for adults says 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct MinimumAge(u8);

/// Not an age that a description may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a minimum age is 13 to 18 years")]
pub struct MinimumAgeError;

impl MinimumAge {
    /// The youngest that a description may say.
    pub const YOUNGEST: Self = Self(13);
    /// The oldest that a description may say.
    pub const OLDEST: Self = Self(18);

    /// The years.
    pub const fn years(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for MinimumAge {
    type Error = MinimumAgeError;

    fn try_from(years: u8) -> Result<Self, MinimumAgeError> {
        if (Self::YOUNGEST.0..=Self::OLDEST.0).contains(&years) {
            Ok(Self(years))
        } else {
            Err(MinimumAgeError)
        }
    }
}

impl From<MinimumAge> for u8 {
    fn from(age: MinimumAge) -> Self {
        age.0
    }
}

impl fmt::Display for MinimumAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
