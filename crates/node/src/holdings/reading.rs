//! Bringing holdings up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use assent_api::problem::Code;
use assent_exchange::collection::Piece;
use assent_exchange::consent::state::{Consent, Request, Role};
use assent_exchange::event::Event;
use assent_exchange::link::state::Link;
use assent_exchange::release::event::ReleaseEvent;
use assent_ledger::block::LogEntry;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::{ConsentId, PartyId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::consent::ConsentStatus;
use assent_model::records::release::UseAction;
use assent_model::time::Timestamp;

use super::happening::{self, Happening, What};
use super::{Ends, HeldConsent, HeldLink, HeldRequest, Holdings, Place};
use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::sequencing::subjects;

/// Up to so many new entries of the log are read as they are; of more, those about the person.
const SCANNED: u64 = 256;
/// How many members of a list are read at a time.
const PAGE: u32 = 256;

impl Holdings {
    /// Takes in what has come since. `named` are pseudonyms that are new to the account.
    pub(super) async fn refresh(
        &mut self,
        node: &Node,
        party: PartyId,
        named: Vec<SurrogateId>,
    ) -> Result<(), Failure> {
        let size = node.head.borrow().header.log_size;
        if self.is_begun && self.seen == size && named.is_empty() {
            return Ok(());
        }
        let mut anew = Vec::new();
        if !self.is_begun {
            anew.push(party.to_string());
            self.places.insert(party.to_string(), Place::Account);
            let named = accounts::pseudonyms(node, party).await?;
            let named = named.into_iter().map(|view| view.surrogate_id);
            self.unsettled.extend(named);
            self.is_begun = true;
        }
        self.unsettled.extend(named);
        let old: BTreeSet<SurrogateId> = self.linked.keys().copied().collect();
        self.settle(node).await?;
        for surrogate in self.linked.keys().copied().collect::<Vec<_>>() {
            let members = self.list(node, surrogate).await?;
            if !old.contains(&surrogate) {
                anew.extend(members);
            }
        }
        let entries = self.entries(node, &anew, size).await?;
        let touched = self.take(&entries)?;
        self.reload(node, touched).await?;
        self.seen = size;
        Ok(())
    }

    /// Finds out which pseudonyms have links. The aliases of pairs have none: what hangs on them is
    /// found by the other record.
    async fn settle(&mut self, node: &Node) -> Result<(), Failure> {
        for surrogate in std::mem::take(&mut self.unsettled) {
            if self.linked.contains_key(&surrogate) {
                continue;
            }
            let list = format!("{surrogate}/links");
            if !node.store.listing(&list, None, 1).await?.is_empty() {
                self.linked.insert(surrogate, Ends::default());
                continue;
            }
            let given: Vec<ConsentId> = accounts::listed(node, surrogate, "consents").await?;
            if given.is_empty() {
                self.unsettled.insert(surrogate);
            }
            for cr_id in given {
                let consent = piece::<Consent>(node, &cr_id).await?;
                if let Some(other) = consent.role.counterpart() {
                    let other = piece::<Consent>(node, &other).await?;
                    self.linked.entry(other.surrogate).or_default();
                }
            }
        }
        Ok(())
    }

    /// Takes in what is new on the lists of a pseudonym, and names it.
    async fn list(&mut self, node: &Node, surrogate: SurrogateId) -> Result<Vec<String>, Failure> {
        let mut ends = self.linked.remove(&surrogate).unwrap_or_default();
        let links = members(node, surrogate, "links", &mut ends.links).await?;
        let requests = members(node, surrogate, "requests", &mut ends.requests).await?;
        let consents = members(node, surrogate, "consents", &mut ends.consents).await?;
        self.linked.insert(surrogate, ends);
        let mut names = Vec::new();
        for name in links {
            let id = parse(&name)?;
            let link = piece::<Link>(node, &id).await?;
            self.places
                .insert(name.clone(), Place::Link(self.links.len()));
            self.links.push(HeldLink { id, link });
            names.push(name);
        }
        for name in requests {
            let id = parse(&name)?;
            let request = piece::<Request>(node, &id).await?;
            self.places
                .insert(name.clone(), Place::Request(self.requests.len()));
            let at = Timestamp::default();
            self.requests.push(HeldRequest { id, request, at });
            names.push(name);
        }
        for name in consents {
            names.extend(self.hold(node, name).await?);
        }
        Ok(names)
    }

    /// Takes in a consent with the other record of a pair, and names both.
    async fn hold(&mut self, node: &Node, name: String) -> Result<Vec<String>, Failure> {
        let id = parse(&name)?;
        let consent = piece::<Consent>(node, &id).await?;
        if matches!(consent.role, Role::Source { .. }) {
            return Ok(Vec::new());
        }
        let place = self.consents.len();
        let mut names = vec![name.clone()];
        self.places.insert(name, Place::Consent(place));
        let source = match consent.role.counterpart() {
            None => None,
            Some(other) => {
                names.push(other.to_string());
                self.places.insert(other.to_string(), Place::Source(place));
                Some(piece::<Consent>(node, &other).await?)
            }
        };
        self.consents.push(HeldConsent {
            id,
            at: consent.valid_from,
            current: (ConsentStatus::Active, consent.resource_set.clone()),
            consent,
            source,
            custody: Custody::Hosted,
            uses: 0,
            last_use: None,
        });
        Ok(names)
    }

    /// The entries to take in: all about `anew`, and what is new about everything else.
    async fn entries(
        &self,
        node: &Node,
        anew: &[String],
        size: u64,
    ) -> Result<BTreeMap<u64, LogEntry>, Failure> {
        let mut found = node.store.entries_about(anew, 0).await?;
        if self.seen > 0 {
            found.extend(if size - self.seen <= SCANNED {
                node.store.entries(self.seen..size).await?
            } else {
                let all: Vec<String> = self.places.keys().cloned().collect();
                node.store.entries_about(&all, self.seen).await?
            });
        }
        let found = found.into_iter().filter(|entry| entry.index < size);
        Ok(found.map(|entry| (entry.index, entry)).collect())
    }

    /// Tells what entries mean to the person; which places they touch.
    fn take(&mut self, entries: &BTreeMap<u64, LogEntry>) -> Result<Vec<Place>, Failure> {
        let mut touched = Vec::new();
        for entry in entries.values() {
            let leaf = LeafContent::<Event>::decode(&entry.bytes)
                .map_err(|_| Failure::from(Code::Internal))?;
            for (about, what) in self.told(&leaf) {
                touched.push(about);
                self.note(about, &what, leaf.time);
                self.happenings.push(Happening {
                    index: leaf.index,
                    at: leaf.time,
                    about,
                    what,
                });
            }
        }
        self.happenings.sort_by_key(|happening| happening.index);
        Ok(touched)
    }

    fn told(&mut self, leaf: &LeafContent<Event>) -> Vec<(Place, What)> {
        if let Event::Release(ReleaseEvent::Recorded { batch }) = &leaf.event {
            let receipts = batch.content().receipts.iter().map(happening::of_receipt);
            return receipts
                .filter_map(|(id, what)| Some((*self.places.get(&id.to_string())?, what)))
                .collect();
        }
        let mut told = Vec::new();
        for subject in subjects(&leaf.event) {
            let Some(place) = self.places.get(&subject).copied() else {
                continue;
            };
            let whats = match (&leaf.event, place) {
                (Event::Consent(event), Place::Consent(at)) => {
                    happening::of_consent(event, &mut self.consents[at], false)
                }
                (Event::Consent(event), Place::Source(at)) => {
                    happening::of_consent(event, &mut self.consents[at], true)
                }
                (event, _) => happening::plain(event).into_iter().collect(),
            };
            told.extend(whats.into_iter().map(|what| (place, what)));
        }
        told
    }

    /// Keeps what lists show of a happening.
    fn note(&mut self, about: Place, what: &What, at: Timestamp) {
        match (about, what) {
            (Place::Request(place), What::Asked) => self.requests[place].at = at,
            (Place::Consent(place), What::Given) => self.consents[place].at = at,
            (Place::Consent(place) | Place::Source(place), What::Used(used)) => {
                if matches!(used.action, UseAction::Released | UseAction::Processed) {
                    self.consents[place].uses += 1;
                    self.consents[place].last_use = Some(at);
                }
            }
            _ => {}
        }
    }

    /// Reads the state of what was touched anew.
    async fn reload(&mut self, node: &Node, touched: Vec<Place>) -> Result<(), Failure> {
        for place in touched {
            match place {
                Place::Account => {}
                Place::Link(at) => {
                    let held = &mut self.links[at];
                    held.link = piece::<Link>(node, &held.id).await?;
                }
                Place::Request(at) => {
                    let held = &mut self.requests[at];
                    held.request = piece::<Request>(node, &held.id).await?;
                }
                Place::Consent(at) | Place::Source(at) => {
                    let held = &mut self.consents[at];
                    held.consent = piece::<Consent>(node, &held.id).await?;
                    if let Some(other) = held.consent.role.counterpart() {
                        held.source = Some(piece::<Consent>(node, &other).await?);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The members of a list of a pseudonym after `end`, which moves on.
async fn members(
    node: &Node,
    surrogate: SurrogateId,
    list: &str,
    end: &mut Option<(u64, String)>,
) -> Result<Vec<String>, Failure> {
    let list = format!("{surrogate}/{list}");
    let mut members = Vec::new();
    loop {
        let after = end
            .as_ref()
            .map(|(position, member)| (*position, member.as_str()));
        let page = node.store.listing(&list, after, PAGE).await?;
        if let Some(last) = page.last() {
            *end = Some(last.clone());
        }
        let is_last = page.len() < PAGE as usize;
        members.extend(page.into_iter().map(|(_, member)| member));
        if is_last {
            return Ok(members);
        }
    }
}

fn parse<T: FromStr>(name: &str) -> Result<T, Failure> {
    name.parse().map_err(|_| Code::Internal.into())
}

/// A piece of committed state that the log says there is.
async fn piece<P>(node: &Node, id: &P::Id) -> Result<Arc<P>, Failure>
where
    P: Piece + Send + Sync + 'static,
{
    let found = node.state.get::<P>(id).await?;
    found.ok_or_else(|| Code::Internal.into())
}
