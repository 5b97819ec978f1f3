//! Commands of the node's own: receipts that wait to enter the log, and what fell due.

use assent_exchange::command::Command;
use assent_exchange::release::command::ReleaseCommand;
use assent_model::records::release::{ReceiptBatch, UseReceipt};
use assent_model::statement::{self, Envelope, STATEMENT_BYTES_MAX};
use assent_model::time::{Span, Timestamp};
use assent_storage::StoreError;

use super::due;
use super::task::Parts;

/// The most receipts that one block takes in.
const BLOCK_RECEIPTS_MAX: u32 = 1000;
/// The most expiries that one block records.
const BLOCK_DUE_MAX: u32 = 512;
/// The most JSON of receipts in one statement: base64url makes four bytes of three, and the
/// envelope needs room too.
const BATCH_JSON_MAX: usize = STATEMENT_BYTES_MAX / 2;

/// The node's own commands for one block.
pub(super) struct OwnWork {
    pub(super) commands: Vec<Command>,
    /// The receipts in each of the first commands, by their numbers in the queue.
    pub(super) receipts: Vec<Vec<i64>>,
    /// The entries of the schedule that fell due.
    pub(super) due_keys: Vec<String>,
    /// How far the queue had been filled when it was read, if it was read to its end.
    pub(super) receipts_mark: Option<u64>,
}

impl OwnWork {
    /// What there is to do at `now`.
    pub(super) async fn at(parts: &Parts, now: Timestamp) -> Result<Self, StoreError> {
        let mut work = Self {
            commands: Vec::new(),
            receipts: Vec::new(),
            due_keys: Vec::new(),
            receipts_mark: None,
        };
        if parts.receipts.are_waiting() {
            work.take_receipts(parts, now).await?;
        }
        let due = parts.store.due(now, BLOCK_DUE_MAX).await?;
        work.due_keys = due.into_iter().map(|(_, key)| key).collect();
        work.commands
            .extend(work.due_keys.iter().filter_map(|key| due::command(key)));
        Ok(work)
    }

    async fn take_receipts(&mut self, parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
        let mark = parts.receipts.reading();
        let rows = parts.store.pending_receipts(BLOCK_RECEIPTS_MAX).await?;
        self.receipts_mark = (rows.len() < BLOCK_RECEIPTS_MAX as usize).then_some(mark);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let (mut numbers, mut receipts, mut json) = (Vec::new(), Vec::new(), 0);
            while let Some((number, bytes)) = rows
                .next_if(|(_, bytes)| receipts.is_empty() || json + bytes.len() <= BATCH_JSON_MAX)
            {
                json += bytes.len();
                numbers.push(number);
                let receipt: UseReceipt =
                    serde_json::from_slice(&bytes).map_err(|_| StoreError::Corrupt)?;
                receipts.push(receipt);
            }
            self.commands.push(batch(parts, receipts, now));
            self.receipts.push(numbers);
        }
        Ok(())
    }
}

/// The operator's signed list of uses.
fn batch(parts: &Parts, receipts: Vec<UseReceipt>, now: Timestamp) -> Command {
    let key = &parts.token_key;
    let content = ReceiptBatch { receipts };
    let lifetime = Span::from_minutes(5);
    let envelope = Envelope::new(
        parts.chain.clone(),
        *key.verifying_key(),
        now,
        lifetime,
        content,
    );
    Command::Release(ReleaseCommand::Record(statement::sign(envelope, key)))
}
