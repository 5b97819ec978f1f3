//! What the datasets take from one telegram.

use std::borrow::Cow;

use super::record::Amount;
use crate::obis::Obis;
use crate::quantity::{Quantity, Unit};
use crate::telegram::{Object, Telegram, Value};
use crate::zone::{UnixSeconds, Zone};

/// The amounts of one telegram at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it was.
    pub time: UnixSeconds,
    /// The amounts, each concept once.
    pub amounts: Vec<Amount>,
    /// What the meter calls itself. It tells a new meter from one that runs on.
    pub meter: Option<String>,
}

/// Whose clock says when a telegram was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The meter's. Telegrams without a time have none.
    Meter,
    /// The meter's, if it is within an hour of this; otherwise this, the time of arrival. Meters
    /// before DSMR 4 print no time, and a meter whose clock was never set prints 1970.
    Arrival(UnixSeconds),
}

/// How far the clock of a meter may be from ours, in seconds.
const CLOCK_TOLERANCE: u64 = 3600;

impl Sample {
    /// The amounts that have a concept. Texts, identifiers and logs stay behind: a log tells of the
    /// time before, which nobody consented to.
    ///
    /// `None` for a telegram without a time, where [`Clock::Meter`] was asked.
    pub fn of(telegram: &Telegram, zone: &Zone, clock: Clock) -> Option<Self> {
        let printed = telegram.timestamp.and_then(|time| zone.instant(time));
        let time = match (printed, clock) {
            (Some(printed), Clock::Meter) => printed,
            (Some(printed), Clock::Arrival(now)) if printed.abs_diff(now) <= CLOCK_TOLERANCE => {
                printed
            }
            (_, Clock::Arrival(now)) => now,
            (None, Clock::Meter) => return None,
        };
        let mut sample = Self {
            time,
            amounts: Vec::with_capacity(telegram.objects.len()),
            meter: None,
        };
        for object in &telegram.objects {
            sample.take(telegram, object, zone);
        }
        Some(sample)
    }

    fn take(&mut self, telegram: &Telegram, object: &Object, zone: &Zone) {
        let (quantity, measured) = match &object.value {
            Value::Number(number) => (Quantity::new(*number, 0, Unit::One), None),
            Value::Quantity(quantity) => (Some(*quantity), None),
            Value::Timestamped { time, value } => (Some(*value), zone.instant(*time)),
            Value::Text(text) if is_meter_name(object.obis) => {
                self.meter.get_or_insert_with(|| text.clone());
                return;
            }
            Value::Log(_) | Value::Raw(_) | Value::Text(_) | Value::Time(_) => return,
        };
        if let (Some(quantity), Some(concept)) = (quantity, telegram.concept(object)) {
            self.keep(Amount {
                concept: Cow::Borrowed(concept),
                quantity,
                measured,
            });
        }
    }

    /// Of two devices that measure the same, the one that was read last: the channel of a meter that
    /// was taken away goes on saying its last reading, or none.
    fn keep(&mut self, amount: Amount) {
        let same = |known: &&mut Amount| known.concept == amount.concept;
        match self.amounts.iter_mut().find(same) {
            Some(known) if known.measured < amount.measured => *known = amount,
            Some(_) => {}
            None => self.amounts.push(amount),
        }
    }
}

fn is_meter_name(obis: Obis) -> bool {
    obis.channel == 0 && (obis.quantity, obis.processing) == (96, 1)
}
