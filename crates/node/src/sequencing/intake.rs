//! Where commands come in.

use assent_api::v1::Outcome;
use assent_exchange::command::Command;
use assent_exchange::rejection::Rejection;
use tokio::sync::{mpsc, oneshot};

/// A body that travels beside a command and lives in the vault.
#[derive(Debug, Clone)]
pub struct VaultBody {
    /// Whose: a pseudonym or a party. Erasing the owner erases the body.
    pub owner: String,
    /// What it is, such as `form`.
    pub kind: &'static str,
    /// Its name within owner and kind, such as a consent id.
    pub id: String,
    /// What is in it, in clear. It is encrypted before it reaches the store.
    pub content: Vec<u8>,
}

/// Why a command did not become part of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The rules refuse it.
    #[error("the rules refuse the command")]
    Rejected(#[from] Rejection),
    /// A number used once was used in another statement.
    #[error("a number used once was used in another statement")]
    Reused,
    /// Too much is waiting.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The store does not take writes, or the node stops.
    #[error("the store does not take writes")]
    Unavailable,
}

/// What waits for a block.
pub(super) enum Waiting {
    /// A command.
    Command(Submission),
    /// Somebody who needs a fresh block, commands or not.
    Block(oneshot::Sender<()>),
}

/// A command with what belongs to it.
pub(super) struct Submission {
    pub(super) command: Command,
    pub(super) bodies: Vec<VaultBody>,
    pub(super) reply: oneshot::Sender<Result<Outcome, SubmitError>>,
}

/// A handle to the sequencing task.
#[derive(Debug, Clone)]
pub struct Intake(pub(super) mpsc::Sender<Waiting>);

impl Intake {
    /// Submits a command and waits until it is durable or refused.
    ///
    /// # Errors
    /// See [`SubmitError`].
    pub async fn submit(
        &self,
        command: Command,
        bodies: Vec<VaultBody>,
    ) -> Result<Outcome, SubmitError> {
        let (reply, outcome) = oneshot::channel();
        let waiting = Waiting::Command(Submission {
            command,
            bodies,
            reply,
        });
        self.0.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Unavailable,
        })?;
        outcome.await.unwrap_or(Err(SubmitError::Unavailable))
    }

    /// Whether the task behind it still runs: it ends when the store fails.
    pub fn is_open(&self) -> bool {
        !self.0.is_closed()
    }

    /// Returns when the task behind it has ended.
    pub async fn closed(&self) {
        self.0.closed().await;
    }

    /// Waits for a block that begins after this call.
    ///
    /// # Errors
    /// The store does not take writes.
    pub async fn fresh_block(&self) -> Result<(), SubmitError> {
        let (reply, done) = oneshot::channel();
        self.0
            .send(Waiting::Block(reply))
            .await
            .map_err(|_| SubmitError::Unavailable)?;
        done.await.map_err(|_| SubmitError::Unavailable)
    }
}
