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

/// As [`leaf`], for many entries: they hold up no other request.
///
/// # Errors
/// The store is damaged.
pub(crate) async fn leaves(entries: Vec<LogEntry>) -> Result<Vec<LeafContent<Event>>, StoreError> {
    if entries.len() <= FEW {
        return entries.iter().map(leaf).collect();
    }
    let read = tokio::task::spawn_blocking(move || read_together(&entries));
    read.await.unwrap_or(Err(StoreError::Corrupt))
}

fn read_together(entries: &[LogEntry]) -> Result<Vec<LeafContent<Event>>, StoreError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = entries.len().div_ceil(threads);
    thread::scope(|scope| {
        let read = |some: &[LogEntry]| some.iter().map(leaf).collect::<Result<Vec<_>, _>>();
        let readers: Vec<_> = entries
            .chunks(share)
            .map(|some| scope.spawn(move || read(some)))
            .collect();
        let mut all = Vec::with_capacity(entries.len());
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
