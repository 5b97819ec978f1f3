//! The working set of the rules, and the view through which rules read it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, LinkId, PartyId, RequestId, ServiceId, StreamId};
use assent_model::machine::{Change, CorruptState, StateKey, WorkingSet};

use crate::collection::{Collection, Known, Piece, key};
use crate::consent::state::{Consent, Grant, GrantId, Request};
use crate::identity::state::{Chain, ChainKey, Party, WalletBuild};
use crate::link::state::Link;
use crate::service::state::{Description, DescriptionId, Service};
use crate::stream::state::{Pairing, Stream};

/// All pieces of state that are in memory, by component.
#[derive(Debug, Default)]
pub struct State {
    pub(crate) chain: Collection<Chain>,
    pub(crate) parties: Collection<Party>,
    pub(crate) wallets: Collection<WalletBuild>,
    pub(crate) services: Collection<Service>,
    pub(crate) descriptions: Collection<Description>,
    pub(crate) links: Collection<Link>,
    pub(crate) requests: Collection<Request>,
    pub(crate) consents: Collection<Consent>,
    pub(crate) grants: Collection<Grant>,
    pub(crate) streams: Collection<Stream>,
    pub(crate) pairings: Collection<Pairing>,
}

/// Runs the same expression over every collection.
macro_rules! each {
    ($state:ident, $collection:ident => $body:expr) => {{
        {
            let $collection = &mut $state.chain;
            $body
        }
        {
            let $collection = &mut $state.parties;
            $body
        }
        {
            let $collection = &mut $state.wallets;
            $body
        }
        {
            let $collection = &mut $state.services;
            $body
        }
        {
            let $collection = &mut $state.descriptions;
            $body
        }
        {
            let $collection = &mut $state.links;
            $body
        }
        {
            let $collection = &mut $state.requests;
            $body
        }
        {
            let $collection = &mut $state.consents;
            $body
        }
        {
            let $collection = &mut $state.grants;
            $body
        }
        {
            let $collection = &mut $state.streams;
            $body
        }
        {
            let $collection = &mut $state.pairings;
            $body
        }
    }};
}

impl WorkingSet for State {
    fn load(&mut self, key: &StateKey, value: Option<&[u8]>) -> Result<(), CorruptState> {
        each!(self, collection => if collection.load(key, value)? { return Ok(()); });
        Err(CorruptState(key.clone()))
    }

    fn drain_changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        each!(self, collection => collection.drain_changes(&mut changes));
        changes.sort_by(|a, b| a.key.cmp(&b.key));
        changes
    }

    fn evict(&mut self, pieces: usize) {
        let mut held_before = usize::MAX;
        loop {
            let mut held = 0;
            each!(self, collection => held += collection.len());
            // What is not drained yet is never forgotten, so there may be nothing more to forget.
            if held <= pieces || held == held_before {
                return;
            }
            held_before = held;
            each!(self, collection => collection.forget_half());
        }
    }
}

/// Reads state and remembers what was asked for but is not in memory. A rule that runs into a
/// gap sees "nothing there"; its answer is thrown away, the gap is filled, and it runs again.
/// So what a rule reads is said once: in the rule.
#[derive(Debug)]
pub struct View<'a> {
    state: &'a State,
    missing: RefCell<BTreeSet<StateKey>>,
}

impl<'a> View<'a> {
    /// A view of `state` that has not missed anything yet.
    pub fn new(state: &'a State) -> Self {
        Self {
            state,
            missing: RefCell::default(),
        }
    }

    /// What was asked for and is not loaded.
    pub fn into_missing(self) -> Vec<StateKey> {
        self.missing.into_inner().into_iter().collect()
    }

    fn read<P: Piece>(&self, collection: &'a Collection<P>, id: &P::Id) -> Option<&'a P> {
        match collection.known(id) {
            Known::Loaded(piece) => piece,
            Known::Unknown => {
                self.missing.borrow_mut().insert(key::<P>(id));
                None
            }
        }
    }

    /// The chain's own parameters.
    pub fn chain(&self) -> Option<&'a Chain> {
        self.read(&self.state.chain, &ChainKey)
    }

    /// A party.
    pub fn party(&self, id: PartyId) -> Option<&'a Party> {
        self.read(&self.state.parties, &id)
    }

    /// A build of the wallet that was published.
    pub fn wallet(&self, digest: &Digest) -> Option<&'a WalletBuild> {
        self.read(&self.state.wallets, digest)
    }

    /// A service.
    pub fn service(&self, id: ServiceId) -> Option<&'a Service> {
        self.read(&self.state.services, &id)
    }

    /// A version of a service's description.
    pub fn description(&self, service: ServiceId, version: u32) -> Option<&'a Description> {
        self.read(
            &self.state.descriptions,
            &DescriptionId { service, version },
        )
    }

    /// A service link.
    pub fn link(&self, id: LinkId) -> Option<&'a Link> {
        self.read(&self.state.links, &id)
    }

    /// A consent request.
    pub fn request(&self, id: RequestId) -> Option<&'a Request> {
        self.read(&self.state.requests, &id)
    }

    /// A consent.
    pub fn consent(&self, id: ConsentId) -> Option<&'a Consent> {
        self.read(&self.state.consents, &id)
    }

    /// The consent in force for a pseudonym, purpose and source.
    pub fn grant(&self, id: &GrantId) -> Option<&'a Grant> {
        self.read(&self.state.grants, id)
    }

    /// A stream.
    pub fn stream(&self, id: StreamId) -> Option<&'a Stream> {
        self.read(&self.state.streams, &id)
    }

    /// The stream that a device writes.
    pub fn pairing(&self, device: PartyId) -> Option<&'a Pairing> {
        self.read(&self.state.pairings, &device)
    }
}
