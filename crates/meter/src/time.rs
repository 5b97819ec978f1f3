//! The time a meter prints: local, to the second, with a letter for summer or winter time.

use std::fmt;
use std::str::FromStr;

use crate::telegram::LineError;

/// Local time at the meter, a date and time of day that exist.
///
/// Not ordered: the hour that the clocks repeat in autumn has summer times that precede winter
/// times with smaller numbers.
///
/// Prints and serialises as `2017-01-02T19:20:02W`: ISO 8601 without offset, then the letter of
/// the telegram, or no letter where it prints none. The offset is not known here: `S` is UTC+2 in
/// Amsterdam and UTC+1 in Dublin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct P1Time {
    /// 1970 to 2069; the telegram prints the last two digits. A clock that was never set prints
    /// the first hours of 1970.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the last of the month.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Whether summer time was in force; DSMR 2.2 and 3 do not say.
    pub dst: Option<Dst>,
}

/// The letter after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dst {
    /// `S`: daylight saving time is in force.
    Summer,
    /// `W`: standard time is in force.
    Winter,
}

impl P1Time {
    /// Reads `YYMMDDhhmmss`, then `S`, `W` or nothing.
    ///
    /// `None` is "no time is stated": an empty group, or digits that are no date. Meters print
    /// such digits (`632525252525W`) for devices and months that have no reading yet.
    pub(crate) fn stated(text: &[u8]) -> Result<Option<Self>, LineError> {
        if text.is_empty() {
            return Ok(None);
        }
        let (digits, letter) = text.split_at_checked(12).ok_or(LineError::NotTime)?;
        let dst = match letter {
            [] => None,
            b"S" => Some(Dst::Summer),
            b"W" => Some(Dst::Winter),
            _ => return Err(LineError::NotTime),
        };
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(LineError::NotTime);
        }
        let pair = |at: usize| (digits[at] - b'0') * 10 + (digits[at + 1] - b'0');
        let time = Self {
            year: match u16::from(pair(0)) {
                year @ 70.. => 1900 + year,
                year => 2000 + year,
            },
            month: pair(2),
            day: pair(4),
            hour: pair(6),
            minute: pair(8),
            second: pair(10),
            dst,
        };
        Ok(time.exists().then_some(time))
    }

    /// Like [`P1Time::stated`], where a time is required.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, LineError> {
        Self::stated(text)?.ok_or(LineError::NotTime)
    }

    fn exists(self) -> bool {
        let days = match self.month {
            4 | 6 | 9 | 11 => 30,
            // 2000 is a leap year, and 1900 and 2100 cannot be printed, so every fourth year is one.
            2 if self.year.is_multiple_of(4) => 29,
            2 => 28,
            _ => 31,
        };
        (1..=12).contains(&self.month)
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }
}

impl FromStr for P1Time {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for P1Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            dst,
        } = self;
        let letter = match dst {
            Some(Dst::Summer) => "S",
            Some(Dst::Winter) => "W",
            None => "",
        };
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{letter}"
        )
    }
}

impl serde::Serialize for P1Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
