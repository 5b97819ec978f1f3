//! Readings: what leaves the meter, under the names that consents use.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Object, Value};
use crate::obis::Obis;
use crate::quantity::{Quantity, Unit};
use crate::time::P1Time;

/// One value of a telegram, borrowed from it.
///
/// Serialises as `{"obis":"0-1:24.2.1","concept":"gas_delivered","value":"0.107","unit":"m3",
/// "time":"2017-01-02T16:10:05W"}`, without the fields that are `None`. `value` is always a string,
/// so that no reader turns an exact amount into a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reading<'a> {
    /// The code of the object.
    pub obis: Obis,
    /// The name under which consents release it (see [`crate::concepts::concept`]). What has none
    /// cannot be released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<&'static str>,
    /// What the meter says.
    pub value: ReadingValue<'a>,
    /// The unit, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// The time of this value where it has its own; for an entry of a log, when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<P1Time>,
}

/// The value of a [`Reading`]. Its `Display` is what is serialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingValue<'a> {
    /// An exact decimal, without its unit: `0.244`.
    Amount(Quantity),
    /// A whole number.
    Number(i64),
    /// The groups as printed; in parentheses if they are several.
    Raw(&'a [String]),
    /// Text.
    Text(&'a str),
    /// A time.
    Time(P1Time),
}

pub(super) fn of<'a>(
    object: &'a Object,
    concept: Option<&'static str>,
    readings: &mut Vec<Reading<'a>>,
) {
    let obis = object.obis;
    let plain = |value| Reading {
        obis,
        concept,
        value,
        unit: None,
        time: None,
    };
    let amount = |quantity: Quantity, time| Reading {
        unit: (quantity.unit() != Unit::One).then_some(quantity.unit()),
        time,
        ..plain(ReadingValue::Amount(quantity))
    };
    match &object.value {
        Value::Log(log) => {
            readings.extend(
                log.entries
                    .iter()
                    .map(|entry| amount(entry.value, entry.recorded)),
            );
        }
        Value::Number(number) => readings.push(plain(ReadingValue::Number(*number))),
        Value::Quantity(quantity) => readings.push(amount(*quantity, None)),
        Value::Raw(groups) => readings.push(plain(ReadingValue::Raw(groups))),
        Value::Text(text) => readings.push(plain(ReadingValue::Text(text))),
        Value::Time(time) => readings.push(plain(ReadingValue::Time(*time))),
        Value::Timestamped { time, value } => readings.push(amount(*value, Some(*time))),
    }
}

impl fmt::Display for ReadingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(quantity) => quantity.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Raw([group]) => f.write_str(group),
            Self::Raw(groups) => groups.iter().try_for_each(|group| write!(f, "({group})")),
            Self::Text(text) => f.write_str(text),
            Self::Time(time) => time.fmt(f),
        }
    }
}

impl Serialize for ReadingValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            other => serializer.collect_str(other),
        }
    }
}
