//! Prices that a person sets, and what energy costs at them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A price of a kWh or m³, in hundred-thousandths of a euro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Price(i64);

/// A text is no price: at most 99.99999, with a point or a comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a price is a number from 0 to 99.99999")]
pub struct NotAPrice;

const DIGITS: usize = 5;

impl Price {
    /// So many hundred-thousandths of a euro.
    pub const fn of(hundred_thousandths: i64) -> Self {
        Self(hundred_thousandths)
    }

    /// What `thousandths` of a unit cost, in thousandths of hundred-thousandths of a euro.
    fn times(self, thousandths: i64) -> i64 {
        self.0.saturating_mul(thousandths)
    }
}

impl FromStr for Price {
    type Err = NotAPrice;

    fn from_str(text: &str) -> Result<Self, NotAPrice> {
        let text = text.trim().replace(',', ".");
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_price = (1..=2).contains(&whole.len()) && rest.len() <= DIGITS;
        if !is_price || !is_digits(whole) || !is_digits(rest) {
            return Err(NotAPrice);
        }
        let digits = format!("{whole}{rest:0<DIGITS$}");
        digits.parse().map(Self).map_err(|_| NotAPrice)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:05}", self.0 / 100_000, self.0 % 100_000)
    }
}

/// What a household pays and is paid. The first tariff is the low one where there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// A kWh taken, by tariff.
    pub delivered: [Price; 2],
    /// What is paid for a kWh fed in, by tariff.
    pub returned: [Price; 2],
    /// A m³ of gas.
    pub gas: Price,
}

/// Prices to begin with, of nobody in particular.
impl Default for Prices {
    fn default() -> Self {
        Self {
            delivered: [Price::of(24_500), Price::of(27_500)],
            returned: [Price::of(6_000), Price::of(6_000)],
            gas: Price::of(125_000),
        }
    }
}

/// Registers and what they are charged at; what is fed in counts against the rest.
const CHARGED: [(&str, i64); 5] = [
    ("electricity_delivered_tariff_1", 1),
    ("electricity_delivered_tariff_2", 1),
    ("electricity_returned_tariff_1", -1),
    ("electricity_returned_tariff_2", -1),
    ("gas_delivered", 1),
];

impl Prices {
    /// What is owed, in thousandths of a euro, rounded; `None` where nothing is known.
    pub(super) fn cost(&self, counted: impl Fn(&str) -> Option<i64>) -> Option<i64> {
        let prices = self
            .delivered
            .iter()
            .chain(&self.returned)
            .chain([&self.gas]);
        let charged = CHARGED.iter().zip(prices);
        let known: Vec<i64> = charged
            .filter_map(|((concept, sign), price)| Some(sign * price.times(counted(concept)?)))
            .collect();
        let total: i64 = known.iter().sum();
        // From 10⁻⁸ euro to 10⁻³ euro, half away from zero.
        let half = if total < 0 { -50_000 } else { 50_000 };
        (!known.is_empty()).then_some((total + half) / 100_000)
    }
}
