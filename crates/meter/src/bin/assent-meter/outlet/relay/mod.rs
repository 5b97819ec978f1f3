//! A relay: readings go to whoever the household lets read them, and to nobody else.
//!
//! The device shows a code until somebody pairs it. From then on it follows the consents that the
//! relay shows it proof of, and publishes what somebody may read. What nobody may read is forgotten
//! once it is known that nobody may.

mod pairing;
mod publishing;
mod station;

use tokio::sync::{mpsc, oneshot};

use super::Outlet;
use crate::buffer::Batch;
use crate::storage::Storage;

pub(crate) use pairing::Introduction;
pub(crate) use station::{StationError, unpair};

/// Hands batches to the task that has the channel.
#[derive(Debug)]
pub(crate) struct Relay {
    requests: mpsc::Sender<Request>,
}

/// A batch, and where the answer goes.
struct Request {
    batch: Batch,
    taken: oneshot::Sender<Result<u64, RelayError>>,
}

/// Why a batch was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RelayError {
    #[error("the relay has not taken the readings")]
    Uplink(#[from] assent_client::uplink::UplinkError),
    #[error("the device was unpaired: start it again to show a new code")]
    Unpaired,
    #[error("the channel has ended")]
    Ended,
}

impl Relay {
    /// Starts the task: it pairs the device if it is not, and serves until the relay is dropped.
    pub(crate) fn start(
        storage: &Storage,
        introduction: Introduction,
    ) -> Result<Self, StationError> {
        let (requests, waiting) = mpsc::channel(1);
        let folder = station::Folder::open(storage)?;
        tokio::spawn(publishing::serve(folder, introduction, waiting));
        Ok(Self { requests })
    }
}

impl Outlet for Relay {
    type Error = RelayError;

    async fn publish(&mut self, batch: &Batch) -> Result<u64, RelayError> {
        let (taken, answer) = oneshot::channel();
        let request = Request {
            batch: batch.clone(),
            taken,
        };
        let sent = self.requests.send(request).await;
        sent.map_err(|_| RelayError::Ended)?;
        answer.await.map_err(|_| RelayError::Ended)?
    }
}
