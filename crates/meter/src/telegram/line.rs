//! One line: `A-B:C.D.E(group)(group)...`

use super::{Log, LogEntry, Object, Value};
use crate::codes::{self, Shape};
use crate::obis::Obis;
use crate::quantity::{Quantity, Unit};
use crate::time::P1Time;

/// Why a line cannot be read, in the order of checking. Holds nothing of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LineError {
    /// The line does not start with a code, or a name is no code.
    #[error("no OBIS code")]
    NotObis,
    /// Nothing in parentheses follows the code.
    #[error("no value after the OBIS code")]
    NoValue,
    /// Something stands outside the parentheses.
    #[error("text outside the parentheses")]
    StrayText,
    /// A parenthesis is not closed.
    #[error("a parenthesis is not closed")]
    Unclosed,
    /// A log does not hold the number of entries that it announces.
    #[error("a log of another length than announced")]
    LogLength,
    /// Not digits with an optional sign and decimal point.
    #[error("not a number")]
    NotNumber,
    /// More digits than an `i64` or [`Quantity::MAX_SCALE`] has room for.
    #[error("a number with too many digits")]
    NumberTooLong,
    /// A unit that meters do not print.
    #[error("an unknown unit")]
    UnknownUnit,
    /// Not `YYMMDDhhmmss` with `S`, `W` or nothing, or no time where one is required.
    #[error("not a time")]
    NotTime,
}

/// The lines that are not blank, each with its number from 1. The two lines of a reading of DSMR
/// 2.2 and 3 are one.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(content: &'a [u8]) -> Self {
        Self {
            rest: content,
            number: 0,
        }
    }

    fn take_physical(&mut self) -> usize {
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(self.rest.len(), |at| at + 1);
        self.rest = &self.rest[length..];
        self.number += 1;
        length
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let start = self.rest;
            let length = self.take_physical();
            let number = self.number;
            let mut text = start[..length].trim_ascii();
            if self.rest.starts_with(b"(") && continues(text) {
                let continued = length + self.take_physical();
                text = start[..continued].trim_ascii();
            }
            if !text.is_empty() || number == 1 {
                return Some((number, text));
            }
        }
        None
    }
}

fn continues(line: &[u8]) -> bool {
    Obis::split_from(line).and_then(|(obis, _)| codes::shape(obis)) == Some(Shape::OldDevice)
}

/// The groups of a line, known to be well formed.
#[derive(Clone)]
struct Groups<'a> {
    rest: &'a [u8],
    count: usize,
    last: &'a [u8],
}

impl<'a> Groups<'a> {
    fn check(text: &'a [u8]) -> Result<Self, LineError> {
        let mut groups = Self {
            rest: text,
            count: 0,
            last: &[],
        };
        let mut unread = text;
        while let [first, inner @ ..] = unread {
            match first {
                b'(' => {
                    (groups.last, unread) = split_group(inner).ok_or(LineError::Unclosed)?;
                    groups.count += 1;
                }
                // Two-line readings have a line end between groups.
                b'\r' | b'\n' => unread = inner,
                _ => return Err(LineError::StrayText),
            }
        }
        if groups.count == 0 {
            Err(LineError::NoValue)
        } else {
            Ok(groups)
        }
    }

    /// The groups, if they are exactly `N`.
    fn array<const N: usize>(&self) -> Option<[&'a [u8]; N]> {
        let mut groups = self.clone();
        (self.count == N).then(|| std::array::from_fn(|_| groups.next().expect("N were counted")))
    }

    fn raw(self) -> Value {
        Value::Raw(self.map(printed).collect())
    }
}

impl<'a> Iterator for Groups<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let open = self.rest.iter().position(|&byte| byte == b'(')?;
        let (group, rest) = split_group(&self.rest[open + 1..])?;
        self.rest = rest;
        self.count -= 1;
        Some(group)
    }
}

/// Splits what follows a `(` into the group and what follows its `)`.
fn split_group(inner: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = inner.iter().position(|byte| matches!(byte, b'(' | b')'))?;
    (inner[end] == b')').then(|| (&inner[..end], &inner[end + 1..]))
}

pub(super) fn parse(text: &[u8]) -> Result<Object, LineError> {
    let (obis, rest) = Obis::split_from(text).ok_or(LineError::NotObis)?;
    let groups = Groups::check(rest)?;
    let known = match (codes::shape(obis), groups.count) {
        (Some(Shape::Log), _) => log(&groups)?,
        (Some(Shape::OldDevice), _) => old_device(&groups)?,
        (Some(Shape::Timed), 2) => groups.array().map(timed).transpose()?,
        (Some(Shape::Measure | Shape::Timed), 1) => Some(measured(Quantity::parse(groups.last)?)),
        (Some(Shape::Printed), 1) => Some(Value::Text(printed(groups.last))),
        (Some(Shape::Text), 1) => Some(Value::Text(decoded(groups.last))),
        (Some(Shape::Time), 1) => Some(Value::Time(P1Time::parse(groups.last)?)),
        // Another number of groups than expected is the form of another country, not damage.
        (Some(_) | None, _) => None,
    };
    Ok(Object {
        obis,
        value: known.unwrap_or_else(|| groups.raw()),
    })
}

fn measured(quantity: Quantity) -> Value {
    match (quantity.unit(), quantity.scale()) {
        (Unit::One, 0) => Value::Number(quantity.mantissa()),
        _ => Value::Quantity(quantity),
    }
}

fn timed([time, value]: [&[u8]; 2]) -> Result<Value, LineError> {
    let value = Quantity::parse(value)?;
    Ok(match P1Time::stated(time)? {
        Some(time) => Value::Timestamped { time, value },
        None => measured(value),
    })
}

/// DSMR 2.2 and 3: `(time)(status)(period)(count)(code)(unit)` and one value without its unit.
fn old_device(groups: &Groups<'_>) -> Result<Option<Value>, LineError> {
    let Some([time, _status, _period, _count, _code, unit, value]) = groups.array() else {
        return Ok(None);
    };
    let value = Quantity::parse(value)?;
    let unit = Unit::parse(unit).ok_or(LineError::UnknownUnit)?;
    let time = P1Time::parse(time)?;
    Ok(Some(Value::Timestamped {
        time,
        value: value.with_unit(unit),
    }))
}

/// `(count)`, then the code of each column, then the entries: a time and an amount (power
/// failures, one column), or two times and an amount (peaks, two columns). `None` if the line
/// does not start like that.
fn log(groups: &Groups<'_>) -> Result<Option<Value>, LineError> {
    let mut rest = groups.clone();
    let Some(count) = rest.next().and_then(log_count) else {
        return Ok(None);
    };
    let columns = take_columns(&mut rest);
    let width = columns.len();
    if count > 0 && !(1..=2).contains(&width) {
        return Ok(None);
    }
    // Without entries, a meter prints the columns, or empty groups, or nothing.
    let announced = if count == 0 {
        rest.clone().all(<[u8]>::is_empty)
    } else {
        rest.count == count * (width + 1)
    };
    if !announced {
        return Err(LineError::LogLength);
    }
    let entries = (0..count)
        .map(|_| log_entry(&mut rest, width))
        .collect::<Result<_, _>>()?;
    Ok(Some(Value::Log(Log { columns, entries })))
}

/// At most three digits; none are a zero.
fn log_count(group: &[u8]) -> Option<usize> {
    let digits = group.len() <= 3 && group.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        group
            .iter()
            .fold(0, |count, digit| count * 10 + usize::from(digit - b'0'))
    })
}

fn take_columns(groups: &mut Groups<'_>) -> Vec<Obis> {
    let mut columns = Vec::new();
    let mut ahead = groups.clone();
    while let Some((obis, [])) = ahead.next().and_then(Obis::split_from) {
        columns.push(obis);
        groups.clone_from(&ahead);
    }
    columns
}

/// `times` is one or two; the groups were counted.
fn log_entry(groups: &mut Groups<'_>, times: usize) -> Result<LogEntry, LineError> {
    let mut group = || groups.next().expect("the groups were counted");
    let recorded = P1Time::stated(group())?;
    let occurred = if times == 2 {
        P1Time::stated(group())?
    } else {
        None
    };
    Ok(LogEntry {
        recorded,
        occurred,
        value: Quantity::parse(group())?,
    })
}

fn printed(group: &[u8]) -> String {
    String::from_utf8_lossy(group).into_owned()
}

/// Undoes the hexadecimal of an octet string. Identifiers that are not text (all zeros, packed
/// digits) and those printed without hexadecimal stay as they are.
fn decoded(group: &[u8]) -> String {
    let readable = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    unhex(group)
        .filter(|bytes| bytes.iter().all(readable))
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| printed(group))
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let mut bytes = Vec::with_capacity(pairs.len());
    for &[high, low] in pairs {
        bytes.push(nibble(high)? << 4 | nibble(low)?);
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
