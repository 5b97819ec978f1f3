//! What leaves the reader: the records of a dataset.

use std::borrow::Cow;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use crate::quantity::{Quantity, Unit};
use crate::zone::UnixSeconds;

/// One record of a dataset.
///
/// Serialises as `{"from":1780264800,"to":1780265700,"values":[…]}` or, where nothing is known, as
/// `{"from":…,"to":…,"gap":"no-telegrams"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it begins; of a live record, the time of the telegram.
    pub from: UnixSeconds,
    /// When it ends, exclusive; of a live record with values, the same as `from`.
    pub to: UnixSeconds,
    /// What is known of that time.
    #[serde(flatten)]
    pub content: Content,
}

/// What is known of the time of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Amounts; a concept that is not among them is not known for this time.
    Values(Vec<Amount>),
    /// Nothing is known.
    Gap(GapReason),
}

/// Why nothing is known of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// No telegram came when one was needed.
    NoTelegrams,
    /// Another meter took the place of the one before.
    MeterReplaced,
    /// The records of that time were dropped, because nobody took them for too long.
    BufferFull,
}

/// An amount under the name that consents use.
///
/// Serialises as `{"concept":"power_delivered","value":"0.244","unit":"kW"}`: the value is a text,
/// so that no reader turns an exact amount into a float.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The name (see [`crate::concepts::concept`]).
    pub concept: Cow<'static, str>,
    /// How much.
    pub quantity: Quantity,
    /// When it was measured, where that is another time than that of the record.
    pub measured: Option<UnixSeconds>,
}

/// An amount on the wire.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    concept: Cow<'a, str>,
    value: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    unit: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    measured: Option<UnixSeconds>,
}

impl Amount {
    /// The amount that is written like this; `None` if it is not a number, or in no known unit.
    pub(super) fn parse(
        concept: Cow<'static, str>,
        value: &str,
        unit: &str,
        measured: Option<UnixSeconds>,
    ) -> Option<Self> {
        let unit = match unit {
            "" => Unit::One,
            symbol => Unit::parse(symbol.as_bytes())?,
        };
        let quantity = Quantity::parse(value.as_bytes()).ok()?;
        Some(Self {
            concept,
            quantity: quantity.with_unit(unit),
            measured,
        })
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            concept: Cow::Borrowed(&self.concept),
            value: Cow::Owned(self.quantity.to_string()),
            unit: Cow::Borrowed(self.quantity.unit().symbol()),
            measured: self.measured,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let concept = Cow::Owned(written.concept.into_owned());
        Self::parse(concept, &written.value, &written.unit, written.measured)
            .ok_or_else(|| D::Error::custom("not an amount in a known unit"))
    }
}
