//! Quarter-hours and days: differences between the readings of registers at two times.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{Amount, Content, GapReason, Record};
use super::sample::Sample;
use super::{Dataset, StateError};
use crate::quantity::{Quantity, Unit};
use crate::zone::{UnixSeconds, Zone};

/// A reading stands for the start of an interval if it was made within this many seconds after it.
const BOUNDARY: i64 = 60;

/// How many seconds after its end an interval waits for devices that are read late.
const PATIENCE: i64 = 600;

const QUARTER_HOUR: i64 = 900;

#[derive(Clone, Debug)]
pub(super) struct Intervals {
    dataset: Dataset,
    zone: Zone,
    state: State,
    /// Whether the state is another than the one that was last kept, the time aside.
    is_changed: bool,
}

/// What is known of the interval in progress. Kept as JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    dataset: Option<Dataset>,
    /// The time of the last telegram.
    last: Option<UnixSeconds>,
    meter: Option<String>,
    open: Option<Open>,
}

/// An interval that has begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    start: UnixSeconds,
    end: UnixSeconds,
    /// The registers at its start and at its end, as far as they were read.
    at_start: Readings,
    at_end: Readings,
    /// Whether the first telegram of all came in the middle of it: then what is missing is no gap.
    is_first: bool,
    /// Whether the meter was replaced within it.
    replaced: bool,
}

/// Registers by concept. An [`Amount`] knows how to be written.
type Readings = BTreeMap<String, Amount>;

impl Intervals {
    pub(super) fn new(dataset: Dataset, zone: Zone) -> Self {
        Self {
            dataset,
            zone,
            state: State {
                dataset: Some(dataset),
                ..State::default()
            },
            is_changed: false,
        }
    }

    pub(super) fn resume(&mut self, state: &[u8]) -> Result<(), StateError> {
        let state: State = serde_json::from_slice(state).map_err(|_| StateError)?;
        if state.dataset != Some(self.dataset) {
            return Err(StateError);
        }
        self.state = state;
        Ok(())
    }

    pub(super) const fn state(&self) -> &State {
        &self.state
    }

    pub(super) const fn take_change(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    pub(super) fn push(&mut self, sample: &Sample) -> Vec<Record> {
        let mut records = Vec::new();
        if self.state.last.is_some_and(|last| sample.time <= last) {
            return records;
        }
        self.state.last = Some(sample.time);
        self.notice_meter(sample);
        let Some(mut open) = self.state.open.take().or_else(|| {
            let mut first = self.interval(sample.time)?;
            first.is_first = true;
            self.is_changed = true;
            Some(first)
        }) else {
            return records;
        };
        self.is_changed |= open.read(sample);
        while open.is_closed_by(sample.time) {
            let Some(next) = self.close(&open, sample, &mut records) else {
                return records;
            };
            open = next;
            self.is_changed = true;
        }
        self.state.open = Some(open);
        records
    }

    /// Another meter counts from another number: what was read of the one before says nothing.
    fn notice_meter(&mut self, sample: &Sample) {
        if sample.meter.is_none() || sample.meter == self.state.meter {
            return;
        }
        self.is_changed = true;
        let known = self.state.meter.is_some();
        self.state.meter.clone_from(&sample.meter);
        if let (true, Some(open)) = (known, &mut self.state.open) {
            open.at_start.clear();
            open.at_end.clear();
            open.replaced = true;
        }
    }

    /// Ends an interval, and gives the one that `sample` belongs to.
    fn close(&self, open: &Open, sample: &Sample, records: &mut Vec<Record>) -> Option<Open> {
        let mut next = self.interval(open.end)?;
        next.at_start.clone_from(&open.at_end);
        next.read(sample);
        // A telegram long after the end: the intervals between are missing as a whole.
        let missed = next.is_closed_by(sample.time) && next.at_start.is_empty();
        if missed {
            next = self.interval(sample.time)?;
            next.read(sample);
        }
        let values = open.values(self.dataset);
        let reason = if open.replaced || open.ran_backwards() {
            GapReason::MeterReplaced
        } else {
            GapReason::NoTelegrams
        };
        let gap = |from, to| Record {
            from,
            to,
            content: Content::Gap(reason),
        };
        match (values.is_empty(), missed) {
            (true, _) if open.is_first && !missed => {}
            (true, _) if open.is_first => records.push(gap(open.end, next.start)),
            (true, _) => records.push(gap(open.start, next.start)),
            (false, missed) => {
                records.push(Record {
                    from: open.start,
                    to: open.end,
                    content: Content::Values(values),
                });
                records.extend(missed.then(|| gap(open.end, next.start)));
            }
        }
        Some(next)
    }

    /// The interval in which this time is; `None` far outside of our time.
    fn interval(&self, time: UnixSeconds) -> Option<Open> {
        let (start, end) = match self.dataset {
            Dataset::Days => {
                let day = self.zone.day(time)?;
                (day.start, day.end)
            }
            // Every offset in these zones is a multiple of a quarter of an hour.
            Dataset::QuarterHours | Dataset::Live => {
                let start = time.div_euclid(QUARTER_HOUR) * QUARTER_HOUR;
                (start, start + QUARTER_HOUR)
            }
        };
        Some(Open {
            start,
            end,
            at_start: Readings::new(),
            at_end: Readings::new(),
            is_first: false,
            replaced: false,
        })
    }
}

impl Open {
    /// Takes the registers that were read at one of the two ends, and says whether there were any.
    fn read(&mut self, sample: &Sample) -> bool {
        let mut is_new = false;
        for amount in &sample.amounts {
            if !amount.quantity.unit().is_counted() {
                continue;
            }
            let time = amount.measured.unwrap_or(sample.time);
            let readings = if (self.start..self.start + BOUNDARY).contains(&time) {
                &mut self.at_start
            } else if (self.end..self.end + BOUNDARY).contains(&time) {
                &mut self.at_end
            } else {
                continue;
            };
            if !readings.contains_key(&*amount.concept) {
                readings.insert(amount.concept.clone().into_owned(), amount.clone());
                is_new = true;
            }
        }
        self.is_first &= self.at_start.is_empty();
        is_new
    }

    /// Whether nothing more is to be expected at this time.
    fn is_closed_by(&self, time: UnixSeconds) -> bool {
        let is_read = |concept| self.at_end.contains_key(concept);
        time >= self.end
            && (time >= self.end + PATIENCE
                || !self.at_start.is_empty() && self.at_start.keys().all(is_read))
    }

    /// Whether a register says less at the end than at the start.
    fn ran_backwards(&self) -> bool {
        let backwards = |(concept, start): (&String, &Amount)| {
            let end = self.at_end.get(concept);
            end.is_some_and(|end| difference(start.quantity, end.quantity).is_none())
        };
        self.at_start.iter().any(backwards)
    }

    fn values(&self, dataset: Dataset) -> Vec<Amount> {
        let mut values: Vec<Amount> = self
            .at_start
            .iter()
            .filter_map(|(concept, start)| {
                let end = self.at_end.get(concept)?;
                Some(Amount {
                    concept: Cow::Owned(concept.clone()),
                    quantity: difference(start.quantity, end.quantity)?,
                    measured: None,
                })
            })
            .collect();
        if dataset == Dataset::QuarterHours {
            let delivered = self.mean_power("electricity_delivered", "power_delivered", &values);
            let returned = self.mean_power("electricity_returned", "power_returned", &values);
            values.extend(delivered.into_iter().chain(returned));
        }
        values
    }

    /// The mean power of a quarter of an hour: four times its energy an hour. Where the meter prints
    /// no total, the tariffs are added up, if every one of them is known.
    fn mean_power(
        &self,
        register: &str,
        concept: &'static str,
        values: &[Amount],
    ) -> Option<Amount> {
        let tariff = format!("{register}_tariff_");
        let total = values.iter().find(|amount| amount.concept == register);
        let energy = if let Some(total) = total {
            total.quantity
        } else {
            let is_tariff = |name: &str| name.starts_with(&tariff);
            let known = self.at_start.keys().filter(|name| is_tariff(name)).count();
            let tariffs: Vec<Quantity> = values
                .iter()
                .filter(|amount| is_tariff(&amount.concept))
                .map(|amount| amount.quantity)
                .collect();
            let (first, rest) = tariffs.split_first()?;
            let add = |sum, &energy| combined(sum, energy, i64::checked_add);
            let sum = rest.iter().try_fold(*first, add)?;
            Some(sum).filter(|_| tariffs.len() == known)?
        };
        let unit = match energy.unit() {
            Unit::KilowattHour => Unit::Kilowatt,
            Unit::WattHour => Unit::Watt,
            _ => return None,
        };
        let mantissa = energy.mantissa().checked_mul(3600 / QUARTER_HOUR)?;
        Some(Amount {
            concept: Cow::Borrowed(concept),
            quantity: Quantity::new(mantissa, energy.scale(), unit)?,
            measured: None,
        })
    }
}

/// `None` where a register ran backwards: it was reset, or belongs to another meter.
fn difference(start: Quantity, end: Quantity) -> Option<Quantity> {
    combined(end, start, i64::checked_sub).filter(|difference| difference.mantissa() >= 0)
}

/// Two amounts of one unit, at the finer scale of the two.
fn combined(
    left: Quantity,
    right: Quantity,
    combine: fn(i64, i64) -> Option<i64>,
) -> Option<Quantity> {
    let scale = left.scale().max(right.scale());
    let refined = |amount: Quantity| {
        let factor = 10_i64.checked_pow(u32::from(scale - amount.scale()))?;
        amount.mantissa().checked_mul(factor)
    };
    if left.unit() != right.unit() {
        return None;
    }
    Quantity::new(
        combine(refined(left)?, refined(right)?)?,
        scale,
        left.unit(),
    )
}
