//! A telegram, line by line.

mod line;
mod reading;

use crate::concepts::{self, DeviceKind};
use crate::frame::{CrcState, Frame};
use crate::obis::Obis;
use crate::quantity::Quantity;
use crate::time::P1Time;

pub use line::LineError;
pub use reading::{Reading, ReadingValue};

/// Everything one telegram says, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telegram {
    /// Maker and model, what follows the `/`.
    pub identification: String,
    /// What the telegram says of its own format.
    pub version: Option<P1Version>,
    /// When the meter made the telegram; absent before DSMR 4.
    pub timestamp: Option<P1Time>,
    /// Whether a checksum vouches for the telegram.
    pub crc: CrcState,
    /// The lines that could be read. A code can occur more than once.
    pub objects: Vec<Object>,
    /// The lines that could not.
    pub malformed: Vec<Malformed>,
}

/// The version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum P1Version {
    /// `1-3:0.2.8` of the Netherlands and Luxembourg: 42 is DSMR 4.2.
    Dsmr(i64),
    /// `0-0:96.1.4` of Belgium: 50217 is e-MUCS P1 1.7 on DSMR 5.0.2.
    Emucs(i64),
}

/// One line: a code and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What the line reports.
    pub obis: Obis,
    /// What it says.
    pub value: Value,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Earlier events or months.
    Log(Log),
    /// A bare whole number: a count, a code, a position.
    Number(i64),
    /// A measured amount.
    Quantity(Quantity),
    /// The groups as printed: the code is not known, or the country of this meter prints it in
    /// another form.
    Raw(Vec<String>),
    /// Text; decoded where it is printed as the hexadecimal of readable bytes.
    Text(String),
    /// A time.
    Time(P1Time),
    /// An amount and the time it was measured.
    Timestamped {
        /// When the amount was measured.
        time: P1Time,
        /// The amount; bare where no unit is printed.
        value: Quantity,
    },
}

/// A buffer of earlier entries, in the order of the telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The codes that the entries report, as the header of the log names them.
    pub columns: Vec<Obis>,
    /// The entries; the meter may have none.
    pub entries: Vec<LogEntry>,
}

/// One entry of a [`Log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When the entry was made: the end of the power failure, or of the month.
    pub recorded: Option<P1Time>,
    /// When the value was reached, in logs that print a second time: the moment of the peak.
    pub occurred: Option<P1Time>,
    /// How long the power failed, or how high the peak was.
    pub value: Quantity,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Counted from 1, the identification line.
    pub line: usize,
    /// What is wrong with it.
    pub error: LineError,
    /// The line as received. It may hold personal data, so it belongs in no log.
    pub text: String,
}

impl Telegram {
    /// Reads every line. Cannot fail: a line that cannot be read is listed in `malformed`.
    pub fn parse(frame: &Frame<'_>) -> Self {
        let content = frame.content();
        let mut lines = line::Lines::new(content);
        let identification = lines.next().map_or(&[][..], |(_, text)| text);
        let mut telegram = Self {
            identification: String::from_utf8_lossy(identification).into_owned(),
            version: None,
            timestamp: None,
            crc: frame.crc(),
            objects: Vec::with_capacity(content.len() / TYPICAL_LINE),
            malformed: Vec::new(),
        };
        for (line, text) in lines {
            match line::parse(text) {
                Ok(object) => telegram.push(object),
                Err(error) => {
                    let text = String::from_utf8_lossy(text).into_owned();
                    telegram.malformed.push(Malformed { line, error, text });
                }
            }
        }
        telegram
    }

    /// The first object with this code.
    pub fn object(&self, obis: Obis) -> Option<&Object> {
        self.objects.iter().find(|object| object.obis == obis)
    }

    /// What the M-Bus device on this channel (from 1) says it measures.
    pub fn device(&self, channel: u8) -> Option<DeviceKind> {
        match self.object(Obis::new(0, channel, 24, 1, 0))?.value {
            Value::Number(number) => DeviceKind::from_type(number),
            _ => None,
        }
    }

    /// Every object as readings, in order; each entry of a log is a reading of its own.
    pub fn readings(&self) -> Vec<Reading<'_>> {
        let mut readings = Vec::with_capacity(self.objects.len());
        for object in &self.objects {
            reading::of(object, self.concept(object), &mut readings);
        }
        readings
    }

    /// The concept that this object reports. A value in an unknown form has none, so that no
    /// consent for the known form releases it.
    pub(crate) fn concept(&self, object: &Object) -> Option<&'static str> {
        if matches!(object.value, Value::Raw(_)) {
            return None;
        }
        let obis = object.obis;
        let device = if obis.medium == 0 {
            self.device(obis.channel)
        } else {
            None
        };
        concepts::concept(obis, device)
    }

    fn push(&mut self, object: Object) {
        match (object.obis, &object.value) {
            (DSMR_VERSION, &Value::Number(version)) => {
                self.version = Some(P1Version::Dsmr(version));
            }
            (EMUCS_VERSION, &Value::Number(version)) => {
                self.version = Some(P1Version::Emucs(version));
            }
            (TELEGRAM_TIME, &Value::Time(time)) => self.timestamp = Some(time),
            _ => {}
        }
        self.objects.push(object);
    }
}

const DSMR_VERSION: Obis = Obis::new(1, 3, 0, 2, 8);
const EMUCS_VERSION: Obis = Obis::new(0, 0, 96, 1, 4);
const TELEGRAM_TIME: Obis = Obis::new(0, 0, 1, 0, 0);

/// Bytes a line: short enough that the objects of a usual telegram need one allocation.
const TYPICAL_LINE: usize = 20;
