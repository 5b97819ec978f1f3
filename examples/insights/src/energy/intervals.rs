//! Quarter-hours and days that are over, with the times of which nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use assent_meter::datasets::{Content, Part, Record};
use assent_meter::zone::{LocalDay, UnixSeconds};
use serde::{Deserialize, Serialize};

use super::amounts;
use super::cost::Prices;

const QUARTER_HOUR: i64 = 900;

/// A time that is over: amounts in thousandths, by concept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Its end, exclusive.
    to: UnixSeconds,
    /// What is known of it; nothing in a gap.
    amounts: BTreeMap<String, i64>,
}

/// Intervals by their beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Intervals(BTreeMap<UnixSeconds, Interval>);

/// What is shown of a time that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its first second.
    pub from: UnixSeconds,
    /// The first second after it.
    pub to: UnixSeconds,
    amounts: BTreeMap<String, i64>,
    registers: BTreeSet<String>,
}

impl Intervals {
    /// How many are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, record: &Record) {
        let interval = self.0.entry(record.from).or_default();
        interval.to = record.to;
        if let Content::Values(values) = &record.content {
            let known = values.iter().filter_map(|amount| {
                let value = amounts::thousandths(amount.quantity)?;
                Some((amount.concept.clone().into_owned(), value))
            });
            interval.amounts.extend(known);
        }
    }

    /// Takes the records of a dataset that the consent gives as it is.
    pub(super) fn take_parts(&mut self, parts: Vec<(String, Part)>) {
        for (concept, part) in parts {
            for gap in part.gaps {
                self.0.entry(gap.from).or_default().to = gap.to;
            }
            for point in part.points {
                let named = point.amount.named(concept.clone().into());
                let value = named.and_then(|amount| amounts::thousandths(amount.quantity));
                let interval = self.0.entry(point.from).or_default();
                interval.to = point.to;
                interval
                    .amounts
                    .extend(value.map(|value| (concept.clone(), value)));
            }
        }
    }

    /// Forgets what is of other concepts, and the times of which nothing is left.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.0.retain(|_, interval| {
            let before = interval.amounts.len();
            interval.amounts.retain(|concept, _| is_kept(concept));
            before == interval.amounts.len() || !interval.amounts.is_empty()
        });
    }

    pub(super) fn forget_before(&mut self, kept: i64) {
        let Some((latest, _)) = self.0.last_key_value() else {
            return;
        };
        let oldest = latest - kept;
        self.0.retain(|from, _| *from >= oldest);
    }

    /// The quarter-hours of a day from its first that is known to its last.
    pub(super) fn slots(&self, day: LocalDay, registers: &BTreeSet<String>) -> Vec<Slot> {
        let within = self.0.range(day.start - QUARTER_HOUR..day.end);
        let within = within.filter(|(_, interval)| interval.to > day.start);
        let (mut first, mut last) = (day.end, day.start);
        for (from, interval) in within {
            first = first.min((*from).max(day.start));
            last = last.max(interval.to.min(day.end));
        }
        let starts = (first..last).step_by(usize::try_from(QUARTER_HOUR).expect("it is positive"));
        let slot = |from: UnixSeconds| {
            let to = from + QUARTER_HOUR;
            // A gap may be longer than one.
            let known = self.0.get(&from).filter(|interval| interval.to == to);
            let amounts = known.map(|interval| interval.amounts.clone());
            Slot::of(from, to, amounts.unwrap_or_default(), registers)
        };
        starts.map(slot).collect()
    }

    pub(super) fn all_slots(&self, registers: &BTreeSet<String>) -> Vec<Slot> {
        let slot = |(from, interval): (&UnixSeconds, &Interval)| {
            Slot::of(*from, interval.to, interval.amounts.clone(), registers)
        };
        self.0.iter().map(slot).collect()
    }
}

impl Slot {
    fn of(
        from: UnixSeconds,
        to: UnixSeconds,
        amounts: BTreeMap<String, i64>,
        registers: &BTreeSet<String>,
    ) -> Self {
        Self {
            from,
            to,
            amounts,
            registers: registers.clone(),
        }
    }

    /// An amount.
    pub fn amount(&self, concept: &str) -> Option<i64> {
        self.amounts.get(concept).copied()
    }

    /// What was taken from the grid, over all tariffs; `None` if one of them is not known.
    pub fn used(&self) -> Option<i64> {
        self.total("electricity_delivered")
    }

    /// What was fed in, over all tariffs; `None` if one of them is not known.
    pub fn fed_in(&self) -> Option<i64> {
        self.total("electricity_returned")
    }

    fn total(&self, register: &str) -> Option<i64> {
        if let Some(total) = self.amount(register) {
            return Some(total);
        }
        let prefix = format!("{register}_tariff_");
        let is_tariff = |name: &&String| name.starts_with(&prefix);
        let known = self.amounts.keys().filter(is_tariff);
        let read = self.registers.iter().filter(is_tariff);
        let tariffs: BTreeSet<&String> = known.chain(read).collect();
        if tariffs.is_empty() {
            return None;
        }
        tariffs.into_iter().map(|tariff| self.amount(tariff)).sum()
    }

    /// What it cost; `None` where a register that costs something is not known.
    pub fn cost(&self, prices: &Prices) -> Option<i64> {
        let is_known = |name: &String| {
            let is_charged = name.contains("_tariff_") || name == "gas_delivered";
            !is_charged || self.amounts.contains_key(name)
        };
        self.registers.iter().all(is_known).then_some(())?;
        prices.cost(|concept| self.amount(concept))
    }
}
