//! Amounts and times as people read them.

use assent_meter::time::Dst;
use assent_meter::zone::{LocalDay, UnixSeconds, Zone};

use super::texts::Texts;

/// What stands where nothing is known.
pub(super) const UNKNOWN: &str = "–";

const USUAL_DAY: i64 = 86_400;

/// Thousandths of a unit with three decimals: `0.244 kW`.
pub(super) fn amount(texts: &Texts, thousandths: Option<i64>, unit: &str) -> String {
    match thousandths {
        Some(value) => format!("{} {unit}", decimals(texts, value)),
        None => UNKNOWN.to_owned(),
    }
}

/// Thousandths with three decimals.
fn decimals(texts: &Texts, thousandths: i64) -> String {
    let sign = if thousandths < 0 { "−" } else { "" };
    let value = thousandths.unsigned_abs();
    let mark = texts.decimal_mark();
    format!("{sign}{}{mark}{:03}", value / 1000, value % 1000)
}

/// Thousandths of a euro, rounded to cents: `€ 1.23`.
pub(super) fn euros(texts: &Texts, thousandths: Option<i64>) -> String {
    let Some(value) = thousandths else {
        return UNKNOWN.to_owned();
    };
    let cents = (value.unsigned_abs() + 5) / 10;
    let sign = if value < 0 && cents > 0 { "−" } else { "" };
    let mark = texts.decimal_mark();
    format!("{sign}€ {}{mark}{:02}", cents / 100, cents % 100)
}

/// A time of day to the second.
pub(super) fn time(zone: &Zone, instant: UnixSeconds) -> String {
    match zone.local(instant) {
        Some(local) => format!("{:02}:{:02}:{:02}", local.hour, local.minute, local.second),
        None => UNKNOWN.to_owned(),
    }
}

/// A time of day to the minute. On a day when the clocks change it says which of the two it is.
pub(super) fn minute(texts: &Texts, zone: &Zone, day: LocalDay, instant: UnixSeconds) -> String {
    let Some(local) = zone.local(instant) else {
        return UNKNOWN.to_owned();
    };
    let clock = format!("{:02}:{:02}", local.hour, local.minute);
    if day.end - day.start == USUAL_DAY {
        return clock;
    }
    match local.dst {
        Some(Dst::Summer) => format!("{clock} {}", texts.get("summer-time")),
        _ => format!("{clock} {}", texts.get("winter-time")),
    }
}

/// An instant in UTC, as ISO 8601 writes it, for programs.
pub(super) fn iso(instant: UnixSeconds) -> String {
    let instant = jiff::Timestamp::from_second(instant);
    instant.map_or_else(|_| UNKNOWN.to_owned(), |instant| instant.to_string())
}
