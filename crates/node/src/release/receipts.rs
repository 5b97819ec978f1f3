//! The queue of use receipts: durable, one sync for all that wait, then into the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assent_model::records::release::UseReceipt;
use assent_storage::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// The most receipts that share one sync.
const BATCH_MAX: usize = 1024;
/// The most receipts that wait for one.
const WAITING_MAX: usize = 16_384;

/// Whether receipts are durable that no block has taken in yet.
#[derive(Debug, Clone, Default)]
pub struct PendingReceipts {
    appended: Arc<AtomicU64>,
    seen: Arc<AtomicU64>,
}

impl PendingReceipts {
    /// After a restart some may be left from before.
    pub fn after_restart() -> Self {
        let pending = Self::default();
        pending.appended.store(1, Ordering::SeqCst);
        pending
    }

    /// Whether a block should look for receipts.
    pub fn are_waiting(&self) -> bool {
        self.appended.load(Ordering::SeqCst) != self.seen.load(Ordering::SeqCst)
    }

    /// Notes how far receipts had been appended before they are read for a block.
    pub(crate) fn reading(&self) -> u64 {
        self.appended.load(Ordering::SeqCst)
    }

    /// Notes that all receipts appended up to `mark` are in blocks.
    pub(crate) fn recorded(&self, mark: u64) {
        self.seen.store(mark, Ordering::SeqCst);
    }

    fn appended(&self, count: u64) {
        self.appended.fetch_add(count, Ordering::SeqCst);
    }
}

struct Entry {
    bytes: Vec<u8>,
    durable: oneshot::Sender<bool>,
}

/// A handle to the queue.
#[derive(Clone)]
pub struct ReceiptQueue(mpsc::Sender<Entry>);

/// The receipt could not be made durable, so nothing may be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the receipt could not be made durable")]
pub struct ReceiptLost;

impl ReceiptQueue {
    /// Starts the task behind the queue.
    pub fn start(store: Arc<Store>, pending: PendingReceipts) -> (Self, JoinHandle<()>) {
        let (sender, inbox) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(run(store, pending, inbox));
        (Self(sender), task)
    }

    /// Returns once the receipt is durable.
    ///
    /// # Errors
    /// It is not, and will not be.
    pub async fn append(&self, receipt: &UseReceipt) -> Result<(), ReceiptLost> {
        let bytes = serde_json::to_vec(receipt).expect("a receipt has a JSON form");
        let (durable, answer) = oneshot::channel();
        self.0
            .send(Entry { bytes, durable })
            .await
            .map_err(|_| ReceiptLost)?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(ReceiptLost),
        }
    }
}

async fn run(store: Arc<Store>, pending: PendingReceipts, mut inbox: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(BATCH_MAX);
    while inbox.recv_many(&mut entries, BATCH_MAX).await > 0 {
        let (rows, waiting): (Vec<_>, Vec<_>) = entries
            .drain(..)
            .map(|entry| (entry.bytes, entry.durable))
            .unzip();
        let appended: Result<(), StoreError> = store.append_receipts(rows).await;
        if let Err(error) = &appended {
            tracing::error!(error = %error, "receipts cannot be written; nothing is released");
        }
        pending.appended(waiting.len() as u64);
        for durable in waiting {
            let _ = durable.send(appended.is_ok());
        }
    }
}
