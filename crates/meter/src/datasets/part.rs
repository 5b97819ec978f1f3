//! What one lane of a channel carries: the points of one concept.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::record::{Amount, Content, GapReason, Record};
use crate::zone::UnixSeconds;

/// Sealed parts have a whole number of blocks of so many bytes.
const BLOCK: usize = 64;

/// What some records of a dataset say of one concept, as a device seals it and a reader opens it.
///
/// A reader is given concepts, not records: who may read the power has nothing of the gas. That
/// nothing is known of a time is said in every part, since it is so for every concept.
///
/// Serialises as `{"points":[{"from":…,"to":…,"value":"0.244","unit":"kW"}],"gaps":[…]}`.
///
/// ```
/// use assent_meter::datasets::{Part, Record};
///
/// let records: Vec<Record> = serde_json::from_str(r#"[
///     {"from":10,"to":10,"values":[{"concept":"power_delivered","value":"0.244","unit":"kW"},
///                                  {"concept":"voltage_l1","value":"231.0","unit":"V"}]},
///     {"from":11,"to":90,"gap":"no-telegrams"}
/// ]"#)?;
/// let part = Part::of(&records, "power_delivered").ok_or("it is measured")?;
/// assert_eq!(part.points.len(), 1);
/// assert_eq!((part.gaps[0].from, part.gaps[0].to), (11, 90));
/// assert_eq!(Part::from_bytes(&part.to_bytes())?, part);
/// assert_eq!(part.to_bytes().len() % 64, 0);
/// assert!(Part::of(&records[..1], "gas_delivered").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What was measured, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Point>,
    /// Of which times nothing is known, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// One amount of the concept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// When the record begins that it stands in.
    pub from: UnixSeconds,
    /// When that ends.
    pub to: UnixSeconds,
    /// The amount.
    #[serde(flatten)]
    pub amount: PointAmount,
}

/// An amount without the name of its concept, which the lane has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointAmount {
    /// In decimals, exactly as the meter has it.
    pub value: String,
    /// The symbol of the unit; empty for a bare number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// When it was measured, where that is another time than that of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<UnixSeconds>,
}

/// A time of which nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// When it begins.
    pub from: UnixSeconds,
    /// When it ends.
    pub to: UnixSeconds,
    /// Why.
    pub reason: GapReason,
}

impl Part {
    /// What these records say of a concept; `None` if nothing, not even a gap.
    pub fn of(records: &[Record], concept: &str) -> Option<Self> {
        let mut part = Self::default();
        for record in records {
            let (from, to) = (record.from, record.to);
            match &record.content {
                Content::Gap(reason) => part.gaps.push(Gap {
                    from,
                    to,
                    reason: *reason,
                }),
                Content::Values(amounts) => {
                    let found = amounts.iter().find(|amount| amount.concept == concept);
                    part.points.extend(found.map(|amount| Point {
                        from,
                        to,
                        amount: amount.into(),
                    }));
                }
            }
        }
        let says_nothing = part.points.is_empty() && part.gaps.is_empty();
        (!says_nothing).then_some(part)
    }

    /// The earliest and the latest time that it says anything of; `None` if it says nothing. An amount
    /// that was measured before its record begins counts from then.
    ///
    /// ```
    /// use assent_meter::datasets::Part;
    ///
    /// let part = r#"{"points":[{"from":40,"to":40,"value":"1.5","unit":"m3","measured":10}],
    ///                "gaps":[{"from":41,"to":90,"reason":"no-telegrams"}]}"#;
    /// assert_eq!(Part::from_bytes(part.as_bytes())?.period(), Some((10, 90)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn period(&self) -> Option<(UnixSeconds, UnixSeconds)> {
        let points = self.points.iter().map(|point| {
            let measured = point.amount.measured.unwrap_or(point.from);
            (measured.min(point.from), measured.max(point.to))
        });
        let gaps = self.gaps.iter().map(|gap| (gap.from, gap.to));
        let both = |a: (i64, i64), b: (i64, i64)| (a.0.min(b.0), a.1.max(b.1));
        points.chain(gaps).reduce(both)
    }

    /// As it is sealed: JSON, with spaces behind it up to a whole number of blocks of 64 bytes. Whoever
    /// relays a part, or may read another lane of the same record, sees how long it is; without the
    /// spaces the digits of each amount could be counted.
    ///
    /// # Panics
    /// Never: texts and numbers always serialise.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("texts and numbers always serialise");
        bytes.resize(bytes.len().next_multiple_of(BLOCK), b' ');
        bytes
    }

    /// Reads what [`Part::to_bytes`] wrote.
    ///
    /// # Errors
    /// The bytes are no part.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl From<&Amount> for PointAmount {
    fn from(amount: &Amount) -> Self {
        Self {
            value: amount.quantity.to_string(),
            unit: amount.quantity.unit().symbol().to_owned(),
            measured: amount.measured,
        }
    }
}

impl PointAmount {
    /// The amount under the name of the lane's concept; `None` if it is not one.
    pub fn named(&self, concept: Cow<'static, str>) -> Option<Amount> {
        Amount::parse(concept, &self.value, &self.unit, self.measured)
    }
}
