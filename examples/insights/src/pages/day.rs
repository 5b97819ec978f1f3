//! Which day is looked at.

use assent_meter::time::P1Time;
use assent_meter::zone::{LocalDay, UnixSeconds, Zone};
use serde::Deserialize;

/// The query of everything that shows one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Wanted {
    /// As ISO 8601 writes it: `2026-03-29`.
    day: Option<String>,
}

impl Wanted {
    /// The day that is wanted; the one of `now` where none is, or none that there is.
    pub(super) fn day(&self, zone: &Zone, now: UnixSeconds) -> Option<LocalDay> {
        let wanted = self.day.as_deref().and_then(|text| named(zone, text));
        wanted.or_else(|| zone.day(now))
    }
}

fn named(zone: &Zone, text: &str) -> Option<LocalDay> {
    let mut parts = text.splitn(3, '-');
    let mut part = || parts.next()?.parse::<u16>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    let year = year.checked_sub(2000).filter(|year| *year < 100)?;
    // As a meter prints noon, when no clocks change.
    let noon = format!("{year:02}{month:02}{day:02}120000");
    let noon: P1Time = noon.parse().ok()?;
    zone.day(zone.instant(noon)?)
}
