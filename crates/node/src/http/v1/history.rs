//! The history of one thing, read from the log.

use assent_exchange::event::Event;
use assent_ledger::block::LogEntry;
use assent_ledger::sequencer::LeafContent;
use assent_storage::{Store, StoreError};

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
