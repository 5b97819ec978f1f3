//! OBIS codes: which quantity of which meter a line reports (IEC 62056-61).

use std::fmt;
use std::str::FromStr;

use crate::telegram::LineError;

/// A code `A-B:C.D.E`, with the optional `*F` that some meters print.
///
/// Ordered by its value groups, from A to F.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Obis {
    /// A: what is metered. 0 is the meter itself and its M-Bus devices, 1 is electricity.
    pub medium: u8,
    /// B: the channel. In medium 0 it numbers the M-Bus devices from 1 on.
    pub channel: u8,
    /// C: the physical quantity.
    pub quantity: u8,
    /// D: how the quantity is processed: momentary value, meter reading, maximum.
    pub processing: u8,
    /// E: the tariff, or a further division.
    pub tariff: u8,
    /// F: the billing period; [`Obis::CURRENT`] where none is printed.
    pub period: u8,
}

impl Obis {
    /// The billing period that is running now. Printing it (`*255`) or not means the same.
    pub const CURRENT: u8 = 255;

    /// The code `A-B:C.D.E` of the running period.
    pub const fn new(medium: u8, channel: u8, quantity: u8, processing: u8, tariff: u8) -> Self {
        Self {
            medium,
            channel,
            quantity,
            processing,
            tariff,
            period: Self::CURRENT,
        }
    }

    /// Takes a code off the front of a line.
    pub(crate) fn split_from(line: &[u8]) -> Option<(Self, &[u8])> {
        let (medium, rest) = group(line)?;
        let (channel, rest) = group(rest.strip_prefix(b"-")?)?;
        let (quantity, rest) = group(rest.strip_prefix(b":")?)?;
        let (processing, rest) = group(rest.strip_prefix(b".")?)?;
        let (tariff, rest) = group(rest.strip_prefix(b".")?)?;
        let mut obis = Self::new(medium, channel, quantity, processing, tariff);
        match rest.strip_prefix(b"*") {
            None => Some((obis, rest)),
            Some(rest) => {
                let (period, rest) = group(rest)?;
                obis.period = period;
                Some((obis, rest))
            }
        }
    }
}

/// One value group: one to three digits, at most 255.
fn group(text: &[u8]) -> Option<(u8, &[u8])> {
    let mut value = 0_u8;
    let mut digits = 0;
    while digits < 3 && text.get(digits).is_some_and(u8::is_ascii_digit) {
        value = value.checked_mul(10)?.checked_add(text[digits] - b'0')?;
        digits += 1;
    }
    (digits > 0).then(|| (value, &text[digits..]))
}

impl fmt::Display for Obis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            medium,
            channel,
            quantity,
            processing,
            tariff,
            period,
        } = self;
        write!(f, "{medium}-{channel}:{quantity}.{processing}.{tariff}")?;
        if *period == Self::CURRENT {
            Ok(())
        } else {
            write!(f, "*{period}")
        }
    }
}

impl FromStr for Obis {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::split_from(text.as_bytes()) {
            Some((obis, [])) => Ok(obis),
            _ => Err(LineError::NotObis),
        }
    }
}

impl serde::Serialize for Obis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
