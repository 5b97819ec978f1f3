#![expect(clippy::unwrap_used, reason = "tests")]

use assent_meter::datasets::Part;
use assent_meter::time::P1Time;
use assent_meter::zone::{LocalDay, UnixSeconds, Zone};

use assent_model::records::consent::ResourceSet;

use super::{Energy, Price, Prices, Slot};

/// Registers of a household, in Wh, Wh and litres.
#[derive(Clone, Copy)]
struct Registers {
    used: [i64; 2],
    fed_in: [i64; 2],
    gas: i64,
}

const BEGIN: Registers = Registers {
    used: [1_000_000, 2_000_000],
    fed_in: [300_000, 700_000],
    gas: 5_000_000,
};

fn zone() -> Zone {
    Zone::default()
}

/// Local time, in words that a meter would print; a letter says which of two it is.
fn at(text: &str) -> UnixSeconds {
    let time: P1Time = text.parse().unwrap();
    zone().instant(time).unwrap()
}

fn day(text: &str) -> LocalDay {
    zone().day(at(text)).unwrap()
}

fn part(json: &str) -> Part {
    serde_json::from_str(json).unwrap()
}

fn point(at: UnixSeconds, value: i64, unit: &str, measured: Option<UnixSeconds>) -> Part {
    let spelled = format!("{}.{:03}", value / 1000, value % 1000);
    let measured = measured.map_or_else(String::new, |at| format!(",\"measured\":{at}"));
    part(&format!(
        r#"{{"points":[{{"from":{at},"to":{at},"value":"{spelled}","unit":"{unit}"{measured}}}]}}"#
    ))
}

fn live(concept: &str, part: Part) -> (String, String, Part) {
    ("live".to_owned(), concept.to_owned(), part)
}

/// What one telegram says of all concepts.
fn telegram(energy: &mut Energy, at: UnixSeconds, power: i64, registers: Registers) {
    let Registers { used, fed_in, gas } = registers;
    energy.take([
        live("power_delivered", point(at, power, "kW", None)),
        live("power_returned", point(at, 0, "kW", None)),
        live(
            "electricity_delivered_tariff_1",
            point(at, used[0], "kWh", None),
        ),
        live(
            "electricity_delivered_tariff_2",
            point(at, used[1], "kWh", None),
        ),
        live(
            "electricity_returned_tariff_1",
            point(at, fed_in[0], "kWh", None),
        ),
        live(
            "electricity_returned_tariff_2",
            point(at, fed_in[1], "kWh", None),
        ),
        live("gas_delivered", point(at, gas, "m3", Some(at))),
    ]);
}

/// Telegrams every ten seconds, each of which counts one Wh of the second tariff.
fn run(energy: &mut Energy, from: UnixSeconds, until: UnixSeconds, registers: &mut Registers) {
    for at in (from..until).step_by(10) {
        telegram(energy, at, 360, *registers);
        registers.used[1] += 1;
    }
}

fn check_today(telegrams: &[(&str, Registers)], expected: [Option<i64>; 4], what: &str) {
    let mut energy = Energy::new(zone());
    for (time, registers) in telegrams {
        telegram(&mut energy, at(time), 0, *registers);
    }
    let counted = |concept: &str| Some(energy.today.counter(concept)?.counted());
    let found = [
        counted("electricity_delivered_tariff_1"),
        counted("electricity_delivered_tariff_2"),
        counted("electricity_returned_tariff_1"),
        counted("gas_delivered"),
    ];
    assert_eq!(found, expected, "{what}");
}

#[test]
fn a_day_is_what_its_registers_counted() {
    let later = Registers {
        used: [1_000_500, 2_001_000],
        fed_in: [300_250, 700_000],
        gas: 5_000_125,
    };
    let new_meter = Registers {
        used: [10, 0],
        fed_in: [0, 0],
        gas: 7,
    };
    let newer = Registers {
        used: [40, 5],
        ..new_meter
    };
    let nothing = [Some(0); 4];
    let some = [Some(500), Some(1000), Some(250), Some(125)];
    check_today(&[("260601120000S", BEGIN)], nothing, "one reading");
    check_today(
        &[("260601120000S", BEGIN), ("260601180000S", later)],
        some,
        "hours without a reading are counted by the meter",
    );
    check_today(
        &[("260601235950S", BEGIN), ("260602000000S", later)],
        nothing,
        "a day begins at midnight",
    );
    check_today(
        &[
            ("260601120000S", BEGIN),
            ("260601130000S", later),
            ("260601140000S", new_meter),
            ("260601150000S", newer),
        ],
        [Some(530), Some(1005), Some(250), Some(125)],
        "a new meter counts from another number",
    );
    check_today(
        &[
            ("261025023000S", BEGIN),
            ("261025023000W", later),
            ("261025235900W", later),
        ],
        some,
        "the hour that comes twice is in the day twice",
    );
}

#[test]
fn gas_of_the_day_before_is_not_of_today() {
    let mut energy = Energy::new(zone());
    let (midnight, gas) = (at("260602000000S"), "gas_delivered");
    let measured = |minutes: i64| Some(midnight + minutes * 60);
    energy.take([live(gas, point(midnight + 120, 5_000, "m3", measured(-5)))]);
    assert_eq!(energy.today.counter(gas), None);
    energy.take([live(gas, point(midnight + 420, 5_100, "m3", measured(5)))]);
    energy.take([live(gas, point(midnight + 720, 5_250, "m3", measured(10)))]);
    let counter = energy.today.counter(gas).unwrap();
    assert_eq!(counter.counted(), 150);
}

fn check_price(text: &str, expected: Option<&str>) {
    let price = text.parse::<Price>().ok().map(|price| price.to_string());
    assert_eq!(price.as_deref(), expected, "{text:?}");
}

#[test]
fn prices_are_read_as_people_write_them() {
    check_price("0.245", Some("0.24500"));
    check_price(" 0,245 ", Some("0.24500"));
    check_price("1", Some("1.00000"));
    check_price("99.99999", Some("99.99999"));
    check_price("0.", Some("0.00000"));
    for wrong in [
        "", ".5", "-1", "100", "0.123456", "1e2", "1.2.3", "0,1,2", "€1", "１",
    ] {
        check_price(wrong, None);
    }
}

fn check_cost(counted: [i64; 5], expected: i64) {
    let concepts = [
        "electricity_delivered_tariff_1",
        "electricity_delivered_tariff_2",
        "electricity_returned_tariff_1",
        "electricity_returned_tariff_2",
        "gas_delivered",
    ];
    let prices = Prices {
        delivered: [Price::of(20_000), Price::of(30_000)],
        returned: [Price::of(5_000), Price::of(10_000)],
        gas: Price::of(150_000),
    };
    let cost = prices.cost(|concept| {
        let place = concepts.iter().position(|known| *known == concept)?;
        Some(counted[place])
    });
    assert_eq!(cost, Some(expected), "{counted:?}");
    assert_eq!(prices.cost(|_| None), None);
}

#[test]
fn each_tariff_has_its_price() {
    check_cost([0, 0, 0, 0, 0], 0);
    check_cost([1000, 0, 0, 0, 0], 200);
    check_cost([0, 1000, 0, 0, 0], 300);
    check_cost([0, 0, 1000, 0, 0], -50);
    check_cost([0, 0, 0, 1000, 0], -100);
    check_cost([0, 0, 0, 0, 1000], 1500);
    check_cost([1000, 1000, 1000, 1000, 1000], 1850);
    // Half a thousandth is rounded away from nothing.
    check_cost([2, 0, 0, 0, 0], 0);
    check_cost([3, 0, 0, 0, 0], 1);
    check_cost([0, 0, 10, 0, 0], -1);
}

#[test]
fn a_gap_stays_a_gap() {
    let mut energy = Energy::new(zone());
    let (mut registers, begin) = (BEGIN, at("260601120000S"));
    run(&mut energy, begin, begin + 300, &mut registers);
    // Nothing for two and a half quarter-hours.
    run(&mut energy, begin + 2550, begin + 3600 + 10, &mut registers);
    let points = energy.power.with_gaps();
    let holes: Vec<UnixSeconds> = points
        .iter()
        .filter(|point| point.delivered.is_none())
        .map(|point| point.at - begin)
        .collect();
    assert_eq!(holes, [291], "no line from one side to the other");
    assert_eq!(points.len(), 29 + 1 + 106, "the last hour");

    let slots = energy.quarters_of(day("260601120000S"));
    let used: Vec<Option<i64>> = slots.iter().map(Slot::used).collect();
    assert_eq!(used, [None, None, None, Some(90)], "and no guess between");
    assert_eq!(slots[3].amount("power_delivered"), Some(360));
}

#[test]
fn a_gap_that_the_channel_tells_of_is_one() {
    let mut energy = Energy::new(zone());
    let (mut registers, begin) = (BEGIN, at("260601120000S"));
    run(&mut energy, begin, begin + 100, &mut registers);
    energy.take_gap(begin + 91, begin + 120);
    run(&mut energy, begin + 120, begin + 200, &mut registers);
    let holes = energy.power.with_gaps();
    let holes = holes.iter().filter(|point| point.delivered.is_none());
    assert_eq!(holes.count(), 1, "although it is shorter than a silence");
}

fn check_clocks(date: &str, from: UnixSeconds, hours: i64, what: &str) {
    let mut energy = Energy::new(zone());
    let mut registers = BEGIN;
    run(&mut energy, from, from + hours * 3600 + 10, &mut registers);
    let this = day(date);
    assert_eq!(this.end - this.start, hours * 3600, "{what}");
    let slots = energy.quarters_of(this);
    assert_eq!(i64::try_from(slots.len()).unwrap(), hours * 4, "{what}");
    assert!(slots.iter().all(|slot| slot.used() == Some(90)), "{what}");
    let days = energy.days_over();
    assert_eq!(days.len(), 1, "{what}");
    assert_eq!(days[0].used(), Some(hours * 360), "{what}");
    assert_eq!((days[0].from, days[0].to), (this.start, this.end), "{what}");
}

#[test]
fn days_have_as_many_hours_as_they_have() {
    check_clocks("260601120000S", at("260601000000S"), 24, "a day");
    check_clocks("260329120000S", at("260329000000W"), 23, "spring");
    check_clocks("261025120000W", at("261025000000S"), 25, "autumn");
}

#[test]
fn a_total_without_one_of_its_tariffs_is_not_known() {
    let mut energy = Energy::new(zone());
    let begin = at("260601120000S");
    telegram(&mut energy, begin, 100, BEGIN);
    // At the end of the quarter-hour, the second tariff is missing.
    let end = begin + 900;
    energy.take([
        live("power_delivered", point(end, 100, "kW", None)),
        live(
            "electricity_delivered_tariff_1",
            point(end, 1_000_400, "kWh", None),
        ),
        live(
            "electricity_returned_tariff_1",
            point(end, 300_000, "kWh", None),
        ),
        live(
            "electricity_returned_tariff_2",
            point(end, 700_000, "kWh", None),
        ),
    ]);
    // The quarter-hour waits for what is late, but not for ever.
    energy.take([live("power_delivered", point(end + 600, 100, "kW", None))]);
    let slots = energy.quarters_of(day("260601120000S"));
    assert_eq!(slots[0].amount("electricity_delivered_tariff_1"), Some(400));
    assert_eq!(slots[0].used(), None);
    assert_eq!(slots[0].fed_in(), Some(0));
    assert_eq!(slots[0].cost(&Prices::default()), None);
}

#[test]
fn coarser_datasets_are_taken_as_they_are() {
    let mut energy = Energy::new(zone());
    let begin = at("260601120000S");
    let (end, gap_end) = (begin + 900, begin + 1800);
    let said = part(&format!(
        r#"{{"points":[{{"from":{begin},"to":{end},"value":"0.250","unit":"kWh"}}],
            "gaps":[{{"from":{end},"to":{gap_end},"reason":"no-telegrams"}}]}}"#
    ));
    let concept = "electricity_delivered_tariff_1".to_owned();
    energy.take([("quarter-hours".to_owned(), concept, said)]);
    let slots = energy.quarters_of(day("260601120000S"));
    let used: Vec<Option<i64>> = slots.iter().map(Slot::used).collect();
    assert_eq!(used, [Some(250), None]);
    assert!(energy.power.latest().is_none());
}

#[test]
fn what_is_kept_goes_on_where_it_was() {
    let begin = at("260601120000S");
    let (mut whole, mut registers) = (Energy::new(zone()), BEGIN);
    run(&mut whole, begin, begin + 3000, &mut registers);
    let (mut halves, mut registers) = (Energy::new(zone()), BEGIN);
    run(&mut halves, begin, begin + 1500, &mut registers);
    let mut halves = Energy::from_bytes(&halves.to_bytes()).unwrap();
    run(&mut halves, begin + 1500, begin + 3000, &mut registers);
    assert_eq!(halves.to_bytes(), whole.to_bytes());
    assert!(Energy::from_bytes(b"{}").is_err());
}

#[test]
fn an_hour_of_power_is_kept() {
    let mut energy = Energy::new(zone());
    let (mut registers, begin) = (BEGIN, at("260601120000S"));
    run(&mut energy, begin, begin + 5000, &mut registers);
    assert_eq!(energy.power.points().count(), 360);
}

/// What is known of each concept, wherever it is.
fn known(energy: &Energy, concept: &str) -> [bool; 3] {
    let has = |intervals: &super::Intervals| {
        let bytes = serde_json::to_string(intervals).unwrap();
        bytes.contains(&format!("\"{concept}\""))
    };
    [
        energy.today.counter(concept).is_some(),
        has(&energy.quarters),
        has(&energy.days),
    ]
}

#[test]
fn what_is_narrowed_away_is_nowhere() {
    let mut energy = Energy::new(zone());
    let mut registers = BEGIN;
    let (from, until) = (at("260601000000S"), at("260602003000S"));
    run(&mut energy, from, until, &mut registers);
    let (gas, used) = ("gas_delivered", "electricity_delivered_tariff_2");
    for concept in [gas, used] {
        assert_eq!(known(&energy, concept), [true; 3], "{concept}");
    }
    let set = |lanes: &[(&str, &[&str])]| -> ResourceSet {
        let concepts = |all: &[&str]| all.iter().map(|one| one.parse().unwrap()).collect();
        let lanes = lanes.iter();
        lanes
            .map(|(dataset, all)| (dataset.parse().unwrap(), concepts(all)))
            .collect()
    };
    // Days of gas may be known still.
    let without_gas = ["power_delivered", "power_returned", used];
    energy.keep_within(&set(&[("live", &without_gas), ("days", &[gas])]));
    assert_eq!(known(&energy, gas), [false, false, true]);
    assert_eq!(known(&energy, used), [true; 3]);
    energy.keep_within(&set(&[("live", &without_gas)]));
    assert_eq!(known(&energy, gas), [false; 3]);
    assert!(!String::from_utf8(energy.to_bytes()).unwrap().contains(gas));
    energy.keep_within(&set(&[("live", &["power_delivered"])]));
    assert_eq!(known(&energy, used), [false; 3]);
    let kept = String::from_utf8(energy.to_bytes()).unwrap();
    assert!(!kept.contains(used) && energy.power.latest().unwrap().returned.is_none());
    energy.keep_within(&ResourceSet::new());
    assert!(energy.power.latest().is_none() && energy.tariff.is_none());
    // What is read from now on is taken in as before.
    let next = at("260602003000S");
    energy.take([live("power_delivered", point(next, 360, "kW", None))]);
    assert_eq!(energy.power.latest().unwrap().delivered, Some(360));
}
