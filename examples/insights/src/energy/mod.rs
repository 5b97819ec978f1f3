//! What a household's readings come to: power now, today, quarter-hours, days, and what they cost.
//!
//! Everything is in integers, in thousandths of what is shown (W, Wh, litres of gas). What the meter
//! did not say is not known and stays a gap. Quarter-hours and days are made out of live readings by
//! the same code that makes the datasets of a reader, days of 23 and 25 hours included; where a
//! consent gives a coarser dataset itself, its records are taken as they are.

mod amounts;
mod cost;
mod intervals;
mod power;
#[cfg(test)]
mod tests;
mod today;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use assent_meter::datasets::{Amount, Dataset, Part, Sample, Series, StateError};
use assent_meter::zone::{LocalDay, UnixSeconds, Zone};
use assent_model::records::consent::ResourceSet;
use serde::{Deserialize, Serialize};

pub use cost::{Price, Prices};
pub use intervals::{Interval, Intervals, Slot};
pub use power::{Power, PowerPoint};
pub use today::{Counter, Today};

/// How long quarter-hours are kept, in seconds: two days and the one in progress.
pub const QUARTERS_KEPT: i64 = 3 * 25 * 3600;
/// How long days are kept, in seconds.
pub const DAYS_KEPT: i64 = 62 * 24 * 3600;

/// What is known of one household.
#[derive(Debug, Clone)]
pub struct Energy {
    zone: Zone,
    /// Power from moment to moment.
    pub power: Power,
    /// The day in progress.
    pub today: Today,
    /// Quarter-hours that are over.
    pub quarters: Intervals,
    /// Days that are over.
    pub days: Intervals,
    /// The tariff in force, as the meter counts tariffs.
    pub tariff: Option<i64>,
    /// The registers that were ever read: a sum without one of them is not known.
    registers: BTreeSet<String>,
    /// The concepts that were ever read live, of which the series know something.
    live: BTreeSet<String>,
    series: [Series; 2],
}

/// As it is kept, under a key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    zone: String,
    power: Power,
    today: Today,
    quarters: Intervals,
    days: Intervals,
    tariff: Option<i64>,
    registers: BTreeSet<String>,
    live: BTreeSet<String>,
    series: [String; 2],
}

/// What was kept is damaged, or is of a zone that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept readings are damaged")]
pub struct EnergyDamaged;

fn fresh_series(zone: &Zone) -> [Series; 2] {
    [Dataset::QuarterHours, Dataset::Days].map(|dataset| Series::new(dataset, zone.clone()))
}

/// Whether a concept of a dataset is among what may be read.
pub(crate) fn gives(allowed: &ResourceSet, dataset: &str, concept: &str) -> bool {
    let mut concepts = allowed
        .iter()
        .filter(|(id, _)| id.as_str() == dataset)
        .flat_map(|(_, concepts)| concepts);
    concepts.any(|id| id.as_str() == concept)
}

impl Energy {
    /// Nothing is known yet of a household in this zone.
    pub fn new(zone: Zone) -> Self {
        Self {
            power: Power::default(),
            today: Today::default(),
            quarters: Intervals::default(),
            days: Intervals::default(),
            tariff: None,
            registers: BTreeSet::new(),
            live: BTreeSet::new(),
            series: fresh_series(&zone),
            zone,
        }
    }

    /// Where the meter stands.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Takes what one record of the channel says, by dataset and concept. What belongs to no dataset
    /// of a meter is passed over.
    pub fn take(&mut self, parts: impl IntoIterator<Item = (String, String, Part)>) {
        let mut by_dataset: BTreeMap<String, Vec<(String, Part)>> = BTreeMap::new();
        for (dataset, concept, part) in parts {
            by_dataset.entry(dataset).or_default().push((concept, part));
        }
        for dataset in Dataset::ALL {
            let Some(parts) = by_dataset.remove(dataset.name()) else {
                continue;
            };
            match dataset {
                Dataset::Live => self.take_live(parts),
                Dataset::QuarterHours => self.quarters.take_parts(parts),
                Dataset::Days => self.days.take_parts(parts),
            }
        }
        self.forget_old();
    }

    /// The channel says that nothing was measured.
    pub fn take_gap(&mut self, from: UnixSeconds, to: UnixSeconds) {
        self.power.take_gap(from, to);
    }

    fn take_live(&mut self, parts: Vec<(String, Part)>) {
        let mut samples: BTreeMap<UnixSeconds, Vec<Amount>> = BTreeMap::new();
        for (concept, part) in parts {
            self.live.insert(concept.clone());
            for gap in &part.gaps {
                self.power.take_gap(gap.from, gap.to);
            }
            for point in part.points {
                let amount = point.amount.named(Cow::Owned(concept.clone()));
                samples.entry(point.from).or_default().extend(amount);
            }
        }
        for (time, amounts) in samples {
            self.take_sample(&Sample {
                time,
                amounts,
                meter: None,
            });
        }
    }

    fn take_sample(&mut self, sample: &Sample) {
        self.power.take(sample);
        let indicator = amounts::of(sample, "tariff_indicator");
        self.tariff = indicator.map(|value| value / 1000).or(self.tariff);
        for amount in &sample.amounts {
            if amount.quantity.unit().is_counted() {
                self.registers.insert(amount.concept.clone().into_owned());
            }
        }
        if let Some(day) = self.zone.day(sample.time) {
            self.today.take(day, sample);
        }
        for (series, intervals) in self
            .series
            .iter_mut()
            .zip([&mut self.quarters, &mut self.days])
        {
            for record in series.push(sample) {
                intervals.take(&record);
            }
        }
    }

    /// Forgets what only those may know who may read more than this. Quarter-hours and days follow from
    /// live readings, so whoever has these may know them.
    pub fn keep_within(&mut self, allowed: &ResourceSet) {
        let live = |concept: &str| gives(allowed, Dataset::Live.name(), concept);
        let of = |dataset: Dataset| {
            move |concept: &str| live(concept) || gives(allowed, dataset.name(), concept)
        };
        self.power.keep_only(live);
        self.today.keep_only(live);
        self.quarters.keep_only(of(Dataset::QuarterHours));
        self.days.keep_only(of(Dataset::Days));
        self.tariff = self.tariff.filter(|_| live("tariff_indicator"));
        self.registers.retain(|concept| {
            live(concept) || of(Dataset::QuarterHours)(concept) || of(Dataset::Days)(concept)
        });
        if self.live.iter().any(|concept| !live(concept)) {
            self.live.retain(|concept| live(concept));
            self.series = fresh_series(&self.zone);
        }
    }

    fn forget_old(&mut self) {
        self.quarters.forget_before(QUARTERS_KEPT);
        self.days.forget_before(DAYS_KEPT);
    }

    /// The quarter-hours of a day, as far as it has come; every one that is missing is a gap.
    pub fn quarters_of(&self, day: LocalDay) -> Vec<Slot> {
        self.quarters.slots(day, &self.registers)
    }

    /// The days that are over, oldest first.
    pub fn days_over(&self) -> Vec<Slot> {
        self.days.all_slots(&self.registers)
    }

    /// To be kept under a key.
    ///
    /// # Panics
    /// Never: the state has only texts and numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = |series: &Series| {
            String::from_utf8(series.state()).expect("the state of a series is JSON")
        };
        let [quarters, days] = &self.series;
        let kept = Kept {
            zone: self.zone.name().to_owned(),
            power: self.power.clone(),
            today: self.today.clone(),
            quarters: self.quarters.clone(),
            days: self.days.clone(),
            tariff: self.tariff,
            registers: self.registers.clone(),
            live: self.live.clone(),
            series: [state(quarters), state(days)],
        };
        serde_json::to_vec(&kept).expect("texts and numbers always serialise")
    }

    /// Reads what [`Energy::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`EnergyDamaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnergyDamaged> {
        let kept: Kept = serde_json::from_slice(bytes).map_err(|_| EnergyDamaged)?;
        let zone = Zone::named(&kept.zone).ok_or(EnergyDamaged)?;
        let resumed = |dataset, state: &str| -> Result<Series, StateError> {
            Series::resumed(dataset, zone.clone(), state.as_bytes())
        };
        let [quarters, days] = &kept.series;
        let quarters = resumed(Dataset::QuarterHours, quarters).map_err(|_| EnergyDamaged)?;
        let days = resumed(Dataset::Days, days).map_err(|_| EnergyDamaged)?;
        Ok(Self {
            power: kept.power,
            today: kept.today,
            quarters: kept.quarters,
            days: kept.days,
            tariff: kept.tariff,
            registers: kept.registers,
            live: kept.live,
            series: [quarters, days],
            zone,
        })
    }
}
