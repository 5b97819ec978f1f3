//! Lists for logs that were begun before the lists: what the entries of a store would have been put on
//! is added to it once, before the node goes on.

use assent_exchange::event::Event;
use assent_ledger::sequencer::LeafContent;
use assent_storage::{Document, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::block_rows::listings;

/// The kind and the id of the document that says which lists a store has.
const KIND: &str = "lists";
/// Grows when `listings` puts something on one more list.
const VERSION: u32 = 1;
/// How many entries are read at a time.
const ENTRIES: u64 = 1024;

/// Which lists a store has.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    version: u32,
}

/// Adds what is missing on lists, where the store was written by a node that did not have all of
/// them. Adding twice changes nothing, so it can be cut short.
///
/// # Errors
/// The store fails, or its log cannot be read.
pub(super) async fn complete(store: &Store) -> Result<(), StoreError> {
    let known = store.document(KIND, KIND).await?;
    let known = known.map(|known| serde_json::from_slice::<Lists>(&known.document.body));
    let known = known.transpose().map_err(|_| StoreError::Corrupt)?;
    if known.unwrap_or_default().version >= VERSION {
        return Ok(());
    }
    let size = store.head().map_or(0, |head| head.log_size);
    let mut next = 0;
    while next < size {
        let end = size.min(next + ENTRIES);
        let mut found = Vec::new();
        for entry in store.entries(next..end).await? {
            let leaf =
                LeafContent::<Event>::decode(&entry.bytes).map_err(|_| StoreError::Corrupt)?;
            found.extend(listings(&leaf.event, entry.index));
        }
        if !found.is_empty() {
            store.add_listings(found).await?;
        }
        next = end;
    }
    let body = serde_json::to_vec(&Lists { version: VERSION }).map_err(|_| StoreError::Corrupt)?;
    let document = Document {
        kind: KIND.into(),
        id: KIND.into(),
        owner: String::new(),
        expires_at: None,
        body,
    };
    store.put_documents(vec![document]).await
}
