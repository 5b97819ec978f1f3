//! Instants as people write and read them: ISO 8601 at the edge, milliseconds inside.

use std::str::FromStr;

use assent_model::time::{Span, Timestamp};
use assent_node::clock::Clock;

/// Now, by the clock of this machine.
pub(crate) fn now() -> Timestamp {
    Clock::System.now()
}

/// An end that somebody chose: a day (it lasts until midnight at its end, UTC) or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Until(pub(crate) Timestamp);

/// A text that names neither a day nor an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a day such as 2027-06-30 nor an instant such as 2027-06-30T12:00:00Z")]
pub(crate) struct NotAMoment;

impl FromStr for Until {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return timestamp(instant).map(Self);
        }
        let day: jiff::civil::Date = text.parse().map_err(|_| NotAMoment)?;
        let midnight = day
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|_| NotAMoment)?;
        let begin = timestamp(midnight.timestamp())?;
        Ok(Self(begin + Span::from_days(1)))
    }
}

/// A beginning or an end that somebody chose: a day is its first instant (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since(pub(crate) Timestamp);

impl FromStr for Since {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return timestamp(instant).map(Self);
        }
        let Until(end) = text.parse()?;
        Ok(Self(end - Span::from_days(1)))
    }
}

fn timestamp(instant: jiff::Timestamp) -> Result<Timestamp, NotAMoment> {
    let millis = u64::try_from(instant.as_millisecond()).map_err(|_| NotAMoment)?;
    Timestamp::try_from(millis).map_err(|_| NotAMoment)
}

/// An instant as ISO 8601 in UTC, to the second.
pub(crate) fn iso(instant: Timestamp) -> String {
    i64::try_from(instant.as_seconds())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(
            || "the end of time".to_owned(),
            |instant| instant.to_string(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, iso_text: Option<&str>) {
        let until = text.parse::<Until>().ok().map(|until| iso(until.0));
        assert_eq!(until.as_deref(), iso_text, "{text}");
    }

    #[test]
    fn a_day_lasts_until_its_end() {
        check("2027-06-30", Some("2027-07-01T00:00:00Z"));
        check("2027-12-31", Some("2028-01-01T00:00:00Z"));
        check("2027-06-30T12:00:00Z", Some("2027-06-30T12:00:00Z"));
        check("2027-06-30T12:00:00+02:00", Some("2027-06-30T10:00:00Z"));
        check("2027-06-31", None);
        check("1969-12-31", None);
        check("tomorrow", None);
        check("", None);
    }
}
