//! Letters about what the log says: receipts for people, and for providers what is overdue and which
//! endpoints nothing reaches. What people are told beside that they choose themselves.
//!
//! A task follows the log. How far it has come is a document, written when letters have gone out and
//! now and then: after a crash the newest letters may come twice, and none is missing. What happened
//! more than a day ago is no news and is not written about.

use std::sync::{Arc, Weak};
use std::time::Duration;

use assent_api::problem::Code;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Consent;
use assent_exchange::event::Event;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::ConsentId;
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_model::time::{Span, Timestamp};
use assent_storage::{Document, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::catalogue::Letter;
use super::write_to;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::receipts;
use crate::sequencing::Head;
use crate::webhooks::health::Ailing;
use crate::{accounts, contacts};

/// The kind and the id of the document that says how far letters have been written.
const KIND: &str = "letters-written";
/// How many entries of the log are read at a time.
const ENTRIES: u64 = 256;
/// What is older is no news.
const NEWS_FOR: Span = Span::from_days(1);
/// How often the place is written down without a letter, and endpoints are looked at.
const TICK: Duration = Duration::from_secs(30);

/// How far the log has been read.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    next: u64,
}

/// Starts the task. It ends when no block can come any more.
pub(crate) fn start(node: &Arc<Node>) -> JoinHandle<()> {
    let head = node.head.clone();
    tokio::spawn(follow(Arc::downgrade(node), head))
}

/// The node is held only while there is something to do, so that it can stop.
async fn follow(node: Weak<Node>, mut head: watch::Receiver<Head>) {
    let mut place = None;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let Some(ailing) = node.upgrade().map(|node| Arc::clone(&node.webhooks.ailing)) else {
        return;
    };
    loop {
        let is_tick = tokio::select! {
            changed = head.changed() => if changed.is_err() { return } else { false },
            _ = tick.tick() => true,
            () = ailing.notified() => false,
        };
        let Some(node) = node.upgrade() else { return };
        if let Err(failure) = catch_up(&node, &mut place, is_tick).await {
            report(&failure);
        }
    }
}

fn report(failure: &Failure) {
    let code = failure.problem().code.as_str();
    tracing::error!(code, "a letter cannot be written");
}

async fn catch_up(node: &Node, place: &mut Option<Place>, is_tick: bool) -> Result<(), Failure> {
    let mut at = match *place {
        Some(place) => place,
        None => begin(node).await?,
    };
    let size = node.head.borrow().header.log_size;
    // Where nobody can be written to, the log need not be read.
    let mut has_written = false;
    if contacts::are_there(node).await? {
        while at.next < size {
            let end = size.min(at.next + ENTRIES);
            for entry in node.store.entries(at.next..end).await? {
                let leaf = LeafContent::<Event>::decode(&entry.bytes)
                    .map_err(|_| Failure::from(Code::Internal))?;
                has_written |= match write_about(node, &leaf).await {
                    Ok(has_written) => has_written,
                    // One letter that cannot be written does not keep back those behind it.
                    Err(failure) => {
                        report(&failure);
                        false
                    }
                };
            }
            at.next = end;
            *place = Some(at);
        }
    }
    has_written |= write_about_endpoints(node).await?;
    at.next = size;
    *place = Some(at);
    if has_written || is_tick {
        keep(&node.store, at).await?;
    }
    Ok(())
}

/// Where to go on; a node that has never written begins with what comes.
async fn begin(node: &Node) -> Result<Place, Failure> {
    let known = node.store.document(KIND, KIND).await?;
    let known = known.map(|known| serde_json::from_slice(&known.document.body));
    let known = known.transpose().map_err(|_| StoreError::Corrupt)?;
    let next = node.head.borrow().header.log_size;
    Ok(known.unwrap_or(Place { next }))
}

async fn keep(store: &Store, place: Place) -> Result<(), StoreError> {
    let document = Document {
        kind: KIND.into(),
        id: KIND.into(),
        owner: String::new(),
        expires_at: None,
        body: serde_json::to_vec(&place).map_err(|_| StoreError::Corrupt)?,
    };
    store.put_documents(vec![document]).await
}

/// Writes the letters about an entry of the log. Whether there were any.
async fn write_about(node: &Node, leaf: &LeafContent<Event>) -> Result<bool, Failure> {
    if node.clock.now().since(leaf.time) > NEWS_FOR {
        return Ok(false);
    }
    match &leaf.event {
        Event::Consent(ConsentEvent::Given { record, .. }) => given(node, record.content()).await,
        Event::Consent(ConsentEvent::AcknowledgementMissed { cr_id }) => missed(node, *cr_id).await,
        _ => Ok(false),
    }
}

/// Of a pair one letter, about the record of the sink.
async fn given(node: &Node, record: &ConsentRecord) -> Result<bool, Failure> {
    if matches!(record.role_specific_part, RolePart::Source { .. }) {
        return Ok(false);
    }
    let common = &record.common_part;
    let letter = Letter::ConsentGiven {
        path: receipts::path(common.cr_id),
        cr_id: common.cr_id,
        notice: common.notice.digest,
    };
    match accounts::holder(node, common.surrogate_id).await? {
        Some(party) => write_to(node, party, letter).await,
        None => Ok(false),
    }
}

/// To who owes the acknowledgement.
async fn missed(node: &Node, cr_id: ConsentId) -> Result<bool, Failure> {
    let consent = node.state.get::<Consent>(&cr_id).await?;
    let consent = consent.ok_or_else(|| Failure::from(Code::Internal))?;
    let service = consent.service.service_id;
    let path = format!("/console/services/{service}/acknowledgements");
    write_to(node, consent.provider, Letter::AcknowledgementOverdue(path)).await
}

/// Tells owners of endpoints that nothing reaches, and switches off what nothing reached for days:
/// not before its owner was written to.
async fn write_about_endpoints(node: &Node) -> Result<bool, Failure> {
    let now: Timestamp = node.clock.now();
    let mut has_written = false;
    for (endpoint, ailing) in node.webhooks.to_tell(now) {
        let path = format!("/console/webhooks/{}", endpoint.webhook_id);
        let letter = match ailing {
            Ailing::Failing { days } => Letter::EndpointFailing { path, days },
            Ailing::Lost => Letter::EndpointOff(path),
        };
        has_written |= write_to(node, endpoint.provider, letter).await?;
        node.webhooks
            .has_told(endpoint.webhook_id, ailing, now)
            .await?;
    }
    Ok(has_written)
}
