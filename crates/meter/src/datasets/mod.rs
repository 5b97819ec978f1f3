//! Three datasets out of one stream of telegrams: every telegram, quarter-hours and days.
//!
//! A consent names a dataset, so that a service that needs days never sees when the kettle was on.
//! Quarter-hours and days are differences between readings of registers at their two ends; what the
//! meter did not say at an end is not known, and a gap stays a gap: nothing is interpolated, and
//! nothing is averaged over what is missing.

mod intervals;
mod live;
mod part;
mod record;
mod sample;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::zone::Zone;

pub use part::{Gap, Part, Point, PointAmount};
pub use record::{Amount, Content, GapReason, Record};
pub use sample::{Clock, Sample};

use intervals::Intervals;
use live::Live;

/// One of the three resolutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dataset {
    /// Every telegram: one a second from DSMR 5 on, one in ten seconds before.
    Live,
    /// What each quarter of an hour used and returned, and its mean power.
    QuarterHours,
    /// What each local day used and returned. A day has 23 or 25 hours when the clocks change.
    Days,
}

impl Dataset {
    /// All three, from fine to coarse.
    pub const ALL: [Self; 3] = [Self::Live, Self::QuarterHours, Self::Days];

    /// The name that consents, folders and records use: `live`, `quarter-hours`, `days`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::QuarterHours => "quarter-hours",
            Self::Days => "days",
        }
    }

    /// Every concept that a record of it can have, over all meters.
    ///
    /// ```
    /// use assent_meter::datasets::Dataset;
    ///
    /// assert!(Dataset::Live.concepts().any(|concept| concept == "voltage_l1"));
    /// assert!(!Dataset::Days.concepts().any(|concept| concept == "voltage_l1"));
    /// ```
    pub fn concepts(self) -> impl Iterator<Item = &'static str> {
        let is_mean = |concept: &str| matches!(concept, "power_delivered" | "power_returned");
        codes::amounts().filter(move |concept| match self {
            Self::Live => true,
            Self::QuarterHours => codes::is_register(concept) || is_mean(concept),
            Self::Days => codes::is_register(concept),
        })
    }
}

/// What a kept state is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kept state is not that of this dataset")]
pub struct StateError;

/// Makes the records of one dataset, telegram by telegram.
///
/// A telegram whose time does not pass that of the one before is ignored, so a stream may be read
/// twice. The state, kept beside the records and given back later, goes on as if nothing had been.
///
/// ```
/// use assent_meter::datasets::{Clock, Dataset, Sample, Series};
/// use assent_meter::household::Household;
/// use assent_meter::zone::Zone;
/// use assent_meter::{Framer, Telegram};
///
/// let zone = Zone::default();
/// let mut quarters = Series::new(Dataset::QuarterHours, zone.clone());
/// let mut framer = Framer::new();
/// let mut records = Vec::new();
/// for bytes in Household::new(zone.clone(), 1_780_264_800, 1).take(1801) {
///     let mut input = bytes.as_slice();
///     let frame = framer.read(&mut input).ok_or("a whole telegram")??;
///     let sample = Sample::of(&Telegram::parse(&frame), &zone, Clock::Meter);
///     records.extend(quarters.push(&sample.ok_or("it has a time")?));
/// }
/// assert_eq!(records.len(), 2);
/// assert_eq!((records[0].from, records[0].to), (1_780_264_800, 1_780_265_700));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Series {
    dataset: Dataset,
    maker: Maker,
}

#[derive(Clone, Debug)]
enum Maker {
    Live(Live),
    Intervals(Intervals),
}

impl Series {
    /// A dataset of a meter that stands in this zone, from its first telegram on.
    pub fn new(dataset: Dataset, zone: Zone) -> Self {
        let maker = match dataset {
            Dataset::Live => Maker::Live(Live::default()),
            Dataset::QuarterHours | Dataset::Days => {
                Maker::Intervals(Intervals::new(dataset, zone))
            }
        };
        Self { dataset, maker }
    }

    /// The dataset of which `state` was kept.
    ///
    /// # Errors
    /// [`StateError`] for bytes that [`Series::state`] did not give for this dataset.
    pub fn resumed(dataset: Dataset, zone: Zone, state: &[u8]) -> Result<Self, StateError> {
        let mut series = Self::new(dataset, zone);
        match &mut series.maker {
            Maker::Live(live) => *live = serde_json::from_slice(state).map_err(|_| StateError)?,
            Maker::Intervals(intervals) => intervals.resume(state)?,
        }
        Ok(series)
    }

    /// Which of the three it is.
    pub const fn dataset(&self) -> Dataset {
        self.dataset
    }

    /// Takes a telegram, and gives the records that it completes, in order.
    pub fn push(&mut self, sample: &Sample) -> Vec<Record> {
        match &mut self.maker {
            Maker::Live(live) => live.push(sample),
            Maker::Intervals(intervals) => intervals.push(sample),
        }
    }

    /// Whether [`Series::state`] is worth keeping: something was learned since the last call of this
    /// that a restart could not find out again.
    pub const fn take_change(&mut self) -> bool {
        match &mut self.maker {
            Maker::Live(live) => live.take_change(),
            Maker::Intervals(intervals) => intervals.take_change(),
        }
    }

    /// What to give to [`Series::resumed`]. It holds readings, and belongs under a key.
    ///
    /// # Panics
    /// Never: the state has no map whose keys are not texts.
    pub fn state(&self) -> Vec<u8> {
        match &self.maker {
            Maker::Live(live) => serde_json::to_vec(live),
            Maker::Intervals(intervals) => serde_json::to_vec(intervals.state()),
        }
        .expect("texts and numbers always serialise")
    }
}
