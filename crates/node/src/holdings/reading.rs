//! Bringing holdings up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use assent_api::problem::Code;
use assent_exchange::collection::Piece;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Consent, Request, RequestStatus, Role};
use assent_exchange::event::Event;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::link::state::Link;
use assent_exchange::release::event::ReleaseEvent;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::{ConsentId, PartyId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::consent::ConsentStatus;
use assent_model::records::release::UseAction;
use assent_model::time::Timestamp;

use super::happening::{self, Happening, What};
use super::lines::{Likeness, Stand};
use super::{Ends, HeldConsent, HeldLink, HeldRequest, Holdings, Place, Standing, Which};
use crate::accounts;
use crate::history;
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
        let mut anew = Anew::default();
        if !self.is_begun {
            anew.own.push(party.to_string());
            self.places.insert(party.to_string(), Place::Account);
            let named = accounts::pseudonyms(node, party).await?;
            let named = named.into_iter().map(|view| view.surrogate_id);
            self.unsettled.extend(named);
            self.is_begun = true;
        }
        self.unsettled.extend(named);
        let (requests, consents) = (self.requests.len(), self.consents.len());
        let fresh = self.fresh(node, size).await?;
        let old: BTreeSet<SurrogateId> = self.linked.keys().copied().collect();
        self.settle(node).await?;
        for surrogate in self.linked.keys().copied().collect::<Vec<_>>() {
            let is_old = old.contains(&surrogate);
            if is_old && !fresh.may_list(surrogate) {
                continue;
            }
            let members = self.list(node, surrogate).await?;
            if !is_old {
                anew.own.extend(members.own);
                anew.sources.extend(members.sources);
            }
        }
        let leaves = self.leaves(node, fresh, &anew, size).await?;
        let anew = anew.own.into_iter().chain(anew.sources).collect();
        let mut touched = self.take(&leaves, &anew);
        // What is new here was read after the head of the log, and is as new.
        let is_new = |place: &Place| match place.which() {
            Some(Which::Request(at)) => at >= requests,
            Some(Which::Consent(at)) => at >= consents,
            None => false,
        };
        touched.retain(|place| !is_new(place));
        self.reload(node, &touched).await?;
        let moved = touched.into_iter().filter_map(Place::which);
        let new = (requests..self.requests.len()).map(Which::Request);
        let new = new.chain((consents..self.consents.len()).map(Which::Consent));
        let moved: BTreeSet<Which> = moved.chain(new).collect();
        let now = node.clock.now();
        for which in moved {
            self.stand(which, now);
        }
        self.seen = size;
        Ok(())
    }

    /// Lets time pass: what has ended meanwhile stands elsewhere.
    pub(super) fn pass(&mut self, now: Timestamp) {
        while let Some(which) = self.lines.ended(now) {
            self.stand(which, now);
        }
    }

    /// Puts something on the tab where it stands.
    fn stand(&mut self, which: Which, now: Timestamp) {
        let stand = match which {
            Which::Consent(at) => {
                let held = &self.consents[at];
                let is_open = !held.consent.has_ended(now);
                Stand {
                    likeness: Likeness::of_consent(&held.consent),
                    at: held.at,
                    standing: Some(Standing::of_consent(&held.consent, now)),
                    end: held.consent.valid_until.filter(|_| is_open),
                }
            }
            Which::Request(at) => {
                let held = &self.requests[at];
                let standing = Standing::of_request(&held.request, now);
                let end = match held.request.status {
                    RequestStatus::Requested { answer_by } => Some(answer_by),
                    _ => None,
                };
                Stand {
                    likeness: Likeness::of_request(&held.request),
                    at: held.at,
                    standing,
                    end: end.filter(|_| standing == Some(Standing::Waiting)),
                }
            }
        };
        self.lines.put(which, stand);
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
    async fn list(&mut self, node: &Node, surrogate: SurrogateId) -> Result<Anew, Failure> {
        let mut ends = self.linked.remove(&surrogate).unwrap_or_default();
        let links = members(node, surrogate, "links", &mut ends.links).await?;
        let requests = members(node, surrogate, "requests", &mut ends.requests).await?;
        let consents = members(node, surrogate, "consents", &mut ends.consents).await?;
        self.linked.insert(surrogate, ends);
        for (id, link) in pieces::<Link>(node, &links).await? {
            let place = Place::Link(self.links.len());
            self.places.insert(id.to_string(), place);
            self.links.push(HeldLink { id, link });
        }
        for (id, request) in pieces::<Request>(node, &requests).await? {
            let place = Place::Request(self.requests.len());
            self.places.insert(id.to_string(), place);
            let at = Timestamp::default();
            self.requests.push(HeldRequest { id, request, at });
        }
        let mut names = self.hold(node, &consents).await?;
        names.own.extend(links);
        names.own.extend(requests);
        Ok(names)
    }

    /// Takes in consents, and names them with the other records of pairs. What those say is read where
    /// a page shows it.
    async fn hold(&mut self, node: &Node, consents: &[String]) -> Result<Anew, Failure> {
        let mut held = pieces::<Consent>(node, consents).await?;
        held.retain(|(_, consent)| !matches!(consent.role, Role::Source { .. }));
        let mut names = Anew::default();
        for (id, consent) in held {
            let place = self.consents.len();
            names.own.push(id.to_string());
            self.places.insert(id.to_string(), Place::Consent(place));
            if let Some(other) = consent.role.counterpart() {
                names.sources.push(other.to_string());
                self.places.insert(other.to_string(), Place::Source(place));
            }
            self.consents.push(HeldConsent {
                id,
                at: consent.valid_from,
                current: (ConsentStatus::Active, consent.resource_set.clone()),
                consent,
                custody: Custody::Hosted,
                uses: 0,
                last_use: None,
                last_used: Arc::default(),
                happened: Vec::new(),
            });
        }
        Ok(names)
    }

    /// What is new in the log, if it is little.
    async fn fresh(&self, node: &Node, size: u64) -> Result<Fresh, Failure> {
        if self.seen == 0 || size - self.seen > SCANNED {
            return Ok(Fresh::Much);
        }
        let entries = node.store.entries(self.seen..size).await?;
        Ok(Fresh::Few(history::leaves(entries).await?))
    }

    /// The entries to take in: all about `anew`, and what is new about everything else.
    async fn leaves(
        &self,
        node: &Node,
        fresh: Fresh,
        anew: &Anew,
        size: u64,
    ) -> Result<BTreeMap<u64, LeafContent<Event>>, Failure> {
        let mut found = node.store.entries_about(&anew.sources, 0).await?;
        found.retain(|entry| !history::is_consent_given(entry));
        found.extend(node.store.entries_about(&anew.own, 0).await?);
        let fresh = match fresh {
            Fresh::Few(leaves) => leaves,
            Fresh::Much if self.seen == 0 => Vec::new(),
            Fresh::Much => {
                let all: Vec<String> = self.places.keys().cloned().collect();
                found.extend(node.store.entries_about(&all, self.seen).await?);
                Vec::new()
            }
        };
        let mut leaves: BTreeMap<_, _> = fresh.into_iter().map(|leaf| (leaf.index, leaf)).collect();
        found.retain(|entry| entry.index < size && !leaves.contains_key(&entry.index));
        found.sort_unstable_by_key(|entry| entry.index);
        found.dedup_by_key(|entry| entry.index);
        let found = history::leaves(found).await?;
        leaves.extend(found.into_iter().map(|leaf| (leaf.index, leaf)));
        Ok(leaves)
    }

    /// Tells what entries mean to the person; which places they touch. What was told before is not
    /// told again: of an old entry only what is about `anew`.
    fn take(
        &mut self,
        leaves: &BTreeMap<u64, LeafContent<Event>>,
        anew: &BTreeSet<String>,
    ) -> BTreeSet<Place> {
        let mut touched = BTreeSet::new();
        let before = self.happenings.len();
        for leaf in leaves.values() {
            for (nth, about, what) in self.told(leaf, anew) {
                touched.insert(about);
                self.note(about, &what, leaf.time);
                self.happenings.push(Happening {
                    index: leaf.index,
                    nth,
                    at: leaf.time,
                    about,
                    what,
                });
            }
        }
        self.put_in_order(before);
        touched
    }

    /// Puts the happenings from a place on in order with those before, and under what they are about.
    /// Most come at the end; those of a pseudonym that was named late come between.
    fn put_in_order(&mut self, first: usize) {
        let key = |happening: &Happening| (happening.index, happening.nth);
        let is_in_order = match (self.happenings[..first].last(), self.happenings.get(first)) {
            (Some(last), Some(next)) => key(last) < key(next),
            _ => true,
        };
        let mut first = first;
        if !is_in_order {
            self.happenings.sort_by_key(key);
            first = 0;
            for held in &mut self.consents {
                held.happened.clear();
            }
        }
        for (at, happening) in self.happenings.iter().enumerate().skip(first) {
            if let Some(Which::Consent(about)) = happening.about.which() {
                self.consents[about].happened.push(at);
            }
        }
    }

    fn told(
        &mut self,
        leaf: &LeafContent<Event>,
        anew: &BTreeSet<String>,
    ) -> Vec<(u32, Place, What)> {
        let is_untold = |subject: &String| leaf.index >= self.seen || anew.contains(subject);
        let place = |subject: &String| {
            let place = self.places.get(subject).copied();
            place.filter(|_| is_untold(subject))
        };
        if let Event::Release(ReleaseEvent::Recorded { batch }) = &leaf.event {
            let receipts = (0_u32..).zip(&batch.content().receipts);
            let own: Vec<_> = receipts
                .filter_map(|(nth, receipt)| {
                    Some((nth, place(&receipt.cr_id.to_string())?, receipt))
                })
                .collect();
            return own
                .into_iter()
                .filter_map(|(nth, about, receipt)| {
                    let (Place::Consent(at) | Place::Source(at)) = about else {
                        return None;
                    };
                    let what = happening::of_receipt(receipt, &mut self.consents[at]);
                    Some((nth, about, what))
                })
                .collect();
        }
        let own: Vec<Place> = subjects(&leaf.event).iter().filter_map(place).collect();
        let mut told = Vec::new();
        for about in own {
            let whats = match (&leaf.event, about) {
                (Event::Consent(event), Place::Consent(at)) => {
                    happening::of_consent(event, &mut self.consents[at], false)
                }
                (Event::Consent(event), Place::Source(at)) => {
                    happening::of_consent(event, &mut self.consents[at], true)
                }
                (event, _) => happening::plain(event).into_iter().collect(),
            };
            told.extend(whats.into_iter().map(|what| (about, what)));
        }
        let numbered = (0_u32..).zip(told);
        numbered
            .map(|(nth, (about, what))| (nth, about, what))
            .collect()
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
    async fn reload(&mut self, node: &Node, touched: &BTreeSet<Place>) -> Result<(), Failure> {
        for place in touched {
            match *place {
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
                }
            }
        }
        Ok(())
    }
}

/// What the person was not known to have until now.
#[derive(Default)]
struct Anew {
    /// The account, links, requests, and consents by the record of their sink.
    own: Vec<String>,
    /// The other records of pairs. That they were given is told by the first.
    sources: Vec<String>,
}

/// What is new in the log since the last look.
enum Fresh {
    /// These entries.
    Few(Vec<LeafContent<Event>>),
    /// More than is read without knowing whose it is.
    Much,
}

impl Fresh {
    /// Whether something new may stand on the lists of a pseudonym.
    fn may_list(&self, surrogate: SurrogateId) -> bool {
        let Self::Few(leaves) = self else {
            return true;
        };
        leaves.iter().any(|leaf| match &leaf.event {
            Event::Link(LinkEvent::Created { record, .. }) => {
                record.content().surrogate_id == surrogate
            }
            Event::Consent(ConsentEvent::Requested { request, .. }) => {
                request.content().surrogate_id == surrogate
            }
            Event::Consent(ConsentEvent::Given { record, .. }) => {
                record.content().common_part.surrogate_id == surrogate
            }
            _ => false,
        })
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

/// Pieces of committed state with these names, read together.
async fn pieces<P>(node: &Node, names: &[String]) -> Result<Vec<(P::Id, Arc<P>)>, Failure>
where
    P: Piece + Send + Sync + 'static,
{
    let ids: Vec<P::Id> = names
        .iter()
        .map(|name| parse(name))
        .collect::<Result<_, _>>()?;
    let found = node.state.get_all::<P>(&ids).await?;
    let found = ids.into_iter().zip(found);
    let found = found.map(|(id, piece)| Ok((id, piece.ok_or(Code::Internal)?)));
    found.collect()
}

/// A piece of committed state that the log says there is.
async fn piece<P>(node: &Node, id: &P::Id) -> Result<Arc<P>, Failure>
where
    P: Piece + Send + Sync + 'static,
{
    let found = node.state.get::<P>(id).await?;
    found.ok_or_else(|| Code::Internal.into())
}
