//! A chain of made-up blocks, and all that a store says about it.

use assent_crypto::digest::Digest;
use assent_ledger::block::{BlockHeader, LogEntry, NodeChange, Tile};
use assent_ledger::merkle::{self, Appender};
use assent_model::machine::{Change, StateKey};
use assent_model::time::{Span, Timestamp};
use assent_storage::{
    BlockCommit, CommandUse, Document, DueChange, Listing, OutboxMessage, Store, StoredDocument,
    VaultEntry,
};

/// The time of the first block.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);
/// The end of time.
pub(crate) const NEVER: Timestamp = Timestamp::from_millis(u64::MAX);

/// Makes blocks that follow each other, with a real log.
#[derive(Default)]
pub(crate) struct Chain {
    log: Appender,
    height: u64,
}

impl Chain {
    /// The next block: so many log entries, and one of everything else, named after its height.
    pub(crate) fn block(&mut self, entries: u64) -> BlockCommit {
        self.height += 1;
        let height = self.height;
        let first = self.log.size();
        let entries: Vec<LogEntry> = (first..first + entries).map(entry).collect();
        for entry in &entries {
            self.log.append(entry.leaf_hash);
        }
        let subjects = entries
            .iter()
            .map(|entry| (format!("cns_{height}"), entry.index));
        BlockCommit {
            subjects: subjects.collect(),
            changes: vec![change(height, Some("state"))],
            tiles: self.log.drain_tiles(),
            nodes: vec![NodeChange {
                path: format!("{height:x}"),
                node: Some(bytes(height, 300)),
            }],
            uses: vec![CommandUse {
                key: format!("prt_{height}|jti"),
                digest: Digest::of(&height.to_be_bytes()),
                expires_at: time(height) + Span::from_minutes(10),
                outcome: bytes(height, 40),
            }],
            listings: vec![Listing {
                list: "svc/consents".to_owned(),
                member: format!("cns_{height}"),
                position: first,
            }],
            due: vec![DueChange::Set {
                at: time(height),
                key: format!("consent/cns_{height}"),
            }],
            outbox: vec![message(height)],
            vault: vec![VaultEntry {
                id: format!("bdy_{height}"),
                owner: format!("sur_{}", height % 2),
                kind: "answer".to_owned(),
                ciphertext: bytes(height, 500),
            }],
            entries,
            ..BlockCommit::new(self.header())
        }
    }

    fn header(&self) -> BlockHeader {
        BlockHeader {
            height: self.height,
            time: time(self.height),
            log_size: self.log.size(),
            log_root: self.log.root(),
            status_root: Digest::of(b"status"),
            app_hash: Digest::of(&self.height.to_be_bytes()),
        }
    }
}

pub(crate) fn time(height: u64) -> Timestamp {
    START + Span::from_seconds(height)
}

/// Bytes that tell where they come from.
pub(crate) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    seed.to_be_bytes()
        .into_iter()
        .cycle()
        .take(length)
        .collect()
}

pub(crate) fn entry(index: u64) -> LogEntry {
    let bytes = format!("{{\"index\":{index}}}").into_bytes();
    let leaf_hash = merkle::leaf_hash(&bytes);
    LogEntry {
        index,
        bytes,
        leaf_hash,
    }
}

pub(crate) fn key(number: u64) -> StateKey {
    StateKey::new("consent", format!("cns_{number}"))
}

pub(crate) fn change(number: u64, value: Option<&str>) -> Change {
    Change {
        key: key(number),
        value: value.map(|value| format!("{value} {number}").into_bytes()),
    }
}

pub(crate) fn message(number: u64) -> OutboxMessage {
    OutboxMessage {
        id: format!("msg_{number:04}"),
        kind: "webhook".to_owned(),
        target: "whk_1".to_owned(),
        payload: bytes(number, 200),
        not_before: time(number),
    }
}

pub(crate) fn document(id: &str, body: &str) -> Document {
    Document {
        kind: "account".to_owned(),
        id: id.to_owned(),
        owner: "prt_1".to_owned(),
        expires_at: None,
        body: body.into(),
    }
}

/// What a store holds of the first blocks of a [`Chain`].
#[derive(Debug, PartialEq)]
pub(crate) struct Contents {
    head: Option<BlockHeader>,
    headers: Vec<Option<BlockHeader>>,
    entries: Vec<LogEntry>,
    entries_by_subject: Vec<Vec<LogEntry>>,
    tiles: Vec<Tile>,
    state: Vec<(StateKey, Option<Vec<u8>>)>,
    nodes: Vec<(String, Option<Vec<u8>>)>,
    uses: Vec<CommandUse>,
    listing: Vec<(u64, String)>,
    due: Vec<(Timestamp, String)>,
    vault: Vec<Vec<VaultEntry>>,
    receipts: Vec<Vec<u8>>,
    documents: Vec<StoredDocument>,
}

/// What `store` holds of the blocks up to `height`.
pub(crate) async fn contents(store: &Store, height: u64) -> Contents {
    let heights = 1..=height;
    let mut headers = Vec::new();
    let mut entries_by_subject = Vec::new();
    for height in heights.clone() {
        headers.push(store.header(height).await.unwrap());
        entries_by_subject.push(
            store
                .entries_of(&format!("cns_{height}"), None, 1000)
                .await
                .unwrap(),
        );
    }
    let places: Vec<(u8, u64)> = (0..3)
        .flat_map(|level| (0..9).map(move |at| (level, at)))
        .collect();
    let mut tiles = store.tiles(&places).await.unwrap();
    tiles.sort_by_key(|tile| (tile.level, tile.index));
    let keys: Vec<StateKey> = heights.clone().map(key).collect();
    let paths: Vec<String> = heights
        .clone()
        .map(|height| format!("{height:x}"))
        .collect();
    let used: Vec<String> = heights.map(|height| format!("prt_{height}|jti")).collect();
    let mut uses = store.uses(&used).await.unwrap();
    uses.sort_by(|one, other| one.key.cmp(&other.key));
    let receipts = store.pending_receipts(1000).await.unwrap();
    Contents {
        head: store.head(),
        headers,
        entries: store.entries(0..u64::from(u32::MAX)).await.unwrap(),
        entries_by_subject,
        tiles,
        state: store.state(&keys).await.unwrap(),
        nodes: store.nodes(&paths).await.unwrap(),
        uses,
        listing: store.listing("svc/consents", None, 1000).await.unwrap(),
        due: store.due(NEVER, 1000).await.unwrap(),
        vault: vec![
            store.vault_of("sur_0").await.unwrap(),
            store.vault_of("sur_1").await.unwrap(),
        ],
        receipts: receipts.into_iter().map(|(_, body)| body).collect(),
        documents: store.documents("account", "", 1000).await.unwrap(),
    }
}
