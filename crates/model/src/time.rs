//! Instants and spans in whole milliseconds.
//!
//! On the wire and under signatures a time is an integer count of milliseconds since
//! 1970-01-01T00:00:00Z; people are shown ISO 8601 at the edges. Rules never ask for the time:
//! they are given the time of the block.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// The largest count of milliseconds, 2^53 − 1. The numbers of canonical JSON are doubles
/// (RFC 8785), so a larger count would be signed as one instant and read as another.
const MILLIS_MAX: u64 = (1 << 53) - 1;

/// Milliseconds since 1970-01-01T00:00:00Z, until some time in the year 287396.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u64")]
pub struct Timestamp(u64);

/// A span of milliseconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u64")]
pub struct Span(u64);

/// A count of milliseconds that canonical JSON cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is at most {MILLIS_MAX} milliseconds")]
pub struct TimeTooLarge;

const fn clamp(millis: u64) -> u64 {
    if millis < MILLIS_MAX {
        millis
    } else {
        MILLIS_MAX
    }
}

impl TryFrom<u64> for Timestamp {
    type Error = TimeTooLarge;

    fn try_from(millis: u64) -> Result<Self, TimeTooLarge> {
        Span::try_from(millis).map(|Span(millis)| Self(millis))
    }
}

impl TryFrom<u64> for Span {
    type Error = TimeTooLarge;

    fn try_from(millis: u64) -> Result<Self, TimeTooLarge> {
        if millis <= MILLIS_MAX {
            Ok(Self(millis))
        } else {
            Err(TimeTooLarge)
        }
    }
}

impl Timestamp {
    /// The last instant.
    pub const MAX: Self = Self(MILLIS_MAX);

    /// The instant so many milliseconds after the epoch, or the last one.
    pub const fn from_millis(millis: u64) -> Self {
        Self(clamp(millis))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (the unit of RFC 7519 claims).
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long after `earlier` this is; zero when it is not.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// The longest span.
    pub const MAX: Self = Self(MILLIS_MAX);

    /// A span of milliseconds, or the longest one.
    pub const fn from_millis(millis: u64) -> Self {
        Self(clamp(millis))
    }

    /// A span of seconds, or the longest one.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// A span of minutes, or the longest one.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self::from_seconds(minutes.saturating_mul(60))
    }

    /// A span of days of 24 hours, or the longest one.
    pub const fn from_days(days: u64) -> Self {
        Self::from_minutes(days.saturating_mul(24 * 60))
    }

    /// Milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

/// Ends at the last instant.
impl Add<Span> for Timestamp {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_add(span.0))
    }
}

/// Ends at the epoch.
impl Sub<Span> for Timestamp {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}
