//! What a block is, once executed: everything that must reach the disk in one transaction.

use assent_crypto::digest::Digest;
use assent_model::machine::Change;
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The head of the chain after a block. All that a restart needs beside state, tiles and nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockHeader {
    /// The number of the block, from 1.
    pub height: u64,
    /// The time of the block; never earlier than that of the block before.
    pub time: Timestamp,
    /// The number of log entries after this block.
    pub log_size: u64,
    /// RFC 6962 root over all entries after this block.
    pub log_root: Digest,
    /// Root of the map of current statuses after this block.
    pub status_root: Digest,
    /// The [`app_hash`](crate::checkpoint::app_hash) of both roots.
    pub app_hash: Digest,
}

/// One leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its position in the log, from 0.
    pub index: u64,
    /// The canonical JSON that the leaf hash covers.
    pub bytes: Vec<u8>,
    /// `SHA-256(0x00 ‖ bytes)`, RFC 6962 section 2.1.
    pub leaf_hash: Digest,
}

/// One tile of the log (C2SP tlog-tiles, tile height 8): up to 256 hashes of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The level in units of tiles: level 0 holds leaf hashes.
    pub level: u8,
    /// The position on its level, from 0.
    pub index: u64,
    /// The hashes, 32 bytes each, 1 to 256 of them.
    pub hashes: Vec<u8>,
}

/// A node of the status map, by the hexadecimal digits that lead to it from the root (`""`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeChange {
    /// The path from the root, one lower-case hexadecimal digit a level.
    pub path: String,
    /// Its encoding, or `None` when the node is gone.
    pub node: Option<Vec<u8>>,
}

/// A block that was executed and awaits its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedBlock<Event, Rejection> {
    /// The head after it.
    pub header: BlockHeader,
    /// The new log entries, in order.
    pub entries: Vec<LogEntry>,
    /// For each command in order: the events and the index of the first, or the refusal.
    pub outcomes: Vec<Result<Accepted<Event>, Rejection>>,
    /// The pieces of state that changed.
    pub changes: Vec<Change>,
    /// The tiles that changed, whole.
    pub tiles: Vec<Tile>,
    /// The status map nodes that changed.
    pub nodes: Vec<NodeChange>,
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<Event> {
    /// The log index of the first event.
    pub first_index: u64,
    /// The events, at consecutive indices. Empty when the command changed nothing.
    pub events: Vec<Event>,
}
