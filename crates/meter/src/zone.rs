//! Local time at a meter and time in the world, one to the other.
//!
//! A meter prints local time with a letter for summer or winter time. The rules of the zones are
//! compiled in, so that a reader needs no database of the system it runs on.

use jiff::civil::{Date, DateTime};
use jiff::tz::{self, AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::time::{Dst, P1Time};

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
pub type UnixSeconds = i64;

/// The time zone that a meter stands in.
///
/// ```
/// use assent_meter::zone::Zone;
///
/// let zone = Zone::default();
/// let twice = ["211031023000S", "211031023000W"].map(|time| zone.instant(time.parse().ok()?));
/// assert_eq!(twice, [Some(1_635_640_200), Some(1_635_643_800)]);
/// let day = zone.day(1_635_640_200).ok_or("a day of our time")?;
/// assert_eq!((day.end - day.start) / 3600, 25);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// One day of the calendar at a place. It has 23, 24 or 25 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDay {
    /// Its first second.
    pub start: UnixSeconds,
    /// The first second of the next day.
    pub end: UnixSeconds,
    /// The date at local midnight.
    pub date: LocalDate,
}

/// A date of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalDate {
    /// The year.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// The zones of the countries whose P1 ports are known.
static ZONES: [(&str, TimeZone); 9] = [
    ("Europe/Amsterdam", tz::get!("Europe/Amsterdam")),
    ("Europe/Berlin", tz::get!("Europe/Berlin")),
    ("Europe/Brussels", tz::get!("Europe/Brussels")),
    ("Europe/Budapest", tz::get!("Europe/Budapest")),
    ("Europe/Copenhagen", tz::get!("Europe/Copenhagen")),
    ("Europe/Dublin", tz::get!("Europe/Dublin")),
    ("Europe/Luxembourg", tz::get!("Europe/Luxembourg")),
    ("Europe/Stockholm", tz::get!("Europe/Stockholm")),
    ("Europe/Vienna", tz::get!("Europe/Vienna")),
];

/// Europe/Amsterdam.
impl Default for Zone {
    fn default() -> Self {
        let (name, rules) = &ZONES[0];
        Self {
            name,
            rules: rules.clone(),
        }
    }
}

impl Zone {
    /// The zone with this name of the IANA database; `None` for one that is not compiled in.
    pub fn named(name: &str) -> Option<Self> {
        let (name, rules) = ZONES.iter().find(|(known, _)| *known == name)?;
        Some(Self {
            name,
            rules: rules.clone(),
        })
    }

    /// The names that [`Zone::named`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ZONES.iter().map(|(name, _)| *name)
    }

    /// The name in the IANA database.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// When it was this time at the meter.
    ///
    /// The letter decides where the clocks change: between the two hours of autumn, and for a clock
    /// that is a moment late in spring. Without a letter, winter time goes on in spring and the first
    /// of the two hours of autumn is meant. On all other days the rules of the zone decide, because
    /// there are meters that print the letter of today after the first of an earlier month. `None`
    /// for a time that does not exist.
    pub fn instant(&self, time: P1Time) -> Option<UnixSeconds> {
        let ambiguous = self.rules.to_ambiguous_timestamp(civil(time)?);
        let offset = match (ambiguous.offset(), time.dst) {
            (AmbiguousOffset::Unambiguous { offset }, _) => offset,
            (AmbiguousOffset::Gap { after, .. }, Some(Dst::Summer))
            | (AmbiguousOffset::Fold { after, .. }, Some(Dst::Winter)) => after,
            (AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. }, _) => {
                before
            }
        };
        let instant = offset.to_timestamp(ambiguous.datetime()).ok()?;
        Some(instant.as_second())
    }

    /// What a meter here prints at this time; `None` for a time outside 1970 to 2069.
    pub fn local(&self, instant: UnixSeconds) -> Option<P1Time> {
        let info = self.rules.to_offset_info(timestamp(instant)?);
        let civil = info.offset().to_datetime(timestamp(instant)?);
        // Ireland has its standard time in summer: what counts is which of the two offsets it is.
        let winter = self.offset(civil.year(), Dst::Winter)?;
        let dst = if i64::from(info.offset().seconds()) == winter {
            Dst::Winter
        } else {
            Dst::Summer
        };
        let small = |number: i8| u8::try_from(number).expect("parts of a date are positive");
        let year = u16::try_from(civil.year()).ok()?;
        (1970..=2069).contains(&year).then(|| P1Time {
            year,
            month: small(civil.month()),
            day: small(civil.day()),
            hour: small(civil.hour()),
            minute: small(civil.minute()),
            second: small(civil.second()),
            dst: Some(dst),
        })
    }

    /// The day at the meter in which this time is; `None` far outside of our time.
    pub fn day(&self, instant: UnixSeconds) -> Option<LocalDay> {
        let date = self.rules.to_datetime(timestamp(instant)?).date();
        let midnight = |date: Date| {
            let midnight = self.rules.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
            Some(midnight.as_second())
        };
        let small = |number: i8| u8::try_from(number).expect("parts of a date are positive");
        Some(LocalDay {
            start: midnight(date)?,
            end: midnight(date.checked_add(1.day()).ok()?)?,
            date: LocalDate {
                year: date.year(),
                month: small(date.month()),
                day: small(date.day()),
            },
        })
    }

    /// Seconds east of Greenwich in this half of the year. All zones are north of the equator.
    fn offset(&self, year: i16, dst: Dst) -> Option<i64> {
        let month = match dst {
            Dst::Winter => 1,
            Dst::Summer => 7,
        };
        let midday = DateTime::new(year, month, 1, 12, 0, 0, 0).ok()?;
        let instant = tz::Offset::UTC.to_timestamp(midday).ok()?;
        Some(i64::from(self.rules.to_offset(instant).seconds()))
    }
}

fn timestamp(instant: UnixSeconds) -> Option<Timestamp> {
    Timestamp::from_second(instant).ok()
}

fn civil(time: P1Time) -> Option<DateTime> {
    let small = |number: u8| i8::try_from(number).ok();
    DateTime::new(
        i16::try_from(time.year).ok()?,
        small(time.month)?,
        small(time.day)?,
        small(time.hour)?,
        small(time.minute)?,
        small(time.second)?,
        0,
    )
    .ok()
}

/// As ISO 8601 writes it: `2026-03-29`.
impl std::fmt::Display for LocalDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
