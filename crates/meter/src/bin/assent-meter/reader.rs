//! The reader: telegrams in, records out, and nothing lost between.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;

use assent_meter::datasets::{Dataset, Sample, Series, StateError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep_until};

use crate::arguments::Arguments;
use crate::backoff::Backoff;
use crate::buffer::{Batch, Buffer, BufferError, Limits};
use crate::journal;
use crate::outlet::relay::{self, Introduction, Relay, StationError};
use crate::outlet::{Outlet, Print};
use crate::source::{self, Event, Sink, SourceError};
use crate::storage::{Storage, StorageError};

/// Why the reader stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the runtime cannot start")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Buffer(#[from] BufferError),
    #[error("the state kept for {0} is not one of it: move its folder away to begin anew")]
    State(&'static str, #[source] StateError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Station(#[from] StationError),
}

/// One dataset: what makes its records, and where they wait.
struct Track {
    series: Series,
    buffer: Buffer,
}

/// Telegrams since the last word about them.
#[derive(Debug, Default)]
struct Health {
    telegrams: u64,
    damaged: u64,
    is_silent: bool,
}

/// An outlet at work, and what came of it.
type Publishing<O> = Pin<Box<dyn Future<Output = (O, Batch, Outcome<O>)>>>;
type Outcome<O> = Result<u64, <O as Outlet>::Error>;

/// Records that are handed on together, at most about this many.
const BATCH: usize = 500;

const HEALTH: Duration = Duration::from_mins(1);

const MEBIBYTE: u64 = 1024 * 1024;

/// Reads until the source ends or the operator ends it; then what waits is on the disk, and of a
/// source that ends also handed on.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let storage = Storage::open(&arguments.buffer)?;
    let mut tracks = tracks(&arguments, &storage)?;
    let (sender, events) = mpsc::channel(64);
    let sink = Sink::new(arguments.time_zone.clone(), sender);
    let introduction = introduction(&arguments);
    let source = tokio::spawn(source::run(arguments.source, sink));
    let ended = match introduction {
        Some(introduction) => {
            let outlet = Relay::start(&storage, introduction)?;
            pump(&mut tracks, events, Some(outlet)).await
        }
        None => pump(&mut tracks, events, arguments.print.then_some(Print)).await,
    };
    for track in &mut tracks {
        track.buffer.sync()?;
    }
    match ended? {
        // A source that may still wait for its next telegram.
        End::Stopped => source.abort(),
        End::OfSource => {
            if let Ok(outcome) = source.await {
                outcome?;
            }
        }
    }
    Ok(())
}

/// Ends the pairing of the device that has this folder.
pub(crate) async fn unpair(folder: &Path) -> Result<(), Failure> {
    let storage = Storage::open(folder)?;
    relay::unpair(&storage).await?;
    Ok(())
}

fn introduction(arguments: &Arguments) -> Option<Introduction> {
    Some(Introduction {
        node: arguments.node.clone()?,
        label: arguments.label.clone(),
        datasets: arguments.datasets.clone(),
        archived: arguments.archive.clone(),
    })
}

fn tracks(arguments: &Arguments, storage: &Storage) -> Result<Vec<Track>, Failure> {
    let cipher = Rc::new(storage.cipher()?);
    let open = |&dataset: &Dataset| {
        let limits = Limits {
            size: arguments.buffer_size * MEBIBYTE,
            sync_after: arguments.sync_after(dataset),
        };
        let buffer = Buffer::open(storage.folder(), dataset, Rc::clone(&cipher), limits)?;
        let zone = arguments.time_zone.clone();
        let series = match buffer.state()? {
            None => Series::new(dataset, zone),
            Some(state) => Series::resumed(dataset, zone, &state)
                .map_err(|error| Failure::State(dataset.name(), error))?,
        };
        if buffer.waiting() > 0 {
            journal::note(format_args!(
                "{}: {} wait",
                dataset.name(),
                buffer.waiting()
            ));
        }
        Ok(Track { series, buffer })
    };
    arguments.datasets.iter().map(open).collect()
}

/// Why reading ended without a failure.
enum End {
    OfSource,
    Stopped,
}

/// Takes telegrams and hands on records at the same time: neither waits for the other.
async fn pump<O: Outlet + 'static>(
    tracks: &mut [Track],
    mut events: mpsc::Receiver<Event>,
    outlet: Option<O>,
) -> Result<End, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    let mut words = interval(HEALTH);
    words.set_missed_tick_behavior(MissedTickBehavior::Delay);
    words.tick().await;
    let mut health = Health::default();
    let mut desk = Desk::new(outlet);
    let mut is_open = true;
    loop {
        desk.hand_on(tracks)?;
        if !is_open && desk.is_idle() {
            return Ok(End::OfSource);
        }
        tokio::select! {
            event = events.recv(), if is_open => match event {
                Some(Event::Telegram(sample)) => {
                    health.telegrams += 1;
                    tracks.iter_mut().try_for_each(|track| track.take(&sample))?;
                }
                Some(Event::Damaged) => health.damaged += 1,
                None => is_open = false,
            },
            done = desk.done() => desk.settle(done, tracks)?,
            _ = words.tick() => health.say(tracks),
            _ = terminate.recv() => return Ok(End::Stopped),
            _ = interrupt.recv() => return Ok(End::Stopped),
        }
    }
}

impl Track {
    fn take(&mut self, sample: &Sample) -> Result<(), BufferError> {
        let records = self.series.push(sample);
        if !self.series.take_change() {
            return Ok(());
        }
        self.buffer.append(records, &self.series.state())
    }
}

/// Hands records to an outlet, one batch at a time.
struct Desk<O: Outlet> {
    /// Here, or away with a batch, or not there at all.
    outlet: Option<O>,
    publishing: Option<Publishing<O>>,
    backoff: Backoff,
    /// After a failure, when to try again.
    rest: Option<Instant>,
    failing: bool,
}

/// What a desk waited for.
enum Done<O: Outlet> {
    Published(O, Batch, Outcome<O>),
    Rested,
}

impl<O: Outlet + 'static> Desk<O> {
    /// A desk without an outlet hands on nothing: what is read waits.
    const fn new(outlet: Option<O>) -> Self {
        Self {
            outlet,
            publishing: None,
            backoff: Backoff::new(),
            rest: None,
            failing: false,
        }
    }

    /// Whether nothing waits that could be handed on.
    const fn is_idle(&self) -> bool {
        self.publishing.is_none() && self.rest.is_none()
    }

    /// Sends the outlet away with the next batch, if it is here and there is one.
    fn hand_on(&mut self, tracks: &mut [Track]) -> Result<(), BufferError> {
        if self.rest.is_some() || self.outlet.is_none() {
            return Ok(());
        }
        for track in tracks {
            if track.buffer.waiting() == 0 {
                continue;
            }
            let (Some(batch), Some(mut outlet)) = (track.buffer.batch(BATCH)?, self.outlet.take())
            else {
                continue;
            };
            self.publishing = Some(Box::pin(async move {
                let outcome = outlet.publish(&batch).await;
                (outlet, batch, outcome)
            }));
            return Ok(());
        }
        Ok(())
    }

    /// Waits for the batch that is away, or for the next attempt. Never ends if there is neither.
    async fn done(&mut self) -> Done<O> {
        if let Some(publishing) = &mut self.publishing {
            let (outlet, batch, outcome) = publishing.await;
            return Done::Published(outlet, batch, outcome);
        }
        match self.rest {
            Some(rest) => sleep_until(rest).await,
            None => std::future::pending().await,
        }
        Done::Rested
    }

    fn settle(&mut self, done: Done<O>, tracks: &mut [Track]) -> Result<(), BufferError> {
        let Done::Published(outlet, batch, outcome) = done else {
            self.rest = None;
            return Ok(());
        };
        self.outlet = Some(outlet);
        self.publishing = None;
        let next = match outcome {
            Ok(next) => next,
            Err(error) => {
                if !self.failing {
                    journal::failure(&error);
                    journal::note("readings wait until somebody takes them");
                }
                self.failing = true;
                self.rest = Some(Instant::now() + self.backoff.step());
                return Ok(());
            }
        };
        if self.failing {
            journal::note("readings are taken again");
        }
        self.failing = false;
        self.backoff.reset();
        let taken = |track: &&mut Track| track.series.dataset() == batch.dataset;
        match tracks.iter_mut().find(taken) {
            Some(track) => track.buffer.acknowledge(&batch, next),
            None => Ok(()),
        }
    }
}

impl Health {
    /// A line when something is wrong, and once when it is right again.
    fn say(&mut self, tracks: &[Track]) {
        let waiting: u64 = tracks.iter().map(|track| track.buffer.waiting()).sum();
        if self.damaged > 0 {
            journal::note(format_args!(
                "in a minute {} telegrams, and {} that were damaged",
                self.telegrams, self.damaged
            ));
        }
        let is_silent = self.telegrams == 0;
        match (self.is_silent, is_silent) {
            (false, true) => journal::note(format_args!("no telegrams; {waiting} records wait")),
            (true, false) => journal::note("telegrams again"),
            _ => {}
        }
        *self = Self {
            is_silent,
            ..Self::default()
        };
    }
}
