//! Reading the log: the history of one thing, and the place of an entry in it.

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

/// All that happened to `subject`, oldest first, with what the leaf says of height and time.
pub(crate) async fn history(
    store: &Store,
    subject: &str,
) -> Result<Vec<LeafContent<Event>>, StoreError> {
    let entries = entries_of(store, subject).await?;
    entries
        .iter()
        .map(|entry| LeafContent::decode(&entry.bytes).map_err(|_| StoreError::Corrupt))
        .collect()
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
