//! `assent meter parse`: the readings of a file of P1 telegrams, under the names of consents.

use std::path::PathBuf;

use assent_meter::frame::{CrcState, Frame};
use assent_meter::{Framer, Telegram};
use clap::Args;
use serde_json::{Map, Value};

use crate::failure::{Doing, Failure};
use crate::output::{Lines, Output, print};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Arguments {
    /// Prints every telegram that is whole; those that are damaged are counted, and are a failure.
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file);
        let bytes = bytes.doing(format!("{} cannot be read", self.file.display()))?;
        let mut input = bytes.as_slice();
        let mut framer = Framer::new();
        let mut damaged = 0;
        while let Some(outcome) = framer.read(&mut input) {
            match outcome {
                Ok(frame) => print_telegram(&frame, output)?,
                Err(_) => damaged += 1,
            }
        }
        match framer.finish() {
            Some(Ok(frame)) => print_telegram(&frame, output)?,
            Some(Err(_)) => damaged += 1,
            None => {}
        }
        match damaged {
            0 => Ok(()),
            1 => Err(Failure::problem("a telegram is damaged")),
            _ => Err(Failure::problem(format!("{damaged} telegrams are damaged"))),
        }
    }
}

fn print_telegram(frame: &Frame<'_>, output: Output) -> Result<(), Failure> {
    let telegram = Telegram::parse(frame);
    if output.is_json() {
        print(Value::Object(by_code(&telegram)?).to_string())
    } else {
        print(text(&telegram))
    }
}

/// The readings of one telegram, each under its OBIS code: an object with `value`, and with `unit`,
/// `time` and `concept` where it has one. A log is the list of its entries.
fn by_code(telegram: &Telegram) -> Result<Map<String, Value>, Failure> {
    let mut readings = Map::new();
    for reading in telegram.readings() {
        let mut value = serde_json::to_value(reading).doing("a reading has no JSON form")?;
        if let Some(members) = value.as_object_mut() {
            members.remove("obis");
        }
        let code = reading.obis.to_string();
        match readings.get_mut(&code) {
            None => {
                readings.insert(code, value);
            }
            Some(Value::Array(entries)) => entries.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Ok(readings)
}

fn text(telegram: &Telegram) -> String {
    let checked = match telegram.crc {
        CrcState::Correct => "checksum right",
        CrcState::Absent => "no checksum",
    };
    let mut lines = Lines::default();
    lines.push(format_args!("{} ({checked})", telegram.identification));
    for reading in telegram.readings() {
        let (code, value) = (reading.obis.to_string(), reading.value);
        let name = reading.concept.unwrap_or_default();
        let unit = reading.unit.map_or("", |unit| unit.symbol());
        let time = reading.time.map(|time| time.to_string());
        let time = time.unwrap_or_default();
        lines.push(format_args!(
            "  {code:<14} {name:<32} {value} {unit} {time}"
        ));
    }
    for malformed in &telegram.malformed {
        lines.push(format_args!(
            "  line {}: {}",
            malformed.line, malformed.error
        ));
    }
    lines.into()
}
