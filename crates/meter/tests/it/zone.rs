//! Local time and time in the world.

use assent_meter::time::P1Time;
use assent_meter::zone::Zone;
use proptest::prelude::*;

/// Checks that this zone was at `time` at that second, and what a meter prints then.
fn check(zone: &str, time: &str, instant: i64, printed: &str) {
    let zone = Zone::named(zone).expect("a zone that is compiled in");
    let time: P1Time = time.parse().expect("a time");
    assert_eq!(zone.instant(time), Some(instant), "{time}");
    let local = zone.local(instant).expect("a time of our days");
    assert_eq!(local.to_string(), printed);
}

#[test]
fn the_letter_decides_which_hour_is_meant() {
    let amsterdam = "Europe/Amsterdam";
    check(
        amsterdam,
        "170102192002W",
        1_483_381_202,
        "2017-01-02T19:20:02W",
    );
    check(
        amsterdam,
        "200509134558S",
        1_589_024_758,
        "2020-05-09T13:45:58S",
    );
    // The hour that is there twice.
    check(
        amsterdam,
        "261025023000S",
        1_792_888_200,
        "2026-10-25T02:30:00S",
    );
    check(
        amsterdam,
        "261025023000W",
        1_792_891_800,
        "2026-10-25T02:30:00W",
    );
    check(
        amsterdam,
        "261025023000",
        1_792_888_200,
        "2026-10-25T02:30:00S",
    );
    // The hour that is not there: a clock that is changed late still says its letter.
    check(
        amsterdam,
        "260329015959W",
        1_774_745_999,
        "2026-03-29T01:59:59W",
    );
    check(
        amsterdam,
        "260329030000S",
        1_774_746_000,
        "2026-03-29T03:00:00S",
    );
    check(
        amsterdam,
        "260329020000W",
        1_774_746_000,
        "2026-03-29T03:00:00S",
    );
}

#[test]
fn on_other_days_the_rules_of_the_zone_decide() {
    let amsterdam = "Europe/Amsterdam";
    // A meter prints the letter of today after the first of an earlier month.
    check(
        amsterdam,
        "200301000000S",
        1_583_017_200,
        "2020-03-01T00:00:00W",
    );
    // Ireland is an hour behind, and calls its summer the standard.
    check(
        "Europe/Dublin",
        "230202132747W",
        1_675_344_467,
        "2023-02-02T13:27:47W",
    );
    check(
        "Europe/Dublin",
        "230702132747S",
        1_688_300_867,
        "2023-07-02T13:27:47S",
    );
}

#[test]
fn days_have_23_24_or_25_hours() {
    let zone = Zone::default();
    for (within, date, hours) in [
        (1_774_746_000, "2026-03-29", 23),
        (1_792_891_800, "2026-10-25", 25),
        (1_782_900_000, "2026-07-01", 24),
    ] {
        let day = zone.day(within).expect("a day of our time");
        assert_eq!(day.date.to_string(), date);
        assert_eq!(day.end - day.start, hours * 3600);
        assert!((day.start..day.end).contains(&within));
        let midnight = zone.local(day.start).expect("a time of our days");
        assert_eq!((midnight.hour, midnight.minute, midnight.second), (0, 0, 0));
    }
}

#[test]
fn every_zone_has_its_name() {
    for name in Zone::names() {
        assert_eq!(Zone::named(name).map(|zone| zone.name()), Some(name));
    }
    assert!(Zone::named("Europe/Atlantis").is_none());
}

proptest! {
    #[test]
    fn what_a_meter_prints_is_read_back(
        instant in 946_684_800_i64..3_124_224_000,
        zone in proptest::sample::select(Zone::names().collect::<Vec<_>>()),
    ) {
        let zone = Zone::named(zone).expect("a zone that is compiled in");
        let printed = zone.local(instant).expect("a time of our days");
        prop_assert_eq!(zone.instant(printed), Some(instant), "{} {}", zone.name(), printed);
    }
}
