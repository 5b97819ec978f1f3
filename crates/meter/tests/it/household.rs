//! The simulated household.

use assent_meter::household::Household;
use assent_meter::telegram::{Reading, ReadingValue};
use assent_meter::zone::Zone;
use assent_meter::{Framer, Telegram};

use crate::telegrams::parsed;

/// 2026-06-01T00:00:00 in Amsterdam: a Monday.
const MONDAY: i64 = 1_780_264_800;
const HOUR: i64 = 3600;

/// The amount of this concept, in thousandths of its unit.
fn thousandths(telegram: &Telegram, concept: &str) -> i64 {
    let readings = telegram.readings();
    let named = |reading: &&Reading<'_>| reading.concept == Some(concept);
    let reading = readings.iter().find(named).expect("in every telegram");
    let ReadingValue::Amount(amount) = reading.value else {
        panic!("{concept} is no amount")
    };
    assert_eq!(amount.scale(), 3);
    amount.mantissa()
}

/// A concept at the beginning and the end of some hours of the first day.
fn used(seed: u64, concept: &str, from: i64, to: i64) -> i64 {
    let at = |hour: i64| {
        let mut household = Household::new(Zone::default(), MONDAY + hour * HOUR, seed);
        thousandths(&parsed(&household.next().expect("a telegram")), concept)
    };
    at(to) - at(from)
}

#[test]
fn every_telegram_is_whole_and_has_no_line_that_cannot_be_read() {
    // Over the hour that is there twice.
    let household = Household::new(Zone::default(), 1_792_886_395, 3);
    let bytes: Vec<u8> = household.take(7300).flatten().collect();
    let mut input = bytes.as_slice();
    let mut framer = Framer::new();
    let mut times = Vec::new();
    while let Some(frame) = framer.read(&mut input) {
        let telegram = Telegram::parse(&frame.expect("a right checksum"));
        assert_eq!(telegram.malformed, []);
        let time = telegram.timestamp.expect("a time");
        times.push(Zone::default().instant(time).expect("a time that exists"));
    }
    assert_eq!(times.len(), 7300);
    assert!(times.is_sorted_by(|left, right| left + 1 == *right));
}

#[test]
fn the_same_second_is_the_same_telegram_whenever_the_simulation_started() {
    let whole: Vec<Vec<u8>> = Household::new(Zone::default(), MONDAY, 5)
        .take(2000)
        .collect();
    let later = Household::new(Zone::default(), MONDAY + 1000, 5).take(1000);
    assert!(later.eq(whole[1000..].iter().cloned()));
    let mut other = Household::new(Zone::default(), MONDAY, 6);
    assert_ne!(other.next().as_ref(), whole.first());
}

#[test]
fn a_day_is_plausible() {
    for seed in 0..4 {
        let delivered = |from, to| {
            used(seed, "electricity_delivered_tariff_1", from, to)
                + used(seed, "electricity_delivered_tariff_2", from, to)
        };
        let night = delivered(0, 5);
        assert!((400..1000).contains(&night), "{night} Wh at night");
        let evening = delivered(17, 22);
        assert!(
            (500..6000).contains(&evening),
            "{evening} Wh in the evening"
        );
        let returned = used(seed, "electricity_returned_tariff_2", 8, 18);
        assert!(
            (1500..26_000).contains(&returned),
            "{returned} Wh returned in June"
        );
        assert_eq!(used(seed, "electricity_returned_tariff_1", 0, 5), 0);
        let gas = used(seed, "gas_delivered", 0, 23);
        assert!(
            (150..400).contains(&gas),
            "{gas} dm³ of gas for a shower in June"
        );
    }
}

#[test]
fn the_tariff_is_low_at_night_and_in_the_weekend() {
    for (hours, tariff) in [(3, 1), (7, 2), (22, 2), (23, 1), (5 * 24 + 12, 1)] {
        let start = MONDAY + hours * HOUR;
        let mut household = Household::new(Zone::default(), start, 1);
        let telegram = parsed(&household.next().expect("a telegram"));
        let readings = telegram.readings();
        let indicator = readings
            .iter()
            .find(|reading| reading.concept == Some("tariff_indicator"))
            .expect("in every telegram");
        assert_eq!(indicator.value, ReadingValue::Number(tariff), "{hours}");
    }
}

#[test]
fn winter_is_darker_and_colder_than_summer() {
    // 2026-01-05 and 2026-07-06, both Mondays, from midnight in Amsterdam.
    let [winter, summer] = [1_767_567_600, 1_783_288_800].map(|midnight| {
        let at = |hour: i64| {
            let mut household = Household::new(Zone::default(), midnight + hour * HOUR, 2);
            parsed(&household.next().expect("a telegram"))
        };
        let (from, to) = (at(0), at(4 * 24 + 23));
        ["electricity_returned_tariff_2", "gas_delivered"]
            .map(|concept| thousandths(&to, concept) - thousandths(&from, concept))
    });
    assert!(winter[0] * 4 < summer[0], "{winter:?} {summer:?}");
    assert!(winter[1] > summer[1] * 5, "{winter:?} {summer:?}");
}
