//! What belongs to a person, as pages show it: links, requests, consents and all that happened to
//! them, kept in memory and brought up to date from the log whenever somebody looks.
//!
//! It is derived from store and log alone and can be forgotten at any time. It decides nothing: what
//! changes something asks the rules, and they read the committed state.

mod happening;
mod lines;
mod reading;
mod standing;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use assent_exchange::consent::state::{Consent, Request};
use assent_exchange::link::state::Link;
use assent_model::ids::{ConsentId, LinkId, PartyId, RequestId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentStatus, ResourceSet};
use assent_model::time::Timestamp;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

pub(crate) use happening::{By, Happening, Use, What};
pub(crate) use lines::{Chosen, Counts, Likeness, Line, Lines, Which, source_of};
pub(crate) use standing::{Standing, Tab};

use crate::http::failure::Failure;
use crate::node::Node;

/// For so many people holdings are kept.
const PEOPLE: usize = 512;

/// The holdings of everybody who looked lately.
#[derive(Default)]
pub struct HoldingsCache {
    kept: Mutex<HashMap<PartyId, Kept>>,
}

#[derive(Clone, Default)]
struct Kept {
    holdings: Arc<AsyncMutex<Holdings>>,
    /// Pseudonyms that were named since.
    named: Arc<Mutex<Vec<SurrogateId>>>,
}

impl HoldingsCache {
    fn kept(&self) -> MutexGuard<'_, HashMap<PartyId, Kept>> {
        let kept = self.kept.lock();
        kept.expect("nothing panics while it holds the map")
    }

    fn of(&self, party: PartyId) -> Kept {
        let mut kept = self.kept();
        if kept.len() >= PEOPLE && !kept.contains_key(&party) {
            kept.clear();
        }
        kept.entry(party).or_default().clone()
    }

    /// A person has named one more pseudonym.
    pub(crate) fn named(&self, party: PartyId, surrogate: SurrogateId) {
        if let Some(kept) = self.kept().get(&party) {
            let mut named = kept.named.lock().expect("nothing panics while it holds it");
            named.push(surrogate);
        }
    }

    /// Forgets a person, whose account was erased.
    pub(crate) fn forget(&self, party: PartyId) {
        self.kept().remove(&party);
    }
}

/// The holdings of a person, up to date with the newest block.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of(node: &Node, party: PartyId) -> Result<OwnedMutexGuard<Holdings>, Failure> {
    let kept = node.holdings.of(party);
    let mut holdings = kept.holdings.lock_owned().await;
    let named = {
        let mut named = kept.named.lock().expect("nothing panics while it holds it");
        std::mem::take(&mut *named)
    };
    // What was read halfway is read anew: where this fails, and where the caller goes away meanwhile.
    let mut fresh = std::mem::take(&mut *holdings);
    fresh.refresh(node, party, named).await?;
    *holdings = fresh;
    holdings.pass(node.clock.now());
    Ok(holdings)
}

/// The holdings of one person. Everything is in the order of the log, oldest first.
#[derive(Default)]
pub(crate) struct Holdings {
    /// So much of the log has been read.
    seen: u64,
    is_begun: bool,
    /// Pseudonyms that nothing hangs on yet.
    unsettled: BTreeSet<SurrogateId>,
    /// Pseudonyms that have links, and how far their lists have been read.
    linked: BTreeMap<SurrogateId, Ends>,
    places: HashMap<String, Place>,
    /// Links with services.
    pub(crate) links: Vec<HeldLink>,
    /// What the person was asked.
    pub(crate) requests: Vec<HeldRequest>,
    /// What the person consented to; a pair once, by the record of its sink.
    pub(crate) consents: Vec<HeldConsent>,
    /// All that happened.
    pub(crate) happenings: Vec<Happening>,
    /// Where consents and requests stand.
    pub(crate) lines: Lines,
}

/// Where the lists of a pseudonym have been read to.
#[derive(Default)]
struct Ends {
    links: Option<(u64, String)>,
    requests: Option<(u64, String)>,
    consents: Option<(u64, String)>,
}

/// What something happened to, as a place in the holdings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The account itself.
    Account,
    /// A link.
    Link(usize),
    /// A request.
    Request(usize),
    /// A consent.
    Consent(usize),
    /// The source's record of the pair at this place among the consents.
    Source(usize),
}

impl Place {
    /// The consent or the request there.
    pub(crate) fn which(self) -> Option<Which> {
        match self {
            Self::Account | Self::Link(_) => None,
            Self::Request(at) => Some(Which::Request(at)),
            Self::Consent(at) | Self::Source(at) => Some(Which::Consent(at)),
        }
    }
}

/// A link.
pub(crate) struct HeldLink {
    /// Its id.
    pub(crate) id: LinkId,
    /// As of the newest block.
    pub(crate) link: Arc<Link>,
}

/// A request.
pub(crate) struct HeldRequest {
    /// Its id.
    pub(crate) id: RequestId,
    /// As of the newest block.
    pub(crate) request: Arc<Request>,
    /// When it was asked.
    pub(crate) at: Timestamp,
}

/// A consent.
pub(crate) struct HeldConsent {
    /// Its id: the sink's record, where it is a pair.
    pub(crate) id: ConsentId,
    /// As of the newest block.
    pub(crate) consent: Arc<Consent>,
    /// When it was given.
    pub(crate) at: Timestamp,
    /// Who held the key that signed it.
    pub(crate) custody: Custody,
    /// How often data was released or processed.
    pub(crate) uses: usize,
    /// When last.
    pub(crate) last_use: Option<Timestamp>,
    /// What the last record of the chain says.
    current: (ConsentStatus, ResourceSet),
    /// The data of the last use: most uses are of the same.
    last_used: Arc<ResourceSet>,
    /// What happened to it, as places among the happenings.
    happened: Vec<usize>,
}

impl HeldConsent {
    /// The same data, kept once where it is that of the use before.
    fn shared(&mut self, data: &ResourceSet) -> Arc<ResourceSet> {
        if *self.last_used != *data {
            self.last_used = Arc::new(data.clone());
        }
        Arc::clone(&self.last_used)
    }
}

impl Holdings {
    /// The consent with this id, whichever record of a pair it names.
    pub(crate) fn consent(&self, id: ConsentId) -> Option<&HeldConsent> {
        match self.places.get(&id.to_string())? {
            Place::Consent(place) | Place::Source(place) => self.consents.get(*place),
            _ => None,
        }
    }

    /// Where something with this id is, if it belongs to the person.
    pub(crate) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The link with this id.
    pub(crate) fn link(&self, id: LinkId) -> Option<&HeldLink> {
        match self.places.get(&id.to_string())? {
            Place::Link(place) => self.links.get(*place),
            _ => None,
        }
    }

    /// What happened to a consent, to either record of a pair.
    pub(crate) fn happenings_of(&self, id: ConsentId) -> impl Iterator<Item = &Happening> {
        let held = self.consent(id).into_iter();
        held.flat_map(|held| &held.happened)
            .map(|at| &self.happenings[*at])
    }
}
