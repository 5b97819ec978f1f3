//! Letters that wait for the mail server. Each is a sealed document until the server has taken it, so
//! that a crash loses none; one that was being handed over may come twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use assent_model::time::Span;
use assent_storage::{Document, StoredDocument};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

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
/// After so many letters in a row that it does not take now, a mail server is left alone.
const IN_VAIN_MAX: u32 = 32;
/// For so long; and so long is nothing sent again to who could not be sent something.
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
    /// Where it goes; to the contact of the party by then, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<To>,
    letter: Letter,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    email: String,
    language: Language,
}

/// A letter to a party, to be put into the store with what it tells of. [`Waiting::wake`] follows.
pub(crate) fn document(node: &Node, party: PartyId, letter: Letter) -> Document {
    sealed(node, party, None, letter)
}

/// The same, to an address that may be none of the party any more.
pub(crate) fn document_to(
    node: &Node,
    party: PartyId,
    recipient: &Recipient,
    letter: Letter,
) -> Document {
    let to = To {
        email: recipient.address.as_str().to_owned(),
        language: recipient.language.clone(),
    };
    sealed(node, party, Some(to), letter)
}

fn sealed(node: &Node, party: PartyId, to: Option<To>, letter: Letter) -> Document {
    let now = node.clock.now();
    // In the order in which they were written; the rest tells those of one instant apart.
    let unique = base64url::encode(&random_bytes::<9>());
    let id = format!("{:020}-{unique}", now.as_millis());
    let kept = Kept { party, to, letter };
    let (owner, until) = (party.to_string(), Some(now + KEPT));
    vaulted::document(node, KIND, id, owner, until, &kept)
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
    let mut round = Round::default();
    loop {
        if !has_more {
            tokio::select! {
                () = waiting.wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
                () = async { while head.changed().await.is_ok() {} } => return,
            }
        }
        let Some(node) = node.upgrade() else { return };
        has_more = match round.go_on(&node).await {
            Ok(has_more) => has_more,
            Err(failure) => {
                let code = failure.problem().code.as_str();
                tracing::error!(code, "letters that wait cannot be read");
                false
            }
        };
    }
}

/// How far a round through the letters that wait has come. A letter that is not taken now lets others
/// pass: one address that answers nothing keeps nobody else waiting, however many letters wait for it.
#[derive(Default)]
struct Round {
    after: String,
    /// Whose letters are not tried until then.
    put_off: BTreeMap<String, Instant>,
    /// What was handed over and could not be deleted: it is not handed over again.
    gone: BTreeSet<String>,
    /// How many were not taken since one was.
    in_vain: u32,
}

impl Round {
    /// Hands over letters, and begins again at the end; whether there may be more that the server
    /// would take.
    async fn go_on(&mut self, node: &Node) -> Result<bool, Failure> {
        let found = node.store.documents(KIND, &self.after, PAGE).await?;
        let is_last = found.len() < PAGE as usize;
        for stored in found {
            self.after.clone_from(&stored.document.id);
            if !self.hand_over(node, &stored).await? {
                self.in_vain = 0;
                return Ok(false);
            }
        }
        if is_last {
            self.after.clear();
            let now = Instant::now();
            self.put_off.retain(|_, until| now < *until);
        }
        Ok(!is_last)
    }

    /// Hands one over; whether the server may take others.
    async fn hand_over(&mut self, node: &Node, stored: &StoredDocument) -> Result<bool, Failure> {
        let Document { id, owner, .. } = &stored.document;
        if self.gone.contains(id) {
            self.delete(node, id).await;
            return Ok(true);
        }
        let now = Instant::now();
        if self.put_off.get(owner).is_some_and(|until| now < *until) {
            return Ok(true);
        }
        match delivered(node, stored).await? {
            Delivery::NotNow => {
                // Others first next time: it may be this letter that makes the server slow.
                self.put_off.insert(owner.clone(), Instant::now() + PAUSE);
                return Ok(false);
            }
            Delivery::NotThis => {
                self.put_off.insert(owner.clone(), Instant::now() + PAUSE);
                self.in_vain += 1;
                return Ok(self.in_vain < IN_VAIN_MAX);
            }
            Delivery::Taken => self.in_vain = 0,
            Delivery::Refused => {}
        }
        self.delete(node, id).await;
        Ok(true)
    }

    async fn delete(&mut self, node: &Node, id: &str) {
        match node.store.delete_document(KIND, id).await {
            Ok(_) => {
                self.gone.remove(id);
            }
            Err(error) => {
                self.gone.insert(id.to_owned());
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "a letter that was handed over cannot be deleted");
            }
        }
    }
}

/// What becomes of a letter. One that nobody can be sent is refused.
async fn delivered(node: &Node, stored: &StoredDocument) -> Result<Delivery, Failure> {
    let now = node.clock.now();
    if stored.document.expires_at.is_some_and(|end| end <= now) {
        return Ok(Delivery::Refused);
    }
    let Ok(Kept { party, to, letter }) = vaulted::opened(node, stored) else {
        tracing::error!("a letter that waits cannot be read, and goes nowhere");
        return Ok(Delivery::Refused);
    };
    let recipient = match to {
        Some(to) => EmailAddress::parse(&to.email).map(|address| Recipient {
            address,
            language: to.language,
        }),
        None => recipient(node, party).await?,
    };
    let Some(recipient) = recipient else {
        return Ok(Delivery::Refused);
    };
    Ok(node.contacts.post.deliver(party, recipient, letter).await)
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
