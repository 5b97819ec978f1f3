//! Every telegram is a record.

use serde::{Deserialize, Serialize};

use super::record::{Content, GapReason, Record};
use super::sample::Sample;
use crate::zone::UnixSeconds;

/// Seconds without a telegram that are a gap. The slowest meters send one in ten seconds.
const SILENCE: i64 = 60;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Live {
    /// The time of the last telegram.
    last: Option<UnixSeconds>,
    #[serde(skip)]
    is_changed: bool,
}

impl Live {
    pub(super) const fn take_change(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    pub(super) fn push(&mut self, sample: &Sample) -> Vec<Record> {
        let time = sample.time;
        if self.last.is_some_and(|last| time <= last) {
            return Vec::new();
        }
        let silence = self.last.filter(|last| time - last > SILENCE);
        self.last = Some(time);
        self.is_changed = true;
        let gap = silence.map(|last| Record {
            from: last + 1,
            to: time,
            content: Content::Gap(GapReason::NoTelegrams),
        });
        let record = Record {
            from: time,
            to: time,
            content: Content::Values(sample.amounts.clone()),
        };
        gap.into_iter().chain([record]).collect()
    }
}
