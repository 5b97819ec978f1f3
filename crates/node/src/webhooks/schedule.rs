//! When a message is tried again.

use assent_crypto::random::random_bytes;
use assent_model::time::{Span, Timestamp};

/// How long to wait after the first, second, … failure (Standard Webhooks 1.0). After the last
/// one the message is given up.
const DELAYS: [Span; 9] = [
    Span::from_seconds(5),
    Span::from_minutes(5),
    Span::from_minutes(30),
    Span::from_minutes(2 * 60),
    Span::from_minutes(5 * 60),
    Span::from_minutes(10 * 60),
    Span::from_minutes(14 * 60),
    Span::from_minutes(20 * 60),
    Span::from_minutes(24 * 60),
];
/// The longest that a receiver can ask to be left alone.
const RETRY_AFTER_MAX: Span = Span::from_days(1);

/// When to try again after `failures` failures, the last of them `now`; `None` to give up.
/// A receiver that asks for more time gets it.
pub(super) fn next_attempt(
    failures: usize,
    now: Timestamp,
    retry_after: Option<Span>,
) -> Option<Timestamp> {
    let delay = *DELAYS.get(failures.checked_sub(1)?)?;
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
    let delay = delay.max(asked);
    Some(now + delay + jitter(delay, u16::from_be_bytes(random_bytes())))
}

/// Up to a tenth of the delay, so that receivers that failed together are not tried together.
fn jitter(delay: Span, random: u16) -> Span {
    Span::from_millis(delay.as_millis() * u64::from(random) / u64::from(u16::MAX) / 10)
}

/// What a `Retry-After` header asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Span> {
    if let Ok(seconds) = header.trim().parse() {
        return Some(Span::from_seconds(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(header.trim()).ok()?;
    let millis = u64::try_from(date.timestamp().as_millisecond()).ok()?;
    Some(Timestamp::from_millis(millis).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn check(failures: usize, asked: Option<Span>, expected: Option<Span>) {
        for _ in 0..50 {
            let next = next_attempt(failures, NOW, asked);
            assert_eq!(
                next.is_some(),
                expected.is_some(),
                "after {failures} failures"
            );
            if let (Some(next), Some(expected)) = (next, expected) {
                let waited = next.since(NOW).as_millis();
                let range = expected.as_millis()..=expected.as_millis() * 11 / 10;
                assert!(
                    range.contains(&waited),
                    "after {failures} failures: {waited} ms"
                );
            }
        }
    }

    #[test]
    fn the_table_is_followed_and_ends() {
        let seconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (failures, seconds) in (1..).zip(seconds) {
            check(failures, None, Some(Span::from_seconds(seconds)));
        }
        check(10, None, None);
        check(usize::MAX, None, None);
        check(0, None, None);
    }

    #[test]
    fn a_receiver_can_ask_for_more_time_but_not_for_less_or_for_ever() {
        check(
            1,
            Some(Span::from_seconds(60)),
            Some(Span::from_seconds(60)),
        );
        check(2, Some(Span::from_seconds(1)), Some(Span::from_minutes(5)));
        check(1, Some(Span::MAX), Some(Span::from_days(1)));
        check(10, Some(Span::from_seconds(60)), None);
    }

    #[test]
    fn jitter_is_at_most_a_tenth() {
        assert_eq!(jitter(Span::from_seconds(5), 0), Span::from_millis(0));
        assert_eq!(
            jitter(Span::from_seconds(5), u16::MAX),
            Span::from_millis(500)
        );
        let whole_day = Span::from_days(1).as_millis();
        assert_eq!(
            jitter(Span::from_days(1), u16::MAX).as_millis(),
            whole_day / 10
        );
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        for (header, expected) in [
            ("120", Some(Span::from_seconds(120))),
            (" 0 ", Some(Span::from_seconds(0))),
            ("Thu, 01 Jan 2026 00:02:00 GMT", Some(Span::from_minutes(2))),
            ("Wed, 31 Dec 2025 23:59:00 GMT", Some(Span::from_seconds(0))),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(header, NOW), expected, "{header:?}");
        }
    }
}
