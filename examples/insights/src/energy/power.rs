//! Power from moment to moment, and the times of which nothing is known.

use std::collections::VecDeque;

use assent_meter::datasets::Sample;
use assent_meter::zone::UnixSeconds;
use serde::{Deserialize, Serialize};

use super::amounts;

/// How long power is kept, in seconds.
const POWER_KEPT: i64 = 3600;
/// Seconds without a reading that are a gap. The slowest meters send one in ten seconds.
const SILENCE: i64 = 60;

/// Power at one moment, in watts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerPoint {
    /// When.
    pub at: UnixSeconds,
    /// What the household takes from the grid.
    pub delivered: Option<i64>,
    /// What it feeds in.
    pub returned: Option<i64>,
}

/// The power of the last hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    points: VecDeque<PowerPoint>,
    /// From the first second of which nothing is known until before the last.
    gaps: VecDeque<(UnixSeconds, UnixSeconds)>,
}

impl Power {
    /// The moments, oldest first.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = &PowerPoint> {
        self.points.iter()
    }

    /// The latest moment.
    pub fn latest(&self) -> Option<PowerPoint> {
        self.points.back().copied()
    }

    /// The moments with a moment of nothing in every gap, so that whoever draws a line between
    /// neighbours draws none over what is not known.
    pub fn with_gaps(&self) -> Vec<PowerPoint> {
        let mut all = Vec::with_capacity(self.points.len());
        let mut before: Option<UnixSeconds> = None;
        for point in &self.points {
            if let Some(before) = before.filter(|before| self.is_gap(*before, point.at)) {
                all.push(PowerPoint {
                    at: before + 1,
                    delivered: None,
                    returned: None,
                });
            }
            before = Some(point.at);
            all.push(*point);
        }
        all
    }

    fn is_gap(&self, before: UnixSeconds, after: UnixSeconds) -> bool {
        let within = |(from, to): &(UnixSeconds, UnixSeconds)| *from > before && *to <= after;
        after - before > SILENCE || after - before > 1 && self.gaps.iter().any(within)
    }

    pub(super) fn take(&mut self, sample: &Sample) {
        let point = PowerPoint {
            at: sample.time,
            delivered: amounts::of(sample, "power_delivered"),
            returned: amounts::of(sample, "power_returned"),
        };
        let is_late = self.points.back().is_some_and(|last| point.at <= last.at);
        if is_late || point.delivered.is_none() && point.returned.is_none() {
            return;
        }
        self.points.push_back(point);
        let oldest = point.at - POWER_KEPT;
        while self.points.front().is_some_and(|first| first.at <= oldest) {
            self.points.pop_front();
        }
        while self.gaps.front().is_some_and(|(_, to)| *to <= oldest) {
            self.gaps.pop_front();
        }
    }

    /// Forgets what is of other concepts.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(&str) -> bool) {
        let (delivered, returned) = (is_kept("power_delivered"), is_kept("power_returned"));
        for point in &mut self.points {
            point.delivered = point.delivered.filter(|_| delivered);
            point.returned = point.returned.filter(|_| returned);
        }
        self.points
            .retain(|point| point.delivered.is_some() || point.returned.is_some());
        if !delivered && !returned {
            self.gaps.clear();
        }
    }

    pub(super) fn take_gap(&mut self, from: UnixSeconds, to: UnixSeconds) {
        if from < to && self.gaps.back() != Some(&(from, to)) {
            self.gaps.push_back((from, to));
        }
        // A meter that is silent for an hour at most a minute at a time has no more.
        if self.gaps.len() > 3600 {
            self.gaps.pop_front();
        }
    }
}
