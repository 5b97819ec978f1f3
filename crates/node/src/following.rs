//! Following the log: what has happened there is told to whom it concerns, in My Home and by letters.
//!
//! One task reads each entry once. How far it has come is a document, written with the letters that it
//! leads to: a crash loses no letter and repeats none. What people are told has marks of its own, so
//! that it can be read again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use assent_model::time::Timestamp;
use assent_storage::Document;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::contacts;
use crate::history;
use crate::http::failure::Failure;
use crate::mail::{events, waiting};
use crate::node::Node;
use crate::notifications::watching::{self, Watching};
use crate::sequencing::Head;

/// The kind of the document that says how far the log was followed.
const KIND: &str = "followed";
/// Its id.
const PLACE: &str = "log";
/// What comes in so short a time is looked at together.
const PAUSE: Duration = Duration::from_millis(200);
/// How often ends and endpoints are looked at when nothing happens.
const TICK: Duration = Duration::from_secs(30);
/// How many entries are read at a time.
const PAGE: u64 = 256;
/// How far the log is followed before that is written down without a letter.
const NOTED_AFTER: u64 = 4096;

/// How far everything was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The first entry of the log about which no letter was written.
    next: u64,
    /// From where on entries are read again: the oldest about which a letter may have to follow.
    again: u64,
    /// Of the schedule, what was looked at last: when, and its key.
    due: (Timestamp, String),
}

/// Starts the task. It ends when no block can come any more, and keeps no node alive.
pub(crate) fn start(node: &Arc<Node>) -> JoinHandle<()> {
    let head = node.head.clone();
    tokio::spawn(follow(Arc::downgrade(node), head))
}

async fn follow(node: Weak<Node>, mut head: watch::Receiver<Head>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let Some(ailing) = node.upgrade().map(|node| Arc::clone(&node.webhooks.ailing)) else {
        return;
    };
    let mut following = None;
    loop {
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return },
            _ = tick.tick() => {}
            () = ailing.notified() => {}
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // A node that stops does not wait.
            () = async { while head.changed().await.is_ok() {} } => return,
        }
        let Some(node) = node.upgrade() else { return };
        if let Err(failure) = step(&node, &mut following).await {
            let code = failure.problem().code.as_str();
            tracing::error!(code, "people are not told what happened");
            // What was done in memory may not be on disk.
            following = None;
        }
    }
}

async fn step(node: &Node, following: &mut Option<Following>) -> Result<(), Failure> {
    let mut at = match following.take() {
        Some(at) => at,
        None => Following::begin(node).await?,
    };
    at.catch_up(node).await?;
    *following = Some(at);
    events::write_about_endpoints(node).await
}

struct Following {
    place: Place,
    /// The first entry that was not read.
    read: u64,
    /// How far is written down.
    noted: u64,
    watching: Watching,
}

impl Following {
    /// Goes on where it was written down, or begins with the log: what was told is not told again, and
    /// what is old is not written about.
    async fn begin(node: &Node) -> Result<Self, Failure> {
        let found = node.store.document(KIND, PLACE).await?;
        let known: Option<Place> =
            found.and_then(|found| serde_json::from_slice(&found.document.body).ok());
        let place = known.unwrap_or_else(|| Place {
            next: 0,
            again: 0,
            due: (node.clock.now(), String::new()),
        });
        Ok(Self {
            read: place.again,
            noted: place.next,
            watching: Watching::default(),
            place,
        })
    }

    async fn catch_up(&mut self, node: &Node) -> Result<(), Failure> {
        let size = node.head.borrow().header.log_size;
        let is_written_to = contacts::are_there(node).await?;
        while self.read < size {
            let end = size.min(self.read + PAGE);
            let mut letters = Vec::new();
            for entry in node.store.entries(self.read..end).await? {
                let leaf = history::leaf(&entry)?;
                self.watching.happened(node, &leaf).await?;
                if is_written_to && self.place.next <= leaf.index {
                    letters.extend(events::about(node, &leaf).await?);
                }
            }
            self.read = end;
            self.place.next = self.place.next.max(end);
            if !letters.is_empty() {
                let letters = letters.into_iter();
                let letters = letters.map(|(party, one)| waiting::document(node, party, one));
                self.note(node, letters.collect()).await?;
                node.letters.wake();
            }
        }
        self.watching.write_to_the_asked(node).await?;
        let is_new = watching::ending(node, &mut self.place.due).await?;
        if is_new || self.place.next - self.noted >= NOTED_AFTER {
            self.note(node, Vec::new()).await?;
        }
        Ok(())
    }

    /// Writes down how far it has come, with the letters on the way there.
    async fn note(&mut self, node: &Node, letters: Vec<Document>) -> Result<(), Failure> {
        let oldest = self.watching.oldest().unwrap_or(self.place.next);
        self.place.again = oldest.min(self.place.next);
        let mut documents = letters;
        documents.push(Document {
            kind: KIND.into(),
            id: PLACE.into(),
            owner: String::new(),
            expires_at: None,
            body: serde_json::to_vec(&self.place).expect("a place has a JSON form"),
        });
        node.store.put_documents(documents).await?;
        self.noted = self.place.next;
        Ok(())
    }
}
