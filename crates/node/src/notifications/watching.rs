//! What has happened in the log is told to whom it concerns.

use std::collections::{HashSet, VecDeque};

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

use super::{Kind, Post, Subject, mail_later, tell, tell_by};
use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;

/// How long before its end a consent is spoken of.
const SOON: Span = Span::from_days(14);
/// How many ends or members of a list are read at a time.
const PAGE: u32 = 256;
/// How long a request waits before a letter is written about it: whom a service has sent here has
/// the form before the eyes.
const PATIENCE: Span = Span::from_minutes(10);
/// So many consents are remembered whose first use is no news.
const KNOWN_MAX: usize = 100_000;

/// What is kept in memory while the log is followed.
#[derive(Default)]
pub(crate) struct Watching {
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
    /// The first entry of the log that has to be read again when memory is lost, if any has: whoever
    /// is still to be written to is found there.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.asked.front().map(|asked| asked.index)
    }

    /// Writes to those who have not answered for a while.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(crate) async fn write_to_the_asked(&mut self, node: &Node) -> Result<(), Failure> {
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

    /// Tells of an entry of the log whom it concerns.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(crate) async fn happened(
        &mut self,
        node: &Node,
        leaf: &LeafContent<Event>,
    ) -> Result<(), Failure> {
        match &leaf.event {
            Event::Consent(ConsentEvent::Requested { request, .. }) => {
                let asked = request.content();
                let Some(party) = accounts::holder(node, asked.surrogate_id).await? else {
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
                // Of a pair one message, whichever service does not keep its word, or both.
                let once = id.to_string();
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
    let party = accounts::holder(node, consent.surrogate).await?;
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
    let Some(party) = accounts::holder(node, consent.surrogate).await? else {
        return Ok(());
    };
    let once = format!("{cr_id}/{}", description.version);
    let subject = Subject::Consent(cr_id);
    tell(node, party, Kind::ConditionsChanged, subject, &once).await
}

/// Tells of consents that end soon. `due` is what of the schedule was looked at last: when, and its
/// key. Whether there were any to look at.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn ending(node: &Node, due: &mut (Timestamp, String)) -> Result<bool, Failure> {
    let until = node.clock.now() + SOON;
    let mut is_new = false;
    loop {
        let after = (due.0, due.1.as_str());
        let page = node.store.due_between(after, until, PAGE).await?;
        for (at, key) in &page {
            let id = key.strip_prefix("consent/").and_then(|id| id.parse().ok());
            if let Some(id) = id {
                is_new = true;
                ends_soon(node, id, *at).await?;
            }
        }
        match page.last() {
            Some(last) => *due = last.clone(),
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
