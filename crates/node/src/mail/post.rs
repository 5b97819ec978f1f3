//! The queue in front of the mailer: whoever sends a letter does not wait for the mail server, and
//! nobody learns from the time of an answer whether a letter was sent.

use std::time::Duration;

use assent_crypto::digest::Digest;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::catalogue::Letter;
use super::mailer::{Mailer, NotTaken};
use super::message::{Sender, message};
use crate::clock::Clock;
use crate::config::Config;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;

/// The most letters that wait.
const WAITING_MAX: usize = 1024;
/// How long to wait before each further attempt.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];

/// A handle to the queue.
#[derive(Clone)]
pub struct Post {
    waiting: mpsc::Sender<Errand>,
}

enum Errand {
    Send(Recipient, Letter),
    /// Comes after all letters that were sent before.
    Forget(Digest, oneshot::Sender<bool>),
}

/// Why there can be no mail.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// `mail_url` is not the address of a mail server. It may hold a password and is not shown.
    #[error("`mail_url` is not `smtp://…` or `smtps://…`")]
    Server,
    /// `mail_from` is not a sender.
    #[error("`mail_from` is not `Name <address>`")]
    From,
}

impl Post {
    /// Starts the task behind the queue. It ends when the last handle is dropped.
    ///
    /// # Errors
    /// See [`PostError`].
    pub fn start(
        config: &Config,
        clock: Clock,
        index_key: [u8; 32],
    ) -> Result<(Self, JoinHandle<()>), PostError> {
        let mailer =
            Mailer::new(&config.mail_url, &config.data_dir).map_err(|_| PostError::Server)?;
        let mailbox = config.mail_from.parse().map_err(|_| PostError::From)?;
        let link = config.public_url.clone();
        let (waiting, inbox) = mpsc::channel(WAITING_MAX);
        let worker = Worker {
            mailer,
            sender: Sender { mailbox, link },
            clock,
            index_key,
        };
        Ok((Self { waiting }, tokio::spawn(worker.run(inbox))))
    }

    /// Sends a letter, soon.
    ///
    /// # Errors
    /// Too many letters wait.
    pub fn send(&self, recipient: &Recipient, letter: Letter) -> Result<(), Failure> {
        let errand = Errand::Send(recipient.clone(), letter);
        self.waiting
            .try_send(errand)
            .map_err(|_| Failure::unavailable())
    }

    /// Sends a letter about something that has happened, whether or not there is room for it.
    pub fn tell(&self, recipient: &Recipient, letter: Letter) {
        if self.send(recipient, letter).is_err() {
            tracing::warn!("a letter is not sent: too many are waiting");
        }
    }

    /// Deletes what the node has kept of letters to the address with this index.
    ///
    /// # Errors
    /// The mail folder does not take writes.
    pub async fn forget(&self, index: Digest) -> Result<(), Failure> {
        let (done, answer) = oneshot::channel();
        let errand = Errand::Forget(index, done);
        self.waiting
            .send(errand)
            .await
            .map_err(|_| Failure::unavailable())?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(Failure::unavailable()),
        }
    }
}

struct Worker {
    mailer: Mailer,
    sender: Sender,
    clock: Clock,
    index_key: [u8; 32],
}

impl Worker {
    async fn run(self, mut inbox: mpsc::Receiver<Errand>) {
        while let Some(errand) = inbox.recv().await {
            match errand {
                Errand::Send(recipient, letter) => self.send(&recipient, &letter).await,
                Errand::Forget(index, done) => {
                    let forgotten = self.mailer.forget(index);
                    if let Err(error) = &forgotten {
                        tracing::error!(
                            error = error as &dyn std::error::Error,
                            "letters cannot be deleted"
                        );
                    }
                    // Whoever asked may have gone away.
                    let _ = done.send(forgotten.is_ok());
                }
            }
        }
    }

    async fn send(&self, recipient: &Recipient, letter: &Letter) {
        let index = recipient.address.index(&self.index_key);
        let mut delays = RETRY_DELAYS.into_iter();
        loop {
            let now = self.clock.now();
            let Ok(message) = message(&self.sender, recipient, letter, now) else {
                tracing::error!("a letter cannot be put into a message");
                return;
            };
            let Err(error) = self.mailer.send(index, message).await else {
                return;
            };
            let again = delays.next().filter(|_| matches!(error, NotTaken::ForNow));
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a letter is not taken"
            );
            match again {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return,
            }
        }
    }
}
