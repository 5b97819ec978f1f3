//! Letters that wait for the mail server. Each is a sealed document until the server has taken it, so
//! that a crash loses none; one that was being handed over may come twice.

use std::sync::{Arc, Weak};
use std::time::Duration;

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_storage::{Document, StoredDocument};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::catalogue::Letter;
use super::post::Delivery;
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::sequencing::Head;
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "letter";
/// What is older is no news.
const KEPT: Span = Span::from_days(1);
/// How many are read at a time.
const PAGE: u32 = 64;
/// After so many letters that it does not take now, a mail server is left alone.
const NOT_NOW_MAX: u32 = 3;
/// For so long.
const PAUSE: Duration = Duration::from_mins(1);

/// Says that a letter waits.
#[derive(Default)]
pub struct Waiting {
    wake: Notify,
}

impl Waiting {
    /// A letter was put into the store.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    party: PartyId,
    letter: Letter,
}

/// A letter to a party, to be put into the store with what it tells of. [`Waiting::wake`] follows.
pub(crate) fn document(node: &Node, party: PartyId, letter: Letter) -> Document {
    let now = node.clock.now();
    // In the order in which they were written; the rest tells those of one instant apart.
    let unique = base64url::encode(&random_bytes::<9>());
    let id = format!("{:020}-{unique}", now.as_millis());
    let kept = Kept { party, letter };
    Document {
        expires_at: Some(now + KEPT),
        ..vaulted::document(node, KIND, id, party.to_string(), &kept)
    }
}

/// Starts the task that hands letters over. It ends when no block can come any more, and keeps no node
/// alive.
pub(crate) fn start(node: &Arc<Node>) -> JoinHandle<()> {
    let head = node.head.clone();
    tokio::spawn(hand_over(Arc::downgrade(node), head))
}

async fn hand_over(node: Weak<Node>, mut head: watch::Receiver<Head>) {
    let Some(waiting) = node.upgrade().map(|node| Arc::clone(&node.letters)) else {
        return;
    };
    let mut has_more = true;
    let mut after = String::new();
    loop {
        if !has_more {
            tokio::select! {
                () = waiting.wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
                () = async { while head.changed().await.is_ok() {} } => return,
            }
        }
        let Some(node) = node.upgrade() else { return };
        has_more = match hand_over_some(&node, &mut after).await {
            Ok(has_more) => has_more,
            Err(failure) => {
                let code = failure.problem().code.as_str();
                tracing::error!(code, "letters that wait cannot be read");
                false
            }
        };
    }
}

/// Hands over letters from `after` on, and from the first again at the end; whether there may be more
/// that the server would take. A letter that is not taken now lets others pass: one address that
/// answers nothing keeps nobody else waiting.
async fn hand_over_some(node: &Node, after: &mut String) -> Result<bool, Failure> {
    let found = node.store.documents(KIND, after, PAGE).await?;
    let is_last = found.len() < PAGE as usize;
    let mut not_now = 0;
    for stored in found {
        let id = &stored.document.id;
        after.clone_from(id);
        if is_done(node, &stored).await? {
            node.store.delete_document(KIND, id).await?;
            continue;
        }
        not_now += 1;
        if not_now == NOT_NOW_MAX {
            return Ok(false);
        }
    }
    if is_last {
        after.clear();
    }
    Ok(!is_last)
}

/// Whether a letter need not wait any longer.
async fn is_done(node: &Node, stored: &StoredDocument) -> Result<bool, Failure> {
    let now = node.clock.now();
    if stored.document.expires_at.is_some_and(|end| end <= now) {
        return Ok(true);
    }
    let Ok(Kept { party, letter }) = vaulted::opened(node, stored) else {
        tracing::error!("a letter that waits cannot be read, and goes nowhere");
        return Ok(true);
    };
    let Some(recipient) = recipient(node, party).await? else {
        return Ok(true);
    };
    let delivered = node.contacts.post.deliver(party, recipient, letter).await;
    Ok(delivered != Delivery::NotNow)
}

/// Where a party is written to, if it has a confirmed address.
async fn recipient(node: &Node, party: PartyId) -> Result<Option<Recipient>, Failure> {
    let Some(contact) = contacts::contact_of(node, party).await? else {
        return Ok(None);
    };
    let address = EmailAddress::parse(&contact.email);
    Ok(address.map(|address| Recipient {
        address,
        language: contact.language,
    }))
}
