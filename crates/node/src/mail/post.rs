//! The queue in front of the mailer: whoever sends a letter does not wait for the mail server, and
//! nobody learns from the time of an answer whether a letter was sent.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use assent_crypto::digest::Digest;
use assent_model::ids::PartyId;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::catalogue::Letter;
use super::mailer::{Mailer, NotTaken};
use super::message::{Sender, message};
use crate::clock::Clock;
use crate::config::Config;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;
use crate::sequencing::Head;

/// The most letters that wait.
const WAITING_MAX: usize = 1024;
/// How long to wait before each further attempt.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];

/// How many letters are on their way to the mail server at a time. A letter that it does not take keeps
/// nobody else waiting.
const AT_ONCE: usize = 16;
/// How long a node that stops goes on with the letters that wait.
const GRACE: Duration = Duration::from_secs(3);

/// A handle to the queue.
#[derive(Clone)]
pub struct Post {
    waiting: mpsc::Sender<Errand>,
}

enum Errand {
    Send(Posted),
    /// Somebody waits for what becomes of it.
    Deliver(Posted, oneshot::Sender<Delivery>),
    /// Comes after all letters that were sent before.
    Forget(About, oneshot::Sender<bool>),
}

/// What letters are about, so that they are forgotten with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An account.
    Account(PartyId),
    /// An address by its index, which belongs to no account yet.
    Address(Digest),
}

impl From<PartyId> for About {
    fn from(party: PartyId) -> Self {
        Self::Account(party)
    }
}

impl From<Digest> for About {
    fn from(index: Digest) -> Self {
        Self::Address(index)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(party) => party.fmt(f),
            Self::Address(index) => index.fmt(f),
        }
    }
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The mail server has it.
    Taken,
    /// Nobody will ever take it.
    Refused,
    /// The mail server does not take this one now.
    NotThis,
    /// Nobody takes anything now.
    NotNow,
}

/// A letter on its way.
struct Posted {
    about: About,
    recipient: Recipient,
    letter: Letter,
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
    /// Starts the task behind the queue. It ends soon after the last handle is dropped, or when
    /// no block can come any more.
    ///
    /// # Errors
    /// See [`PostError`].
    pub fn start(
        config: &Config,
        clock: Clock,
        head: watch::Receiver<Head>,
    ) -> Result<(Self, JoinHandle<()>), PostError> {
        let mailer =
            Mailer::new(&config.mail_url, &config.data_dir).map_err(|_| PostError::Server)?;
        let mailbox = config.mail_from.parse().map_err(|_| PostError::From)?;
        let link = config.public_url.clone();
        let (waiting, inbox) = mpsc::channel(WAITING_MAX);
        let sender = Sender { mailbox, link };
        let worker = Worker {
            mailer,
            sender,
            clock,
        };
        Ok((Self { waiting }, tokio::spawn(worker.run(inbox, head))))
    }

    /// Sends a letter, soon.
    ///
    /// # Errors
    /// Too many letters wait.
    pub fn send(
        &self,
        about: impl Into<About>,
        recipient: &Recipient,
        letter: Letter,
    ) -> Result<(), Failure> {
        let posted = Posted {
            about: about.into(),
            recipient: recipient.clone(),
            letter,
        };
        self.waiting
            .try_send(Errand::Send(posted))
            .map_err(|_| Failure::unavailable())
    }

    /// Sends a letter about something that has happened, whether or not there is room for it.
    pub fn tell(&self, about: impl Into<About>, recipient: &Recipient, letter: Letter) {
        if self.send(about, recipient, letter).is_err() {
            tracing::warn!("a letter is not sent: too many are waiting");
        }
    }

    /// Sends a letter, and waits for what becomes of it.
    pub(crate) async fn deliver(
        &self,
        about: impl Into<About>,
        recipient: Recipient,
        letter: Letter,
    ) -> Delivery {
        let (done, answer) = oneshot::channel();
        let posted = Posted {
            about: about.into(),
            recipient,
            letter,
        };
        match self.waiting.send(Errand::Deliver(posted, done)).await {
            Ok(()) => answer.await.unwrap_or(Delivery::NotNow),
            Err(_) => Delivery::NotNow,
        }
    }

    /// Deletes what the node has kept of letters about something.
    ///
    /// # Errors
    /// The mail folder does not take writes.
    pub async fn forget(&self, about: impl Into<About>) -> Result<(), Failure> {
        let (done, answer) = oneshot::channel();
        let errand = Errand::Forget(about.into(), done);
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
}

impl Worker {
    /// A node that stops does not wait for a mail server that does not answer: codes are void
    /// after a restart anyway.
    async fn run(self, inbox: mpsc::Receiver<Errand>, mut head: watch::Receiver<Head>) {
        let mut work = pin!(Arc::new(self).work(inbox));
        let stopped = async { while head.changed().await.is_ok() {} };
        tokio::select! {
            () = &mut work => {}
            () = stopped => {
                if tokio::time::timeout(GRACE, work).await.is_err() {
                    tracing::warn!("letters are not sent: the node stops");
                }
            }
        }
    }

    async fn work(self: Arc<Self>, mut inbox: mpsc::Receiver<Errand>) {
        let mut on_the_way = JoinSet::new();
        loop {
            tokio::select! {
                errand = inbox.recv(), if on_the_way.len() < AT_ONCE => match errand {
                    Some(errand) if self.mailer.is_at_hand() => self.do_errand(errand).await,
                    Some(errand) => {
                        let worker = Arc::clone(&self);
                        on_the_way.spawn(async move { worker.do_errand(errand).await });
                    }
                    None => break,
                },
                Some(_) = on_the_way.join_next() => {}
            }
        }
        while on_the_way.join_next().await.is_some() {}
    }

    async fn do_errand(&self, errand: Errand) {
        match errand {
            Errand::Send(posted) => {
                self.send(&posted, &RETRY_DELAYS).await;
            }
            Errand::Deliver(posted, done) => {
                // Whoever waits for it tries again, or may have gone away.
                let delivery = self.send(&posted, &[]).await;
                let _ = done.send(delivery);
            }
            Errand::Forget(about, done) => {
                let forgotten = self.mailer.forget(about);
                if let Err(error) = &forgotten {
                    let error: &dyn std::error::Error = error;
                    tracing::error!(error, "letters cannot be deleted");
                }
                // Whoever asked may have gone away.
                let _ = done.send(forgotten.is_ok());
            }
        }
    }

    async fn send(&self, posted: &Posted, delays: &[Duration]) -> Delivery {
        let (sender, now) = (&self.sender, self.clock.now());
        let mut delays = delays.iter();
        loop {
            let message = message(sender, &posted.recipient, &posted.letter, now);
            let Ok(message) = message else {
                tracing::error!("a letter cannot be put into a message");
                return Delivery::Refused;
            };
            let Err(error) = self.mailer.send(posted.about, message).await else {
                return Delivery::Taken;
            };
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a letter is not taken"
            );
            let delivery = match error {
                NotTaken::ForGood => return Delivery::Refused,
                NotTaken::ForNow => Delivery::NotThis,
                NotTaken::Nothing | NotTaken::Folder(_) => Delivery::NotNow,
            };
            match delays.next() {
                Some(delay) => tokio::time::sleep(*delay).await,
                None => return delivery,
            }
        }
    }
}
