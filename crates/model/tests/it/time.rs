use assent_model::canonical;
use assent_model::time::{Span, Timestamp};
use proptest::prelude::*;

const MAX: u64 = 9_007_199_254_740_991;

fn check_read(json: &str, expected: Option<u64>) {
    let timestamp = serde_json::from_str::<Timestamp>(json).ok();
    assert_eq!(timestamp.map(Timestamp::as_millis), expected, "{json}");
    let span = serde_json::from_str::<Span>(json).ok();
    assert_eq!(span.map(Span::as_millis), expected, "{json}");
}

#[test]
fn a_time_is_a_count_that_canonical_json_keeps_exact() {
    check_read("0", Some(0));
    check_read("1700000000000", Some(1_700_000_000_000));
    check_read("9007199254740991", Some(MAX));
    check_read("9007199254740992", None);
    check_read("18446744073709551615", None);
    check_read("-1", None);
    check_read("1.5", None);
    check_read("1e3", None);
    check_read("\"1\"", None);
    check_read("null", None);
}

#[test]
fn sums_end_at_the_ends_of_time() {
    let at = Timestamp::from_millis;
    let span = Span::from_millis;
    assert_eq!(at(5) + span(3), at(8));
    assert_eq!(at(5) - span(3), at(2));
    assert_eq!(at(3) - span(5), at(0));
    assert_eq!(at(MAX) + span(1), Timestamp::MAX);
    assert_eq!(at(1) + Span::MAX, Timestamp::MAX);
    assert_eq!(at(u64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MAX.as_millis(), MAX);
    assert_eq!(at(8).since(at(5)), span(3));
    assert_eq!(at(5).since(at(8)), span(0));
}

#[test]
fn units_are_what_they_say() {
    assert_eq!(Span::from_seconds(1), Span::from_millis(1000));
    assert_eq!(Span::from_minutes(1), Span::from_seconds(60));
    assert_eq!(Span::from_days(1), Span::from_minutes(24 * 60));
    assert_eq!(Timestamp::from_millis(1999).as_seconds(), 1);
    for most in [
        Span::from_millis(u64::MAX),
        Span::from_seconds(u64::MAX),
        Span::from_minutes(u64::MAX),
        Span::from_days(u64::MAX),
    ] {
        assert_eq!(most, Span::MAX);
    }
}

proptest! {
    #[test]
    fn every_time_survives_its_canonical_encoding(millis in 0..=MAX) {
        let timestamp = Timestamp::from_millis(millis);
        let bytes = canonical::encode(&timestamp);
        prop_assert_eq!(&bytes, &millis.to_string().into_bytes());
        prop_assert_eq!(canonical::decode::<Timestamp>(&bytes).ok(), Some(timestamp));
    }

    #[test]
    fn a_sum_is_a_time_again(millis in 0..=MAX, more in any::<u64>()) {
        let sum = Timestamp::from_millis(millis) + Span::from_millis(more);
        prop_assert!(sum <= Timestamp::MAX);
        let read = canonical::decode::<Timestamp>(&canonical::encode(&sum)).ok();
        prop_assert_eq!(read, Some(sum));
    }
}
