//! Where telegrams come from.

mod file;
pub(crate) mod pace;
pub(crate) mod serial;
mod simulation;
mod tcp;

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use assent_meter::datasets::{Clock, Sample};
use assent_meter::zone::{UnixSeconds, Zone};
use assent_meter::{Framer, Telegram};
use tokio::sync::mpsc;

use crate::arguments::SourceArguments;
use crate::journal;

/// What a source gives.
#[derive(Debug)]
pub(crate) enum Event {
    /// A whole telegram with a right checksum, or none.
    Telegram(Sample),
    /// Bytes that are no telegram.
    Damaged,
}

/// Why a source cannot go on. One that may come back does not end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] io::Error),
    #[error("the serial port {0} cannot be opened")]
    Serial(PathBuf, #[source] io::Error),
}

/// Cuts bytes into telegrams and passes them on, as fast as they are taken.
#[derive(Debug)]
pub(crate) struct Sink {
    framer: Framer,
    zone: Zone,
    events: mpsc::Sender<Event>,
    is_known: bool,
}

/// The reader has gone: there is nobody to read for.
#[derive(Debug)]
pub(crate) struct Gone;

/// Reads telegrams into `sink` until the source ends, which a meter never does.
pub(crate) async fn run(source: SourceArguments, sink: Sink) -> Result<(), SourceError> {
    match source {
        SourceArguments {
            serial: Some(port),
            mode,
            ..
        } => serial::run(port, mode, sink).await,
        SourceArguments {
            tcp: Some(address), ..
        } => {
            tcp::run(&address, sink).await;
            Ok(())
        }
        SourceArguments {
            file: Some(path),
            speed,
            ..
        } => file::run(&path, speed, sink).await,
        simulated => {
            simulation::run(&simulated, sink).await;
            Ok(())
        }
    }
}

impl Sink {
    pub(crate) fn new(zone: Zone, events: mpsc::Sender<Event>) -> Self {
        Self {
            framer: Framer::new(),
            zone,
            events,
            is_known: false,
        }
    }

    /// Takes bytes as they arrive from a meter, now.
    async fn arrived(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.take(bytes, |telegram, zone| {
            Sample::of(telegram, zone, Clock::Arrival(now()))
        })
        .await
    }

    /// Takes bytes of which the meter's own clock says when they were made.
    async fn recorded(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.take(bytes, |telegram, zone| {
            Sample::of(telegram, zone, Clock::Meter)
                .or_else(|| Sample::of(telegram, zone, Clock::Arrival(now())))
        })
        .await
    }

    async fn take(
        &mut self,
        mut bytes: &[u8],
        sample: impl Fn(&Telegram, &Zone) -> Option<Sample>,
    ) -> Result<(), Gone> {
        while let Some(outcome) = self.framer.read(&mut bytes) {
            let event = match outcome {
                Err(_) => Event::Damaged,
                Ok(frame) => {
                    let telegram = Telegram::parse(&frame);
                    if !self.is_known {
                        self.is_known = true;
                        // Maker and model: the number of the meter stands elsewhere.
                        journal::note(format_args!("reading {}", telegram.identification));
                    }
                    match sample(&telegram, &self.zone) {
                        Some(sample) => Event::Telegram(sample),
                        None => Event::Damaged,
                    }
                }
            };
            self.events.send(event).await.map_err(|_| Gone)?;
        }
        Ok(())
    }

    /// The line was interrupted: what comes next begins anew.
    fn interrupt(&mut self) {
        self.framer = Framer::new();
    }
}

/// Seconds since 1970 by the clock of this machine.
pub(crate) fn now() -> UnixSeconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
