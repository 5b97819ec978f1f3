//! Reading the log: the history of one thing, and the place of an entry in it.

use std::num::NonZero;
use std::thread;

use assent_api::problem::Code;
use assent_crypto::digest::Digest;
use assent_exchange::event::Event;
use assent_ledger::block::LogEntry;
use assent_ledger::merkle::{TileSet, inclusion_proof, inclusion_tiles};
use assent_ledger::sequencer::LeafContent;
use assent_storage::{Store, StoreError};
use serde::Deserialize;

use crate::http::failure::Failure;
use crate::node::Node;

/// The most entries that one page of a history reads.
const PAGE: u32 = 256;

/// So many entries are decoded where they are read; of more, other threads take their share.
const FEW: usize = 128;

/// What an entry of this node's own log says. That it is spelled canonically was seen when it was put
/// there, under its hash, and is not looked at again.
///
/// # Errors
/// The store is damaged.
pub(crate) fn leaf(entry: &LogEntry) -> Result<LeafContent<Event>, StoreError> {
    serde_json::from_slice(&entry.bytes).map_err(|_| StoreError::Corrupt)
}

/// As much of an entry as says what kind it is of.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow)]
    event: Component<'a>,
}

#[derive(Deserialize)]
struct Component<'a> {
    component: &'a str,
    #[serde(borrow)]
    what: What<'a>,
}

#[derive(Deserialize)]
struct What<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}

/// Whether an entry says that a consent was given. What else it says is not read.
pub(crate) fn is_consent_given(entry: &LogEntry) -> bool {
    let kind = serde_json::from_slice::<Kind<'_>>(&entry.bytes);
    kind.is_ok_and(|Kind { event }| event.component == "consent" && event.what.kind == "given")
}

/// As [`leaf`], for many entries: they hold up no other request.
///
/// # Errors
/// The store is damaged.
pub(crate) async fn leaves(entries: Vec<LogEntry>) -> Result<Vec<LeafContent<Event>>, StoreError> {
    if entries.len() <= FEW {
        return entries.iter().map(leaf).collect();
    }
    let read = tokio::task::spawn_blocking(move || read_together(&entries, leaf));
    read.await.unwrap_or(Err(StoreError::Corrupt))
}

/// Reads many things, each thread its share of them.
///
/// # Errors
/// The first that cannot be read.
pub(crate) fn read_together<T: Sync, R: Send>(
    things: &[T],
    read: impl Fn(&T) -> Result<R, StoreError> + Sync,
) -> Result<Vec<R>, StoreError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.len().div_ceil(threads).max(1);
    let read = |some: &[T]| some.iter().map(&read).collect::<Result<Vec<R>, _>>();
    thread::scope(|scope| {
        let readers: Vec<_> = things
            .chunks(share)
            .map(|some| scope.spawn(move || read(some)))
            .collect();
        let mut all = Vec::with_capacity(things.len());
        for reader in readers {
            all.extend(reader.join().unwrap_or(Err(StoreError::Corrupt))?);
        }
        Ok(all)
    })
}

/// All that happened to `subject`, oldest first, with what the leaf says of height and time.
pub(crate) async fn history(
    store: &Store,
    subject: &str,
) -> Result<Vec<LeafContent<Event>>, StoreError> {
    leaves(entries_of(store, subject).await?).await
}

/// All log entries about `subject`, oldest first.
pub(crate) async fn entries_of(store: &Store, subject: &str) -> Result<Vec<LogEntry>, StoreError> {
    let mut entries: Vec<LogEntry> = Vec::new();
    loop {
        let after = entries.last().map(|entry| entry.index);
        let page = store.entries_of(subject, after, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        entries.extend(page);
        if is_last {
            return Ok(entries);
        }
    }
}

/// The audit path of an entry in the log of that size.
pub(crate) async fn audit_path(node: &Node, index: u64, size: u64) -> Result<Vec<Digest>, Failure> {
    let needed = inclusion_tiles(index, size).map_err(|_| Failure::not_found())?;
    let needed: Vec<_> = needed.iter().map(|tile| (tile.level, tile.index)).collect();
    let tiles: TileSet = node.store.tiles(&needed).await?.into_iter().collect();
    inclusion_proof(index, size, &tiles).map_err(|_| Failure::from(Code::Internal))
}
