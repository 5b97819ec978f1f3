//! Days and times in words. They are those of UTC, and say so: the server does not know where its
//! readers are.

use assent_model::time::Timestamp;
use fluent_templates::fluent_bundle::FluentValue;
use jiff::Zoned;
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
