//! The one SQL store of a node: chain, state, vault, outbox, receipts, documents, streams.
//!
//! SQLite in a file by default, PostgreSQL by URL; the same code and the same tables
//! (`schema.sql`, `streams.sql`) for both. A block is one transaction with everything that it leads to, so that the
//! block is the group commit and there is never half of one. Writes go through a single connection
//! of a single process: a second node that opens the same store is refused.
//!
//! **When a durable write fails, writing ends.** After a failed sync nobody knows what the disk
//! holds, and a second try may report success for data that is lost. So [`Store::commit_block`] and
//! [`Store::append_receipts`] never try again: the store is *poisoned* and refuses every write until
//! it is opened anew, which reads what is there. A disk that is full or fails under any other write
//! has the same effect.
//!
//! This crate never reads a clock, decides nothing about consents, opens no sealed body and keeps no
//! key. What it stores it does not interpret; neither its errors nor its logs name any of it.
//!
//! ```
//! use assent_storage::{BlockCommit, Listing, Store, StoreConfig};
//! # use assent_crypto::digest::Digest;
//! # use assent_ledger::block::BlockHeader;
//! # use assent_model::time::Timestamp;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let url = format!("sqlite:{}/assent.sqlite", directory.path().display());
//! # let header = BlockHeader {
//! #     height: 1,
//! #     time: Timestamp::from_millis(1_700_000_000_000),
//! #     log_size: 0,
//! #     log_root: Digest::of(b""),
//! #     status_root: Digest::ZERO,
//! #     app_hash: Digest::ZERO,
//! # };
//! let store = Store::open(&StoreConfig { url }).await?;
//!
//! let mut block = BlockCommit::new(header);
//! block.listings.push(Listing {
//!     list: "svc_bank/consents".to_owned(),
//!     member: "cns_1".to_owned(),
//!     position: 0,
//! });
//! store.commit_block(block).await?;
//!
//! assert_eq!(store.head().map(|head| head.height), Some(1));
//! assert_eq!(store.listing("svc_bank/consents", None, 10).await?, [(0, "cns_1".to_owned())]);
//! # Ok(())
//! # }
//! ```

mod block;
mod bulk;
mod chain;
mod documents;
mod error;
mod migration;
mod open;
mod outbox;
mod receipts;
mod row;
mod store;
mod streams;
mod upkeep;
mod vault;

pub use block::{BlockCommit, CommandUse, DueChange, Listing};
pub use documents::{Document, StoredDocument};
pub use error::StoreError;
pub use outbox::{Attempt, Claim, OutboxMessage, Outcome};
pub use store::{Fault, Store, StoreConfig};
pub use streams::{StreamRecord, StreamSegment};
pub use upkeep::Damage;
pub use vault::VaultEntry;
