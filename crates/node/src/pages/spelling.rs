//! How pages spell what others wrote, and instants.

use assent_model::time::{Span, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Text of others with nothing in it that turns the text around it about: control characters and
/// those that change the direction of writing (UAX #9) are shown as what they are, a foreign body.
pub(crate) fn plain(text: &str) -> String {
    let is_foreign = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(
                letter,
                '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    };
    let spelled = |letter| {
        if is_foreign(letter) {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(spelled).collect()
}

/// The day of an instant, in UTC (ISO 8601).
pub(crate) fn day(instant: Timestamp) -> String {
    date_of(instant).to_string()
}

/// The last whole day before an end, in UTC (ISO 8601): what ends at midnight ends with the day.
pub(crate) fn last_day(end: Timestamp) -> String {
    day(Timestamp::from_millis(end.as_millis().saturating_sub(1)))
}

/// The end of a day, in UTC. `None` where it is no day.
pub(crate) fn end_of(day: &str) -> Option<Timestamp> {
    let date: Date = day.trim().parse().ok()?;
    let begin = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let begin = u64::try_from(begin.as_millisecond()).ok()?;
    Some(Timestamp::from_millis(begin) + Span::from_days(1))
}

fn date_of(instant: Timestamp) -> Date {
    // jiff ends with the year 9999, long before a timestamp does.
    let millis = i64::try_from(instant.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis)
        .unwrap_or(jiff::Timestamp::MAX)
        .to_zoned(TimeZone::UTC)
        .date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_turns_the_text_about() {
        assert_eq!(
            plain("elpmaxe\u{202e}moc\u{2066}\u{7}"),
            "elpmaxe\u{fffd}moc\u{fffd}\u{fffd}"
        );
        assert_eq!(plain("Bright Énergie\nשלום"), "Bright Énergie\nשלום");
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
