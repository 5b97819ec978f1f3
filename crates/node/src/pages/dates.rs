//! Days and times in words. They are those of UTC, and say so: the server does not know where its
//! readers are.

use assent_model::time::{Span, Timestamp};
use fluent_templates::fluent_bundle::FluentValue;
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::texts::Texts;

/// An instant for a `time` element.
#[derive(Debug, Clone)]
pub(crate) struct When {
    /// ISO 8601.
    pub(crate) iso: String,
    /// In words.
    pub(crate) words: String,
}

impl When {
    /// A day.
    pub(crate) fn day(texts: &Texts, at: Timestamp) -> Self {
        Self {
            iso: iso(at),
            words: day_words(texts, &civil(at)),
        }
    }

    /// A day with the time of day.
    pub(crate) fn moment(texts: &Texts, at: Timestamp) -> Self {
        let then = civil(at);
        let time = format!("{:02}:{:02}", then.hour(), then.minute());
        let day = day_words(texts, &then);
        let values = [
            ("day", FluentValue::from(day)),
            ("time", FluentValue::from(time)),
        ];
        Self {
            iso: iso(at),
            words: texts.with("date-moment", &values),
        }
    }
}

/// ISO 8601, in UTC.
pub(crate) fn iso(at: Timestamp) -> String {
    instant(at).to_string()
}

/// An instant in UTC, to the second and the same in every language: for who compares it with a log.
pub(crate) fn exact(at: Timestamp) -> String {
    civil(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The day of an instant, in UTC (ISO 8601).
pub(crate) fn day(instant: Timestamp) -> String {
    civil(instant).date().to_string()
}

/// The last whole day before an end, in UTC (ISO 8601): what ends at midnight ends with the day.
pub(crate) fn last_day(end: Timestamp) -> String {
    day(Timestamp::from_millis(end.as_millis().saturating_sub(1)))
}

/// The beginning of a day, in UTC. `None` where it is no day.
pub(crate) fn begin_of(day: &str) -> Option<Timestamp> {
    let date: Date = day.trim().parse().ok()?;
    let begin = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let begin = u64::try_from(begin.as_millisecond()).ok()?;
    Some(Timestamp::from_millis(begin))
}

/// The end of a day, in UTC. `None` where it is no day.
pub(crate) fn end_of(day: &str) -> Option<Timestamp> {
    Some(begin_of(day)? + Span::from_days(1))
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    // Ends after the year 9999 mean never, and are shown as its last day.
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX)
}

fn civil(at: Timestamp) -> Zoned {
    instant(at).to_zoned(TimeZone::UTC)
}

fn day_words(texts: &Texts, then: &Zoned) -> String {
    let month = texts.get(&format!("date-month-{}", then.month()));
    let values = [
        ("day", FluentValue::from(then.day().to_string())),
        ("month", FluentValue::from(month)),
        ("year", FluentValue::from(then.year().to_string())),
    ];
    texts.with("date-day", &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_exact_to_the_second() {
        let noon = Timestamp::from_millis(1_767_268_800_999);
        assert_eq!(exact(noon), "2026-01-01 12:00:00 UTC");
    }

    #[test]
    fn days_end_at_midnight() {
        let end = end_of("2026-12-31").expect("a day");
        assert_eq!(
            (day(end), last_day(end)),
            ("2027-01-01".into(), "2026-12-31".into())
        );
        for wrong in ["", "2026-02-30", "31-12-2026", "tomorrow", "9999-12-31T"] {
            assert_eq!(end_of(wrong), None, "{wrong}");
        }
    }
}
