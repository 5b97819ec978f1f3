//! Quarter-hours and days out of telegrams.

use std::collections::BTreeMap;

use assent_meter::datasets::{Amount, Clock, Content, Dataset, Record, Sample, Series};
use assent_meter::household::Household;
use assent_meter::quantity::{Quantity, Unit};
use assent_meter::zone::Zone;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::telegrams::{V5, V5_TWO_MBUS, parsed, telegram_of};

/// 2026-06-01T00:00:00 in Amsterdam.
const MIDNIGHT: i64 = 1_780_264_800;
const QUARTER: i64 = 900;
const DAY: i64 = 86_400;
const NIGHT: &str = "electricity_delivered_tariff_1";

/// A telegram at this time with these registers, in Wh.
fn sample(time: i64, registers: &[(&'static str, i64)]) -> Sample {
    let amount = |&(concept, mantissa): &(&'static str, i64)| Amount {
        concept: concept.into(),
        quantity: Quantity::new(mantissa, 3, Unit::KilowattHour).expect("a scale in range"),
        measured: None,
    };
    Sample {
        time,
        amounts: registers.iter().map(amount).collect(),
        meter: Some("M1".to_owned()),
    }
}

/// A telegram that says what the gas meter said earlier.
fn with_gas(mut sample: Sample, measured: i64, litres: i64) -> Sample {
    sample.amounts.push(Amount {
        concept: "gas_delivered".into(),
        quantity: Quantity::new(litres, 3, Unit::CubicMetre).expect("a scale in range"),
        measured: Some(measured),
    });
    sample
}

fn records(dataset: Dataset, samples: &[Sample]) -> Vec<Record> {
    let mut series = Series::new(dataset, Zone::default());
    samples
        .iter()
        .flat_map(|sample| series.push(sample))
        .collect()
}

/// Times in seconds after midnight, then what is known.
fn printed(record: &Record) -> String {
    let mut parts = vec![format!(
        "{}..{}",
        record.from - MIDNIGHT,
        record.to - MIDNIGHT
    )];
    match &record.content {
        Content::Values(values) => parts.extend(values.iter().map(|value| {
            let unit = value.quantity.unit();
            format!("{}={}{unit}", value.concept, value.quantity)
        })),
        Content::Gap(reason) => {
            let reason = serde_json::to_string(reason).expect("a text");
            parts.push(format!("gap {reason}"));
        }
    }
    parts.join(" ")
}

fn check(dataset: Dataset, samples: &[Sample], expected: &[&str]) {
    let records = records(dataset, samples);
    let lines: Vec<String> = records.iter().map(printed).collect();
    assert_eq!(lines, expected);
    // What is written is read back, and a second reading of the stream adds nothing.
    for record in &records {
        let json = serde_json::to_string(record).expect("records always serialise");
        let read: Record = serde_json::from_str(&json).expect("as it was written");
        assert_eq!(read, *record);
    }
    let twice = [samples, samples].concat();
    assert_eq!(super::datasets::records(dataset, &twice), records);
}

#[test]
fn a_quarter_of_an_hour_is_the_difference_between_its_ends() {
    let first = sample(MIDNIGHT, &[(NIGHT, 1000)]);
    let within = sample(MIDNIGHT + 450, &[(NIGHT, 1040)]);
    let end = sample(MIDNIGHT + QUARTER, &[(NIGHT, 1125)]);
    check(
        Dataset::QuarterHours,
        &[first, within, end],
        &["0..900 electricity_delivered_tariff_1=0.125kWh power_delivered=0.500kW"],
    );
}

#[test]
fn tariffs_add_up_to_one_power_and_a_total_goes_before_them() {
    let tariffs = |time, night, day| {
        let day_tariff = "electricity_delivered_tariff_2";
        sample(MIDNIGHT + time, &[(NIGHT, night), (day_tariff, day)])
    };
    check(
        Dataset::QuarterHours,
        &[tariffs(0, 10, 50), tariffs(QUARTER, 12, 55)],
        &["0..900 electricity_delivered_tariff_1=0.002kWh \
           electricity_delivered_tariff_2=0.005kWh power_delivered=0.028kW"],
    );
    // A tariff that is not known at one end leaves the power unknown.
    check(
        Dataset::QuarterHours,
        &[tariffs(0, 10, 50), tariffs(QUARTER, 12, 40)],
        &["0..900 electricity_delivered_tariff_1=0.002kWh"],
    );
    let total = |time, total, night| {
        let register = "electricity_returned";
        let returned = "electricity_returned_tariff_1";
        sample(MIDNIGHT + time, &[(register, total), (returned, night)])
    };
    check(
        Dataset::QuarterHours,
        &[total(0, 10, 0), total(QUARTER, 20, 1)],
        &[
            "0..900 electricity_returned=0.010kWh electricity_returned_tariff_1=0.001kWh \
           power_returned=0.040kW",
        ],
    );
}

#[test]
fn what_was_not_read_at_an_end_is_a_gap() {
    let at = |time, watt_hours| sample(MIDNIGHT + time, &[(NIGHT, watt_hours)]);
    // Nobody was there at the second boundary: two quarters are missing, the rest is not.
    check(
        Dataset::QuarterHours,
        &[
            at(0, 0),
            at(QUARTER - 1, 9),
            at(QUARTER + 61, 10),
            at(2 * QUARTER, 20),
            at(3 * QUARTER, 30),
        ],
        &[
            "0..900 gap \"no-telegrams\"",
            "900..1800 gap \"no-telegrams\"",
            "1800..2700 electricity_delivered_tariff_1=0.010kWh power_delivered=0.040kW",
        ],
    );
    // A long silence is one gap.
    check(
        Dataset::QuarterHours,
        &[
            at(0, 0),
            at(QUARTER, 5),
            at(20 * QUARTER + 30, 90),
            at(21 * QUARTER, 95),
        ],
        &[
            "0..900 electricity_delivered_tariff_1=0.005kWh power_delivered=0.020kW",
            "900..18000 gap \"no-telegrams\"",
            "18000..18900 electricity_delivered_tariff_1=0.005kWh power_delivered=0.020kW",
        ],
    );
    // What was before the first telegram is no gap.
    check(
        Dataset::QuarterHours,
        &[
            at(500, 0),
            at(QUARTER, 5),
            at(QUARTER + 600, 6),
            at(2 * QUARTER, 9),
        ],
        &["900..1800 electricity_delivered_tariff_1=0.004kWh power_delivered=0.016kW"],
    );
}

#[test]
fn another_meter_or_a_reset_is_a_gap() {
    let at = |time, watt_hours| sample(MIDNIGHT + time, &[(NIGHT, watt_hours)]);
    let other = |time, watt_hours| Sample {
        meter: Some("M2".to_owned()),
        ..at(time, watt_hours)
    };
    check(
        Dataset::QuarterHours,
        &[at(0, 500), other(QUARTER, 900), other(2 * QUARTER, 901)],
        &[
            "0..900 gap \"meter-replaced\"",
            "900..1800 electricity_delivered_tariff_1=0.001kWh power_delivered=0.004kW",
        ],
    );
    check(
        Dataset::QuarterHours,
        &[at(0, 500), at(QUARTER, 0), at(2 * QUARTER, 1)],
        &[
            "0..900 gap \"meter-replaced\"",
            "900..1800 electricity_delivered_tariff_1=0.001kWh power_delivered=0.004kW",
        ],
    );
}

#[test]
fn a_gas_meter_counts_at_the_time_that_it_was_read() {
    let at = |time, gas_time, litres| {
        let sample = sample(MIDNIGHT + time, &[(NIGHT, time)]);
        with_gas(sample, MIDNIGHT + gas_time, litres)
    };
    // Read five seconds after the boundary, and known here two minutes later: the quarter waits.
    check(
        Dataset::QuarterHours,
        &[
            at(0, 0, 100),
            at(QUARTER, 600, 130),
            at(QUARTER + 120, QUARTER + 5, 142),
            at(2 * QUARTER, 1500, 150),
        ],
        &[
            "0..900 electricity_delivered_tariff_1=0.900kWh gas_delivered=0.042m3 \
           power_delivered=3.600kW",
        ],
    );
    // Read every hour: days know it, quarters do not, and do not wait for ever.
    check(
        Dataset::QuarterHours,
        &[
            at(0, 0, 100),
            at(QUARTER, 0, 100),
            at(QUARTER + 600, 0, 100),
        ],
        &["0..900 electricity_delivered_tariff_1=0.900kWh power_delivered=3.600kW"],
    );
    check(
        Dataset::Days,
        &[
            at(0, 0, 100),
            at(DAY, DAY - 3600, 900),
            at(DAY + 240, DAY, 950),
        ],
        &["0..86400 electricity_delivered_tariff_1=86.400kWh gas_delivered=0.850m3"],
    );
}

#[test]
fn a_day_is_local_and_has_23_or_25_hours() {
    for (midnight, hours) in [(1_774_738_800, 23), (1_792_879_200, 25)] {
        let samples: Vec<Sample> = (0..=hours)
            .map(|hour| sample(midnight + hour * 3600, &[(NIGHT, hour * 100)]))
            .collect();
        let days = records(Dataset::Days, &samples);
        assert_eq!(days.len(), 1);
        assert_eq!(
            (days[0].from, days[0].to),
            (midnight, midnight + hours * 3600)
        );
        let Content::Values(values) = &days[0].content else {
            panic!("{days:?}")
        };
        assert_eq!(values[0].quantity.mantissa(), hours * 100);
    }
}

#[test]
fn live_is_every_telegram_and_says_where_there_were_none() {
    let at = |time, watt_hours| sample(MIDNIGHT + time, &[(NIGHT, watt_hours)]);
    check(
        Dataset::Live,
        &[at(0, 1), at(10, 2), at(10, 2), at(9, 1), at(200, 3)],
        &[
            "0..0 electricity_delivered_tariff_1=0.001kWh",
            "10..10 electricity_delivered_tariff_1=0.002kWh",
            "11..200 gap \"no-telegrams\"",
            "200..200 electricity_delivered_tariff_1=0.003kWh",
        ],
    );
}

#[test]
fn a_sample_has_amounts_under_their_names_and_no_history() {
    let zone = Zone::default();
    let sample = Sample::of(&parsed(V5), &zone, Clock::Meter).expect("it has a time");
    assert_eq!(sample.time, 1_483_381_202);
    assert_eq!(sample.meter.as_deref(), Some("K8EG004046395507"));
    let names: Vec<&str> = sample
        .amounts
        .iter()
        .map(|amount| &*amount.concept)
        .collect();
    assert!(names.contains(&"power_delivered") && names.contains(&"gas_delivered"));
    for absent in [
        "power_failure_log",
        "equipment_identifier",
        "text_message",
        "telegram_time",
    ] {
        assert!(!names.contains(&absent), "{absent}");
    }
    // Of two gas meters the one that is read counts.
    let sample = Sample::of(&parsed(V5_TWO_MBUS), &zone, Clock::Meter).expect("it has a time");
    let gas = sample
        .amounts
        .iter()
        .find(|amount| amount.concept == "gas_delivered");
    assert_eq!(gas.map(|gas| gas.quantity.mantissa()), Some(246_138));
}

#[test]
fn a_clock_that_is_wrong_gives_way_to_the_time_of_arrival() {
    let zone = Zone::default();
    let time = |lines: &str, clock| {
        Sample::of(&telegram_of(lines), &zone, clock).map(|sample| sample.time)
    };
    let now = 1_483_381_202;
    assert_eq!(
        time("0-0:1.0.0(170102192007W)", Clock::Arrival(now)),
        Some(now + 5)
    );
    assert_eq!(
        time("0-0:1.0.0(700101010007W)", Clock::Arrival(now)),
        Some(now)
    );
    assert_eq!(time("1-0:1.7.0(00.244*kW)", Clock::Arrival(now)), Some(now));
    assert_eq!(time("1-0:1.7.0(00.244*kW)", Clock::Meter), None);
}

#[test]
fn a_state_belongs_to_its_dataset() {
    let state = Series::new(Dataset::Days, Zone::default()).state();
    let resume = |dataset, state: &[u8]| Series::resumed(dataset, Zone::default(), state).is_ok();
    assert!(resume(Dataset::Days, &state));
    assert!(!resume(Dataset::QuarterHours, &state));
    assert!(!resume(Dataset::Days, b"{"));
}

/// Times of telegrams, seconds apart, often at boundaries, over the night on which the clocks change.
fn stream() -> impl Strategy<Value = Vec<Sample>> {
    let step = prop_oneof![6 => 200_i64..460, 2 => Just(QUARTER), 1 => 1_000_i64..30_000];
    vec((step, 0_i64..500), 100..400).prop_map(|steps| {
        let (mut time, mut register) = (1_792_870_200, 0);
        steps
            .into_iter()
            .map(|(step, used)| {
                // A telegram at each boundary that is passed within one step of it.
                let boundary = (time / QUARTER + 1) * QUARTER;
                time = if step < QUARTER {
                    boundary.min(time + step)
                } else {
                    time + step
                };
                register += used;
                sample(time, &[(NIGHT, register)])
            })
            .collect()
    })
}

fn energies(records: &[Record]) -> BTreeMap<(i64, i64), i64> {
    let energy = |record: &Record| match &record.content {
        Content::Values(values) => Some(((record.from, record.to), values[0].quantity.mantissa())),
        Content::Gap(_) => None,
    };
    records.iter().filter_map(energy).collect()
}

proptest! {
    #[test]
    fn quarters_add_up_to_days_and_none_is_made_up(stream in stream()) {
        let quarters = records(Dataset::QuarterHours, &stream);
        let known = energies(&quarters);
        // What a register said first in the minute from a time on.
        let at = |time: i64| {
            let sample = stream.iter().find(|sample| (time..time + 60).contains(&sample.time))?;
            Some(sample.amounts[0].quantity.mantissa())
        };
        for (&(from, to), &energy) in &known {
            prop_assert_eq!(Some(energy), at(to).zip(at(from)).map(|(to, from)| to - from));
        }
        for ((from, to), energy) in energies(&records(Dataset::Days, &stream)) {
            let within: Vec<i64> = known.range((from, 0)..(to, 0)).map(|(_, energy)| *energy).collect();
            let sum: i64 = within.iter().sum();
            if i64::try_from(within.len()) == Ok((to - from) / QUARTER) {
                prop_assert_eq!(sum, energy);
            } else {
                prop_assert!(sum <= energy);
            }
        }
    }

    #[test]
    fn records_follow_each_other_without_overlap(stream in stream()) {
        for dataset in [Dataset::QuarterHours, Dataset::Days] {
            let records = records(dataset, &stream);
            prop_assert!(records.iter().all(|record| record.from < record.to));
            prop_assert!(records.windows(2).all(|pair| pair[0].to == pair[1].from), "{:#?}", records);
        }
    }

    #[test]
    fn a_restart_changes_nothing(stream in stream(), stops in vec(any::<prop::sample::Index>(), 1..6)) {
        for dataset in Dataset::ALL {
            let mut stops: Vec<usize> = stops.iter().map(|stop| stop.index(stream.len())).collect();
            stops.sort_unstable();
            let mut series = Series::new(dataset, Zone::default());
            let (mut made, mut kept) = (Vec::new(), series.state());
            for (at, sample) in stream.iter().enumerate() {
                if stops.contains(&at) {
                    series = Series::resumed(dataset, Zone::default(), &kept)
                        .expect("its own state");
                }
                let records = series.push(sample);
                if series.take_change() {
                    kept = series.state();
                } else {
                    prop_assert!(records.is_empty(), "records that would not be kept");
                }
                made.extend(records);
            }
            prop_assert_eq!(made, records(dataset, &stream));
        }
    }
}

#[test]
fn the_day_of_a_household_is_the_sum_of_its_quarters() {
    let household = Household::new(Zone::default(), MIDNIGHT, 11);
    let mut series = Dataset::ALL.map(|dataset| Series::new(dataset, Zone::default()));
    let mut made: [Vec<Record>; 3] = Default::default();
    let seconds = usize::try_from(DAY).expect("positive") + 2;
    for (at, bytes) in household.take(seconds).enumerate() {
        // One telegram in ten, as a meter before DSMR 5 sends them, makes the test quick.
        if at % 10 != 0 {
            continue;
        }
        let sample = Sample::of(&parsed(&bytes), &Zone::default(), Clock::Meter);
        let sample = sample.expect("it has a time");
        for (series, made) in series.iter_mut().zip(&mut made) {
            made.extend(series.push(&sample));
        }
    }
    let [live, quarters, days] = made;
    assert_eq!((live.len(), quarters.len(), days.len()), (8641, 96, 1));
    for concept in [
        "electricity_delivered_tariff_2",
        "electricity_returned_tariff_2",
        "gas_delivered",
    ] {
        let of = |record: &Record| match &record.content {
            Content::Values(values) => values
                .iter()
                .find(|value| value.concept == concept)
                .map(|value| value.quantity.mantissa()),
            Content::Gap(_) => None,
        };
        let sum: Option<i64> = quarters.iter().map(of).sum();
        assert_eq!(sum, of(&days[0]), "{concept}");
        assert!(sum.is_some_and(|sum| sum > 0), "{concept}");
    }
}
