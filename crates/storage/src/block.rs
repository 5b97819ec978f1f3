//! Committing a block: everything it leads to, in one transaction.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_ledger::block::{BlockHeader, LogEntry, NodeChange, Tile};
use assent_model::machine::Change;
use assent_model::time::Timestamp;
use sea_orm::{DatabaseTransaction, DbErr, Value};

use crate::bulk::{self, Table};
use crate::error::StoreError;
use crate::outbox::OutboxMessage;
use crate::row::{digest, instant, number};
use crate::store::Store;
use crate::vault::VaultEntry;

/// Everything that becomes durable with a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockCommit {
    /// The head after the block.
    pub header: BlockHeader,
    /// The new log entries, at consecutive positions, the last at `header.log_size - 1`.
    pub entries: Vec<LogEntry>,
    /// Whom an entry is about: the id of the subject and the index of the entry.
    pub subjects: Vec<(String, u64)>,
    /// The pieces of state that changed, each once.
    pub changes: Vec<Change>,
    /// The log tiles that changed, whole, each once.
    pub tiles: Vec<Tile>,
    /// The status map nodes that changed, each once.
    pub nodes: Vec<NodeChange>,
    /// The commands that were used. A key that is stored already fails the block.
    pub uses: Vec<CommandUse>,
    /// New members of lists.
    pub listings: Vec<Listing>,
    /// What is due when, in the order in which the rules said so.
    pub due: Vec<DueChange>,
    /// The messages to deliver. An id that is stored already fails the block.
    pub outbox: Vec<OutboxMessage>,
    /// The new sealed bodies. An id that is stored already fails the block.
    pub vault: Vec<VaultEntry>,
    /// The waiting receipts that entered the log with this block, by their numbers.
    pub receipts_done: Vec<i64>,
}

impl BlockCommit {
    /// A block with nothing but its header yet.
    pub fn new(header: BlockHeader) -> BlockCommit {
        BlockCommit {
            header,
            entries: Vec::new(),
            subjects: Vec::new(),
            changes: Vec::new(),
            tiles: Vec::new(),
            nodes: Vec::new(),
            uses: Vec::new(),
            listings: Vec::new(),
            due: Vec::new(),
            outbox: Vec::new(),
            vault: Vec::new(),
            receipts_done: Vec::new(),
        }
    }
}

/// A command that was used, and what it led to (invariant 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandUse {
    /// Who issued it under which `jti`.
    pub key: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// When it expires and may be forgotten.
    pub expires_at: Timestamp,
    /// The recorded outcome, for who sends the identical bytes again.
    pub outcome: Vec<u8>,
}

/// A member of a list.
///
/// Lists that are read and written together should have names that begin alike, with the id of what
/// they are about: `cns_…/receipts`, not `receipts-of/cns_…`. Then their rows lie side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The name of the list.
    pub list: String,
    /// The member; not empty.
    pub member: String,
    /// Where in the list it stands, usually the index of a log entry.
    pub position: u64,
}

/// A change to what is due when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueChange {
    /// The piece of state is to be looked at then, and at no other time.
    Set {
        /// When.
        at: Timestamp,
        /// Which piece of state.
        key: String,
    },
    /// The piece of state is not waiting any more.
    Clear {
        /// Which piece of state.
        key: String,
    },
}

const BLOCKS: Table<6> = Table {
    name: "blocks",
    columns: [
        "height",
        "time",
        "log_size",
        "log_root",
        "status_root",
        "app_hash",
    ],
    conflict: "",
};
const ENTRIES: Table<3> = Table {
    name: "entries",
    columns: ["position", "bytes", "leaf_hash"],
    conflict: "",
};
const LISTINGS: Table<3> = Table {
    name: "listings",
    columns: ["list", "position", "member"],
    conflict: "ON CONFLICT DO NOTHING",
};
const STATE: Table<2> = Table {
    name: "state",
    columns: ["key", "value"],
    conflict: "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
};
const TILES: Table<3> = Table {
    name: "tiles",
    columns: ["level", "position", "hashes"],
    conflict: "ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes",
};
const NODES: Table<2> = Table {
    name: "nodes",
    columns: ["path", "node"],
    conflict: "ON CONFLICT (path) DO UPDATE SET node = excluded.node",
};
const USES: Table<4> = Table {
    name: "uses",
    columns: ["key", "digest", "expires_at", "outcome"],
    conflict: "",
};
const DUE: Table<2> = Table {
    name: "due",
    columns: ["key", "at"],
    conflict: "ON CONFLICT (key) DO UPDATE SET at = excluded.at",
};
const OUTBOX: Table<6> = Table {
    name: "outbox",
    columns: ["id", "kind", "target", "payload", "next_at", "attempts"],
    conflict: "",
};
const VAULT: Table<4> = Table {
    name: "vault",
    columns: ["id", "owner", "kind", "ciphertext"],
    conflict: "",
};

impl Store {
    /// Makes a block durable: all of it, or nothing.
    ///
    /// To be called by one task that awaits it: where it fails or is dropped half-way the store is
    /// poisoned, as nobody knows what the disk holds.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] where an earlier write failed; [`StoreError::OutOfOrder`];
    /// [`StoreError::Conflict`]; or what the database reports. After any of them the store refuses
    /// writes.
    pub async fn commit_block(&self, block: BlockCommit) -> Result<(), StoreError> {
        let write = self.begin_durable().await?;
        self.check_order(&block)?;
        let header = block.header.clone();
        write_chain(&write.transaction, block.header, block.entries, block.tiles).await?;
        write_state(&write.transaction, block.changes, block.nodes).await?;
        write_lists(&write.transaction, block.subjects, block.listings).await?;
        write_due(&write.transaction, block.due).await?;
        write_uses(&write.transaction, block.uses).await?;
        write_outbox(&write.transaction, block.outbox).await?;
        write_vault(&write.transaction, block.vault).await?;
        forget_receipts(&write.transaction, block.receipts_done).await?;
        write.commit().await?;
        *self.locked_head() = Some(header);
        Ok(())
    }

    /// Adds members to lists that blocks of before did not have. What stands there already stays.
    ///
    /// # Errors
    /// As for [`Store::put_documents`].
    pub async fn add_listings(&self, listings: Vec<Listing>) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let written = write_lists(&transaction, Vec::new(), listings).await;
        self.judged(written)?;
        self.judged(transaction.commit().await)
    }

    /// Whether the block is the next one and its entries continue the log.
    fn check_order(&self, block: &BlockCommit) -> Result<(), StoreError> {
        let (height, log_size) = self
            .locked_head()
            .as_ref()
            .map_or((block.header.height, 0), |head| {
                (head.height + 1, head.log_size)
            });
        let indices = block.entries.iter().map(|entry| entry.index);
        let in_order = block.header.height == height && indices.eq(log_size..block.header.log_size);
        if in_order {
            Ok(())
        } else {
            Err(StoreError::OutOfOrder)
        }
    }
}

async fn write_chain(
    db: &DatabaseTransaction,
    header: BlockHeader,
    entries: Vec<LogEntry>,
    tiles: Vec<Tile>,
) -> Result<(), DbErr> {
    let header = [
        number(header.height),
        instant(header.time),
        number(header.log_size),
        digest(header.log_root),
        digest(header.status_root),
        digest(header.app_hash),
    ];
    bulk::insert(db, &BLOCKS, vec![header]).await?;
    let entries = entries
        .into_iter()
        .map(|entry| {
            [
                number(entry.index),
                entry.bytes.into(),
                digest(entry.leaf_hash),
            ]
        })
        .collect();
    bulk::insert(db, &ENTRIES, entries).await?;
    let tiles = tiles
        .into_iter()
        .map(|tile| {
            [
                i64::from(tile.level).into(),
                number(tile.index),
                tile.hashes.into(),
            ]
        })
        .collect();
    bulk::insert(db, &TILES, tiles).await
}

async fn write_state(
    db: &DatabaseTransaction,
    changes: Vec<Change>,
    nodes: Vec<NodeChange>,
) -> Result<(), DbErr> {
    let changes = changes
        .into_iter()
        .map(|change| (change.key.as_str().to_owned(), change.value));
    let (pieces, gone) = split(changes);
    bulk::insert(db, &STATE, pieces).await?;
    bulk::execute_in(db, "DELETE FROM state WHERE key", gone).await?;
    let (nodes, gone) = split(nodes.into_iter().map(|change| (change.path, change.node)));
    bulk::insert(db, &NODES, nodes).await?;
    bulk::execute_in(db, "DELETE FROM nodes WHERE path", gone).await
}

/// Parts what has a new value from what is gone.
fn split<V: Into<Value>>(
    changes: impl Iterator<Item = (String, Option<V>)>,
) -> (Vec<[Value; 2]>, Vec<Value>) {
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for (key, value) in changes {
        match value {
            Some(value) => new.push([key.into(), value.into()]),
            None => gone.push(key.into()),
        }
    }
    (new, gone)
}

async fn write_lists(
    db: &DatabaseTransaction,
    subjects: Vec<(String, u64)>,
    listings: Vec<Listing>,
) -> Result<(), DbErr> {
    let subjects = subjects
        .into_iter()
        .map(|(subject, index)| (subject, index, String::new()));
    let listings = listings
        .into_iter()
        .map(|new| (new.list, new.position, new.member));
    let mut rows: Vec<_> = subjects.chain(listings).collect();
    // Neighbours after each other: the page that one has touched is still at hand for the next.
    rows.sort_unstable();
    let rows = rows
        .into_iter()
        .map(|(list, position, member)| [list.into(), number(position), member.into()])
        .collect();
    bulk::insert(db, &LISTINGS, rows).await
}

async fn write_due(db: &DatabaseTransaction, changes: Vec<DueChange>) -> Result<(), DbErr> {
    // The last word on a key counts.
    let changes: BTreeMap<String, Option<Value>> = changes
        .into_iter()
        .map(|change| match change {
            DueChange::Set { at, key } => (key, Some(instant(at))),
            DueChange::Clear { key } => (key, None),
        })
        .collect();
    let (set, cleared) = split(changes.into_iter());
    bulk::insert(db, &DUE, set).await?;
    bulk::execute_in(db, "DELETE FROM due WHERE key", cleared).await
}

async fn write_uses(db: &DatabaseTransaction, uses: Vec<CommandUse>) -> Result<(), DbErr> {
    let mut uses = uses;
    uses.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let uses = uses
        .into_iter()
        .map(|used| {
            [
                used.key.into(),
                digest(used.digest),
                instant(used.expires_at),
                used.outcome.into(),
            ]
        })
        .collect();
    bulk::insert(db, &USES, uses).await
}

async fn write_outbox(db: &DatabaseTransaction, outbox: Vec<OutboxMessage>) -> Result<(), DbErr> {
    let outbox = outbox
        .into_iter()
        .map(|message| {
            [
                message.id.into(),
                message.kind.into(),
                message.target.into(),
                message.payload.into(),
                instant(message.not_before),
                number(0),
            ]
        })
        .collect();
    bulk::insert(db, &OUTBOX, outbox).await
}

async fn write_vault(db: &DatabaseTransaction, entries: Vec<VaultEntry>) -> Result<(), DbErr> {
    let entries = entries
        .into_iter()
        .map(|entry| {
            [
                entry.id.into(),
                entry.owner.into(),
                entry.kind.into(),
                entry.ciphertext.into(),
            ]
        })
        .collect();
    bulk::insert(db, &VAULT, entries).await
}

async fn forget_receipts(db: &DatabaseTransaction, done: Vec<i64>) -> Result<(), DbErr> {
    let done = done.into_iter().map(Value::from).collect();
    bulk::execute_in(db, "DELETE FROM receipts WHERE number", done).await
}
