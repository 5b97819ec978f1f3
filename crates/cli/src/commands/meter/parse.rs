//! `assent meter parse`: the readings of a file of P1 telegrams, under the names of consents.

use std::path::PathBuf;

use assent_meter::frame::{CrcState, Frame, FrameError};
use assent_meter::{Framer, Telegram};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::failure::{Doing, Failure};
use crate::output::{Lines, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Parsed {
    identification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// Whether a checksum vouches for it.
    checked: bool,
    readings: Vec<Value>,
    /// Lines that could not be read, counted from 1.
    malformed: Vec<usize>,
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file);
        let bytes = bytes.doing(format!("{} cannot be read", self.file.display()))?;
        let telegrams = parse(&bytes)?;
        output.answer(&telegrams, |telegrams| telegrams.iter().map(text).collect())
    }
}

fn parse(mut bytes: &[u8]) -> Result<Vec<Parsed>, Failure> {
    let mut framer = Framer::new();
    let mut telegrams = Vec::new();
    while let Some(frame) = framer.read(&mut bytes) {
        telegrams.push(parsed(&checked(frame)?)?);
    }
    if let Some(frame) = framer.finish() {
        telegrams.push(parsed(&checked(frame)?)?);
    }
    Ok(telegrams)
}

fn checked(frame: Result<Frame<'_>, FrameError>) -> Result<Frame<'_>, Failure> {
    frame.map_err(|error| Failure::problem("a telegram is damaged").caused_by(&error))
}

fn parsed(frame: &Frame<'_>) -> Result<Parsed, Failure> {
    let telegram = Telegram::parse(frame);
    let readings = telegram.readings();
    let readings: Result<Vec<Value>, _> = readings.iter().map(serde_json::to_value).collect();
    Ok(Parsed {
        time: telegram.timestamp.map(|time| time.to_string()),
        checked: telegram.crc == CrcState::Correct,
        readings: readings.doing("a reading has no JSON form")?,
        malformed: telegram.malformed.iter().map(|line| line.line).collect(),
        identification: telegram.identification,
    })
}

fn text(parsed: &Parsed) -> String {
    let checked = if parsed.checked {
        "checksum right"
    } else {
        "no checksum"
    };
    let mut lines = Lines::default();
    lines.push(format_args!("{} ({checked})", parsed.identification));
    for reading in &parsed.readings {
        let field = |name: &str| reading[name].as_str().unwrap_or_default();
        let (code, name) = (field("obis"), field("concept"));
        let (value, unit, time) = (field("value"), field("unit"), field("time"));
        lines.push(format_args!(
            "  {code:<14} {name:<32} {value} {unit} {time}"
        ));
    }
    lines.into()
}
