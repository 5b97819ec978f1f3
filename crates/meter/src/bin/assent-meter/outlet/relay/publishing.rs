//! The task that has the channel: it publishes batches, and shuts readers out the moment it is told.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use assent_client::channel::{LaneName, Measured, Period};
use assent_client::streams::Standing;
use assent_client::uplink::{Dated, Parcel, Uplink, UplinkError, Watch};
use assent_meter::datasets::{Content, Dataset, Part, Record};
use assent_meter::zone::UnixSeconds;
use assent_model::time::Timestamp;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::pairing::{self, Introduction, PairingError};
use super::station::Folder;
use super::{RelayError, Request};
use crate::backoff::Backoff;
use crate::buffer::Batch;
use crate::journal;

/// Records that one part has at most, so that it stays far below 64 KiB.
const RECORDS_MAX: usize = 250;

/// How long a device that was unpaired waits before it shows a code again.
const AFTER_UNPAIRING: Duration = Duration::from_secs(5);

/// Pairs the device if it is not, publishes while it is, and begins anew where it was unpaired. Ends
/// when nobody asks any more.
pub(super) async fn serve(
    folder: Folder,
    introduction: Introduction,
    mut requests: mpsc::Receiver<Request>,
) {
    let mut backoff = Backoff::new();
    while !requests.is_closed() {
        match begin(&folder, &introduction, &mut requests).await {
            Ok(uplink) => {
                backoff.reset();
                if publish(uplink, &mut requests).await.is_unpaired() {
                    journal::note("unpaired: nobody reads this meter any more");
                    if let Err(error) = folder.forget_pairing() {
                        journal::failure(&error);
                        return;
                    }
                    tokio::time::sleep(AFTER_UNPAIRING).await;
                }
            }
            Err(error) if is_unpaired_error(&error) => {
                if let Err(error) = folder.forget_pairing() {
                    journal::failure(&error);
                    return;
                }
            }
            Err(error) => {
                journal::failure(&error);
                tokio::time::sleep(backoff.step()).await;
            }
        }
    }
}

async fn begin(
    folder: &Folder,
    introduction: &Introduction,
    requests: &mut mpsc::Receiver<Request>,
) -> Result<Uplink<Folder>, PairingError> {
    let is_paired = folder.is_paired()?;
    let mut pairing = pin!(pairing::uplink(folder, introduction));
    let mut uplink = loop {
        tokio::select! {
            biased;
            uplink = &mut pairing => break uplink?,
            Some(request) = requests.recv(), if !is_paired => let_go(request),
        }
    };
    uplink.catch_up().await?;
    Ok(uplink)
}

/// What is measured before the device is paired is nobody's: who pairs it may be another household than the one
/// that was measured.
fn let_go(request: Request) {
    let next = request.batch.next();
    // Who asked has gone.
    let _ = request.taken.send(Ok(next));
}

/// Why publishing ended.
enum End {
    Unpaired,
    NobodyAsks,
}

impl End {
    const fn is_unpaired(&self) -> bool {
        matches!(self, Self::Unpaired)
    }
}

async fn publish(mut uplink: Uplink<Folder>, requests: &mut mpsc::Receiver<Request>) -> End {
    let (sender, mut standings) = mpsc::channel(1);
    let watching = Watching(tokio::spawn(watch(uplink.watch(), sender)).abort_handle());
    let mut is_failing = false;
    let mut readers = uplink.readers();
    loop {
        let outcome = tokio::select! {
            standing = standings.recv() => match standing {
                Some(Ok(standing)) => uplink.follow(standing).await,
                Some(Err(error)) => Err(error),
                None => return End::NobodyAsks,
            },
            request = requests.recv() => match request {
                Some(request) => hand_on(&mut uplink, request).await,
                None => return End::NobodyAsks,
            },
        };
        if readers != uplink.readers() {
            readers = uplink.readers();
            journal::note(format_args!("{readers} may read"));
        }
        match outcome {
            Ok(()) => is_failing = false,
            Err(error) if is_unpaired(&error) => {
                drop(watching);
                return End::Unpaired;
            }
            Err(error) => {
                if !is_failing {
                    journal::failure(&error);
                }
                is_failing = true;
            }
        }
    }
}

/// Ends the task when it is dropped.
struct Watching(AbortHandle);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Waits for changes of the consents for as long as somebody listens.
async fn watch(mut watch: Watch, sender: mpsc::Sender<Result<Standing, UplinkError>>) {
    let mut backoff = Backoff::new();
    loop {
        let standing = watch.next().await;
        let rest = standing.is_err();
        if sender.send(standing).await.is_err() {
            return;
        }
        if rest {
            tokio::time::sleep(backoff.step()).await;
        } else {
            backoff.reset();
        }
    }
}

/// Publishes a batch, or as much of it as one part holds.
async fn hand_on(uplink: &mut Uplink<Folder>, request: Request) -> Result<(), UplinkError> {
    let Batch {
        dataset,
        first,
        mut records,
    } = request.batch;
    records.truncate(RECORDS_MAX);
    let dated: Vec<Dated> = records.iter().map(dated).collect();
    let parts = |count: usize| parts(dataset, &records[..count]);
    let parcel = Parcel {
        series: dataset.name(),
        first,
        dated: &dated,
        parts: &parts,
    };
    match uplink.publish(parcel).await {
        Ok(next) => {
            // Who asked has gone, and will ask again.
            let _ = request.taken.send(Ok(next));
            Ok(())
        }
        Err(error) if is_unpaired(&error) => {
            let _ = request.taken.send(Err(RelayError::Unpaired));
            Err(error)
        }
        // The desk says it once, and offers them again.
        Err(error) => {
            let _ = request.taken.send(Err(error.into()));
            Ok(())
        }
    }
}

/// Of when a record says something, and since when its amounts are.
fn dated(record: &Record) -> Dated {
    let period = Period {
        from: instant(record.from),
        until: instant(record.to),
    };
    let amounts = match &record.content {
        Content::Gap(_) => &[][..],
        Content::Values(amounts) => amounts,
    };
    let older = amounts.iter().filter_map(|amount| amount.measured);
    let measured = older.fold(period, |all, at| all.and(Period::at(instant(at))));
    Dated { period, measured }
}

/// What each lane of a dataset has of these records.
fn parts(dataset: Dataset, records: &[Record]) -> BTreeMap<LaneName, Measured> {
    let part = |concept: &'static str| {
        let part = Part::of(records, concept)?;
        let name = format!("{}/{concept}", dataset.name());
        let name = name.parse().expect("datasets and concepts have names");
        let (from, until) = part.period()?;
        let period = Period {
            from: instant(from),
            until: instant(until),
        };
        let bytes = part.to_bytes();
        Some((name, Measured { period, bytes }))
    };
    dataset.concepts().filter_map(part).collect()
}

fn instant(seconds: UnixSeconds) -> Timestamp {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    Timestamp::from_millis(seconds.saturating_mul(1_000))
}

fn is_unpaired(error: &UplinkError) -> bool {
    matches!(error, UplinkError::Client(error) if error.code() == Some("stream-closed"))
}

fn is_unpaired_error(error: &PairingError) -> bool {
    matches!(error, PairingError::Uplink(error) if is_unpaired(error))
}
