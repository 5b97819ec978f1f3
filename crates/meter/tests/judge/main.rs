//! A reader of telegrams that others wrote, as a judge of ours in both directions: it and we must
//! say the same of the telegrams in its own tests, and it must understand what our simulated
//! household prints.
//!
//! It needs a Python with the packages of `tests/judges/python/requirements.txt`.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use assent_meter::household::Household;
use assent_meter::quantity::Unit;
use assent_meter::telegram::{Reading, ReadingValue};
use assent_meter::zone::Zone;
use assent_meter::{Framer, Telegram};
use serde_json::{Value, json};

/// What to do about a missing tool.
const INSTALL: &str = "run `cargo xtask test`, or export what `cargo xtask setup` prints";

/// Each fixture with the specification that its meter follows.
const FIXTURES: [(&str, &[u8]); 10] = [
    (
        "BELGIUM_FLUVIUS",
        include_bytes!("../../../../fixtures/p1/fluvius_v171.txt"),
    ),
    (
        "EON_HUNGARY",
        include_bytes!("../../../../fixtures/p1/eon_hu.txt"),
    ),
    (
        "ISKRA_IE",
        include_bytes!("../../../../fixtures/p1/iskra_ie.txt"),
    ),
    (
        "SAGEMCOM_T210_D_R",
        include_bytes!("../../../../fixtures/p1/sagemcom_t210.txt"),
    ),
    ("V2_2", include_bytes!("../../../../fixtures/p1/v2_2.txt")),
    ("V3", include_bytes!("../../../../fixtures/p1/v3.txt")),
    ("V4", include_bytes!("../../../../fixtures/p1/v4_2.txt")),
    ("V5", include_bytes!("../../../../fixtures/p1/v5.txt")),
    (
        "V5",
        include_bytes!("../../../../fixtures/p1/v5_two_mbus.txt"),
    ),
    (
        "V5",
        include_bytes!("../../../../fixtures/p1/unpadded_crc.txt"),
    ),
];

/// What the judge says of each telegram, in order.
fn judged(telegrams: &[(&str, Vec<u8>)]) -> Vec<Value> {
    let interpreter = env::var_os("ASSENT_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let probe = Command::new(&interpreter)
        .args(["-c", "import dsmr_parser"])
        .output();
    assert!(
        probe.is_ok_and(|output| output.status.success()),
        "{} has no dsmr_parser: {INSTALL}",
        interpreter.display()
    );
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut child = Command::new(&interpreter)
        .arg(root.join("tests/judges/python/telegrams.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it ran a moment ago");
    let mut stdin = child.stdin.take().expect("the input is piped");
    let mut lines = String::new();
    for (at, (specification, bytes)) in telegrams.iter().enumerate() {
        let telegram = String::from_utf8(bytes.clone()).expect("ASCII");
        let line = json!({"name": at, "specification": specification, "telegram": telegram});
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    let feeder = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("a child can be waited for");
    feeder
        .join()
        .expect("writing does not panic")
        .expect("the judge reads all of its input");
    let verdicts: Vec<Value> = String::from_utf8(output.stdout)
        .expect("the judge prints UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("the judge prints JSON"))
        .collect();
    assert_eq!(verdicts.len(), telegrams.len(), "a verdict for each");
    verdicts
}

fn parsed(mut bytes: &[u8]) -> Telegram {
    let mut framer = Framer::new();
    let frame = framer
        .read(&mut bytes)
        .expect("a whole telegram")
        .expect("a right checksum");
    Telegram::parse(&frame)
}

/// Whether this reading is what the judge read: code, value, unit and time.
fn agrees(reading: &Reading<'_>, row: &Value) -> bool {
    let code = row[0].as_str().expect("a code");
    let same_code = reading.obis.to_string() == code
        || code.strip_suffix('?').is_some_and(|open| {
            reading
                .obis
                .to_string()
                .strip_suffix(|digit: char| digit.is_ascii_digit())
                == Some(open)
        });
    let unit = reading.unit.map(Unit::symbol);
    let same_unit = unit == row[2].as_str() || unit.is_none() && row[2] == "";
    let time = reading.time.map(in_utc);
    same_code && same_unit && time.as_deref() == row[3].as_str() && same_value(reading, &row[1])
}

fn same_value(reading: &Reading<'_>, value: &Value) -> bool {
    let Some(value) = value.as_str() else {
        return reading.value.to_string().is_empty();
    };
    match reading.value {
        ReadingValue::Amount(_) => reading.value.to_string() == value,
        // The judge keeps the zeros before a number that stands for something.
        ReadingValue::Number(number) => value.parse() == Ok(number),
        ReadingValue::Time(time) => in_utc(time) == value,
        // The judge does not undo the hexadecimal.
        ReadingValue::Text(text) => text == value || hexadecimal(text) == value,
        ReadingValue::Raw(_) => false,
    }
}

/// The judge takes every meter to stand in Amsterdam.
fn in_utc(time: assent_meter::time::P1Time) -> String {
    let instant = Zone::default().instant(time).expect("a time that exists");
    let timestamp = jiff::Timestamp::from_second(instant).expect("a time of our days");
    timestamp.to_string()
}

fn hexadecimal(text: &str) -> String {
    let digits: Vec<String> = text.bytes().map(|byte| format!("{byte:02X}")).collect();
    digits.concat()
}

/// Every object of the judge is a reading of ours.
fn check(bytes: &[u8], verdict: &Value) -> usize {
    let telegram = parsed(bytes);
    let readings = telegram.readings();
    let name = &telegram.identification;
    let rows = verdict["objects"].as_array();
    let rows = rows.unwrap_or_else(|| panic!("the judge refuses {name}: {}", verdict["reason"]));
    for row in rows {
        assert!(
            readings.iter().any(|reading| agrees(reading, row)),
            "{row} of {name} is not in {readings:#?}"
        );
    }
    rows.len()
}

#[test]
fn we_read_the_telegrams_of_the_judge_as_it_does() {
    let telegrams = FIXTURES.map(|(specification, bytes)| (specification, bytes.to_vec()));
    let verdicts = judged(&telegrams);
    let rows: usize = telegrams
        .iter()
        .zip(&verdicts)
        .map(|((_, bytes), verdict)| check(bytes, verdict))
        .sum();
    assert!(rows > 270, "the judge read only {rows} objects");
}

#[test]
fn the_judge_reads_what_a_simulated_household_prints() {
    // Both nights on which the clocks change, an afternoon with sun, and a new year.
    let starts = [1_774_745_990, 1_793_494_790, 1_782_900_000, 1_798_761_595];
    let telegrams: Vec<(&str, Vec<u8>)> = starts
        .into_iter()
        .enumerate()
        .flat_map(|(seed, start)| Household::new(Zone::default(), start, seed as u64).take(30))
        .map(|telegram| ("V5", telegram))
        .collect();
    for ((_, bytes), verdict) in telegrams.iter().zip(&judged(&telegrams)) {
        let rows = check(bytes, verdict);
        let printed = parsed(bytes).objects.len();
        assert!(
            rows + 1 >= printed,
            "the judge read {rows} of {printed} lines"
        );
    }
}
