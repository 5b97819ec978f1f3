//! The day in progress: what the registers have counted since its first reading.
//!
//! Registers count on while nobody listens, so a gap in the day costs nothing here.

use std::collections::BTreeMap;

use assent_meter::datasets::Sample;
use assent_meter::zone::{LocalDay, UnixSeconds};
use serde::{Deserialize, Serialize};

use super::amounts;
use super::cost::Prices;

/// A reading within this many seconds after midnight stands for midnight.
const AT_MIDNIGHT: i64 = 60;

/// What the registers have counted in a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Today {
    /// Its first second, and the first of the next.
    bounds: Option<(UnixSeconds, UnixSeconds)>,
    counters: BTreeMap<String, Counter>,
}

/// One register in the course of a day, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// When it was read first on that day.
    pub since: UnixSeconds,
    /// When it was read last.
    pub until: UnixSeconds,
    first: i64,
    last: i64,
    /// What meters counted that were replaced on that day.
    before: i64,
}

impl Counter {
    /// What was counted.
    pub fn counted(&self) -> i64 {
        self.before + self.last - self.first
    }
}

impl Today {
    /// From when on something is known of the day, where that is not midnight.
    pub fn since(&self) -> Option<UnixSeconds> {
        let (start, _) = self.bounds?;
        let electricity = self
            .counters
            .iter()
            .filter(|(name, _)| name.starts_with("electricity"));
        let since = electricity.map(|(_, counter)| counter.since).min()?;
        (since >= start + AT_MIDNIGHT).then_some(since)
    }

    /// What a register has counted.
    pub fn counter(&self, concept: &str) -> Option<Counter> {
        self.counters.get(concept).copied()
    }

    /// What registers have counted together; `None` where none is known.
    pub fn sum(&self, concepts: &[&str]) -> Option<i64> {
        let known: Vec<i64> = concepts
            .iter()
            .filter_map(|concept| Some(self.counter(concept)?.counted()))
            .collect();
        (!known.is_empty()).then(|| known.iter().sum())
    }

    /// What it costs so far; `None` where nothing is known that costs something.
    pub fn cost(&self, prices: &Prices) -> Option<i64> {
        let counted = |concept: &str| Some(self.counter(concept)?.counted());
        prices.cost(counted)
    }

    pub(super) fn take(&mut self, day: LocalDay, sample: &Sample) {
        match self.bounds {
            Some((start, _)) if day.start < start => return,
            Some((start, _)) if day.start == start => {}
            _ => {
                self.bounds = Some((day.start, day.end));
                self.counters.clear();
            }
        }
        for amount in &sample.amounts {
            if !amount.quantity.unit().is_counted() {
                continue;
            }
            // A gas meter says now what it measured a while ago, on the day before as well.
            let time = amount.measured.unwrap_or(sample.time);
            let value = amounts::thousandths(amount.quantity);
            if let Some(value) = value.filter(|_| (day.start..day.end).contains(&time)) {
                self.read(&amount.concept, time, value);
            }
        }
    }

    /// Forgets what is of other concepts.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.counters.retain(|concept, _| is_kept(concept));
        if self.counters.is_empty() {
            self.bounds = None;
        }
    }

    fn read(&mut self, concept: &str, time: UnixSeconds, value: i64) {
        let fresh = Counter {
            since: time,
            until: time,
            first: value,
            last: value,
            before: 0,
        };
        let counter = self.counters.entry(concept.to_owned()).or_insert(fresh);
        if value < counter.last {
            // Another meter counts from another number.
            counter.before = counter.counted();
            counter.first = value;
        }
        counter.last = value;
        counter.until = time;
    }
}
