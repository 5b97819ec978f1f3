//! Following the log: what has happened there is told to whom it concerns.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use assent_api::problem::Code;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Consent, Request, RequestStatus, Role};
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::identity::state::Party;
use assent_exchange::release::event::ReleaseEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_ledger::sequencer::LeafContent;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, PartyId, RequestId, ServiceId};
use assent_model::records::identity::PartyKind;
use assent_model::records::release::{ReceiptBatch, UseAction};
use assent_model::time::{Span, Timestamp};
use assent_storage::Document;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::{Kind, Post, Subject, mail_later, tell, tell_by};
use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::sequencing::Head;

/// The kind of the document that says how far the log was followed.
const KIND: &str = "notification-place";
/// Its id.
const PLACE: &str = "log";
/// What comes in so short a time is looked at together.
const PAUSE: Duration = Duration::from_millis(200);
/// How often ends are looked for when nothing happens.
const TICK: Duration = Duration::from_mins(1);
/// How long before its end a consent is spoken of.
const SOON: Span = Span::from_days(14);
/// How many entries, ends or members of a list are read at a time.
const PAGE: u32 = 256;
/// How far the log is followed before that is written down. What is read once more is not told once
/// more.
const NOTED_AFTER: u64 = 4096;
/// How long a request waits before a letter is written about it: whom a service has sent here has
/// the form before the eyes.
const PATIENCE: Span = Span::from_minutes(10);
/// So many consents are remembered whose first use is no news.
const KNOWN_MAX: usize = 100_000;

/// How far everything was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The first entry of the log that was not looked at.
    next: u64,
    /// Of the schedule, what was looked at last: when, and its key.
    due: (Timestamp, String),
}

/// Starts the task. It ends when no block can come any more, and keeps no node alive.
pub(crate) fn start(node: &Arc<Node>) -> JoinHandle<()> {
    let head = node.head.clone();
    tokio::spawn(watch(Arc::downgrade(node), head))
}

async fn watch(node: Weak<Node>, mut head: watch::Receiver<Head>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watching = Watching::default();
    loop {
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return },
            _ = tick.tick() => {}
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // A node that stops does not wait.
            () = async { while head.changed().await.is_ok() {} } => return,
        }
        let Some(node) = node.upgrade() else { return };
        if let Err(failure) = watching.follow(&node).await {
            let code = &failure.problem().code;
            tracing::error!(%code, "people are not told what happened");
            // What was done in memory may not be on disk.
            watching = Watching::default();
        }
    }
}

#[derive(Default)]
struct Watching {
    place: Option<Place>,
    /// How far it is written down.
    noted: u64,
    /// Consents whose first use was told, or concerns nobody here.
    known: HashSet<ConsentId>,
    /// Requests about which a letter may have to be written, the oldest first.
    asked: VecDeque<Asked>,
}

/// A request that may wait for long.
struct Asked {
    index: u64,
    at: Timestamp,
    party: PartyId,
    request: RequestId,
}

impl Watching {
    async fn follow(&mut self, node: &Arc<Node>) -> Result<(), Failure> {
        let size = node.head.borrow().header.log_size;
        let mut place = match self.place.take() {
            Some(place) => place,
            None => self.begin(node).await?,
        };
        while place.next < size {
            let end = size.min(place.next + u64::from(PAGE));
            for entry in node.store.entries(place.next..end).await? {
                let leaf = LeafContent::<Event>::decode(&entry.bytes);
                let leaf = leaf.map_err(|_| Failure::from(Code::Internal))?;
                self.happened(node, &leaf).await?;
            }
            place.next = end;
        }
        self.write_to_the_asked(node).await?;
        let is_new = ending(node, &mut place).await?;
        if is_new || place.next - self.noted >= NOTED_AFTER {
            self.note(node, &place).await?;
        }
        self.place = Some(place);
        Ok(())
    }

    /// Goes on where it was written down, or begins with the log: what was told is not told again.
    async fn begin(&mut self, node: &Node) -> Result<Place, Failure> {
        let found = node.store.document(KIND, PLACE).await?;
        let known: Option<Place> =
            found.and_then(|found| serde_json::from_slice(&found.document.body).ok());
        let place = known.unwrap_or_else(|| Place {
            next: 0,
            due: (node.clock.now(), String::new()),
        });
        self.noted = place.next;
        Ok(place)
    }

    /// Writes to those who have not answered for a while.
    async fn write_to_the_asked(&mut self, node: &Node) -> Result<(), Failure> {
        let now = node.clock.now();
        while let Some(asked) = self.asked.front() {
            if now.since(asked.at) < PATIENCE {
                break;
            }
            let (party, id) = (asked.party, asked.request);
            let request = node.state.get::<Request>(&id).await?;
            let waits = request.is_some_and(|request| match request.status {
                RequestStatus::Requested { answer_by } => now < answer_by,
                _ => false,
            });
            if waits {
                let (subject, once) = (Subject::Request(id), id.to_string());
                mail_later(node, party, Kind::Request, subject, &once).await?;
            }
            self.asked.pop_front();
        }
        Ok(())
    }

    async fn note(&mut self, node: &Node, place: &Place) -> Result<(), Failure> {
        // Whoever is still to be written to is found again.
        let oldest = self.asked.front().map_or(place.next, |asked| asked.index);
        let place = &Place {
            next: oldest.min(place.next),
            due: place.due.clone(),
        };
        let document = Document {
            kind: KIND.into(),
            id: PLACE.into(),
            owner: String::new(),
            expires_at: None,
            body: serde_json::to_vec(place).expect("a place has a JSON form"),
        };
        node.store.put_documents(vec![document]).await?;
        self.noted = place.next;
        Ok(())
    }

    async fn happened(&mut self, node: &Node, leaf: &LeafContent<Event>) -> Result<(), Failure> {
        match &leaf.event {
            Event::Consent(ConsentEvent::Requested { request, .. }) => {
                let asked = request.content();
                let Some(party) = accounts::owner(node, asked.surrogate_id).await? else {
                    return Ok(());
                };
                self.asked.push_back(Asked {
                    index: leaf.index,
                    at: leaf.time,
                    party,
                    request: asked.request_id,
                });
                let id = asked.request_id;
                let (kind, subject) = (Kind::Request, Subject::Request(id));
                tell_by(node, party, kind, subject, &id.to_string(), Post::Page).await
            }
            Event::Consent(ConsentEvent::AcknowledgementMissed { cr_id }) => {
                let Some((party, id)) = whose(node, *cr_id).await? else {
                    return Ok(());
                };
                // Either service may keep its word or not.
                let once = cr_id.to_string();
                tell(node, party, Kind::Overdue, Subject::Consent(id), &once).await
            }
            Event::Release(ReleaseEvent::Recorded { batch }) => {
                self.used(node, batch.content()).await
            }
            Event::Service(ServiceEvent::Registered { registration }) => {
                let described = &registration.content().description;
                if described.version == 1 {
                    return Ok(());
                }
                described_anew(node, described.service_id).await
            }
            Event::Identity(
                IdentityEvent::KeysRotated { .. } | IdentityEvent::Recovered { .. },
            ) => keys_changed(node, leaf).await,
            _ => Ok(()),
        }
    }

    async fn used(&mut self, node: &Node, batch: &ReceiptBatch) -> Result<(), Failure> {
        for receipt in &batch.receipts {
            let is_use = matches!(receipt.action, UseAction::Released | UseAction::Processed);
            if !is_use || self.known.contains(&receipt.cr_id) {
                continue;
            }
            if let Some((party, id)) = whose(node, receipt.cr_id).await? {
                let (subject, once) = (Subject::Consent(id), id.to_string());
                tell(node, party, Kind::FirstAccess, subject, &once).await?;
            }
            if self.known.len() >= KNOWN_MAX {
                self.known.clear();
            }
            self.known.insert(receipt.cr_id);
        }
        Ok(())
    }
}

/// Whose consent this is, and the record of it that the person is shown.
async fn whose(node: &Node, cr_id: ConsentId) -> Result<Option<(PartyId, ConsentId)>, Failure> {
    let Some(mut consent) = node.state.get::<Consent>(&cr_id).await? else {
        return Ok(None);
    };
    let mut shown = cr_id;
    if let Role::Source { counterpart, .. } = consent.role {
        // The alias need not be named: both records were given in one command.
        let Some(sink) = node.state.get::<Consent>(&counterpart).await? else {
            return Ok(None);
        };
        (consent, shown) = (sink, counterpart);
    }
    let party = accounts::owner(node, consent.surrogate).await?;
    Ok(party.map(|party| (party, shown)))
}

async fn keys_changed(node: &Node, leaf: &LeafContent<Event>) -> Result<(), Failure> {
    let party = match &leaf.event {
        Event::Identity(IdentityEvent::KeysRotated { rotation, .. }) => rotation.content().party,
        Event::Identity(IdentityEvent::Recovered { recovery, .. }) => recovery.content().party,
        _ => return Ok(()),
    };
    let known = node.state.get::<Party>(&party).await?;
    if known.is_none_or(|known| known.kind != PartyKind::Person) {
        return Ok(());
    }
    let once = leaf.index.to_string();
    tell(node, party, Kind::KeysChanged, Subject::Account, &once).await
}

/// A service has a new description: whoever consented under other conditions hears of it.
async fn described_anew(node: &Node, service: ServiceId) -> Result<(), Failure> {
    let current = crate::descriptions::current(node, service).await?;
    let description = crate::descriptions::shared(node, &current).await?;
    let list = format!("{service}/consents");
    let mut last: Option<(u64, String)> = None;
    loop {
        let after = last.as_ref().map(|(at, member)| (*at, member.as_str()));
        let page = node.store.listing(&list, after, PAGE).await?;
        for (_, member) in &page {
            if let Ok(id) = member.parse() {
                changed_for(node, id, &description).await?;
            }
        }
        match page.last() {
            Some(end) if page.len() == PAGE as usize => last = Some(end.clone()),
            _ => return Ok(()),
        }
    }
}

async fn changed_for(
    node: &Node,
    cr_id: ConsentId,
    description: &ServiceDescription,
) -> Result<(), Failure> {
    let Some(consent) = node.state.get::<Consent>(&cr_id).await? else {
        return Ok(());
    };
    let is_over = consent.has_ended(node.clock.now());
    // What a source says about purposes is not what its data is used for.
    if is_over || matches!(consent.role, Role::Source { .. }) {
        return Ok(());
    }
    let rules = &consent.usage_rules;
    let conditions = description.purpose(&rules.purpose_id);
    if conditions.is_some_and(|conditions| conditions.digest() == rules.conditions) {
        return Ok(());
    }
    let Some(party) = accounts::owner(node, consent.surrogate).await? else {
        return Ok(());
    };
    let once = format!("{cr_id}/{}", description.version);
    let subject = Subject::Consent(cr_id);
    tell(node, party, Kind::ConditionsChanged, subject, &once).await
}

/// Tells of consents that end soon; whether there were any to look at.
async fn ending(node: &Node, place: &mut Place) -> Result<bool, Failure> {
    let until = node.clock.now() + SOON;
    let mut is_new = false;
    loop {
        let after = (place.due.0, place.due.1.as_str());
        let page = node.store.due_between(after, until, PAGE).await?;
        for (at, key) in &page {
            let id = key.strip_prefix("consent/").and_then(|id| id.parse().ok());
            if let Some(id) = id {
                is_new = true;
                ends_soon(node, id, *at).await?;
            }
        }
        match page.last() {
            Some(last) => place.due = last.clone(),
            None => return Ok(is_new),
        }
    }
}

async fn ends_soon(node: &Node, cr_id: ConsentId, end: Timestamp) -> Result<(), Failure> {
    let Some(consent) = node.state.get::<Consent>(&cr_id).await? else {
        return Ok(());
    };
    // Who chose so near an end knows it.
    let was_far = SOON < end.since(consent.valid_from);
    if consent.status.is_final() || !was_far {
        return Ok(());
    }
    let Some((party, id)) = whose(node, cr_id).await? else {
        return Ok(());
    };
    let (subject, once) = (Subject::Consent(id), id.to_string());
    tell(node, party, Kind::ExpirySoon, subject, &once).await
}
