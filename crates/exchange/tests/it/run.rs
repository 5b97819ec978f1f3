//! Runs commands in several ways that must agree.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_exchange::Exchange;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::rejection::Rejection;
use assent_exchange::service::event::ServiceEvent;
use assent_exchange::state::State;
use assent_model::canonical;
use assent_model::machine::{Machine, WorkingSet};
use assent_model::time::Span;

use crate::auditor::Auditor;
use crate::fixture::{CHAIN, Ledger, World, party};
use crate::workload::{Answering, Asking, Claims, Op, PERSONS, SERVICES, Step};

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Vec<Event>, Rejection>,
    /// Whether the command made claims that could be wrong.
    pub(crate) made_claims: bool,
}

/// A provider as it stands.
pub(crate) struct Provider {
    /// The name of its key.
    pub(crate) signer: String,
    /// The name of a key that it had before.
    pub(crate) former_signer: String,
    /// The version of the description of its service.
    pub(crate) version: u32,
}

/// The same commands on a ledger that keeps all in memory and on one that forgets, a ledger that
/// sees the events only, and the auditor.
pub(crate) struct Run {
    pub(crate) world: World,
    forgetful: Ledger,
    replayed: Ledger,
    auditor: Auditor,
    pub(crate) providers: Vec<Provider>,
    /// How many names of requests, consents and keys were used.
    pub(crate) named: usize,
    /// The key that a provider signs with once its rotation or recovery is accepted.
    pub(crate) next_signer: String,
    statuses: BTreeMap<String, Digest>,
    observed: usize,
}

impl Run {
    /// Everybody is linked to everything, and has said yes to *gym* twice.
    pub(crate) fn new() -> Self {
        let provider = |service: &&str| Provider {
            signer: (*service).into(),
            former_signer: "nobody".into(),
            version: 1,
        };
        let mut run = Self {
            world: World::of(&SERVICES, &PERSONS),
            forgetful: Ledger::default(),
            replayed: Ledger::default(),
            auditor: Auditor::default(),
            providers: SERVICES.iter().map(provider).collect(),
            named: 0,
            next_signer: String::new(),
            statuses: BTreeMap::new(),
            observed: 0,
        };
        replay(&mut run.forgetful, &run.world.ledger, 0, |_, _| {});
        run.follow(0);
        for (person, source) in [(0, None), (0, Some(1)), (1, None), (1, Some(1))] {
            let asking = Asking::coaching(person, source);
            for op in [Op::Ask(asking), Op::Give(Answering::everything())] {
                let outcome = run.take(&Step::sound(op));
                assert!(outcome.result.is_ok(), "{outcome:?}");
            }
        }
        run
    }

    /// Takes a step, and checks all that must hold after every step.
    pub(crate) fn take(&mut self, step: &Step) -> Outcome {
        let world = &mut self.world;
        world.wait(Span::from_millis(step.wait));
        let now = world.now;
        match step.claims {
            Claims::Sound => {}
            Claims::OtherAudience => world.audience = "assent:other",
            Claims::Expired => world.now = now - Span::from_minutes(10),
            Claims::FromTheFuture => world.now = now + Span::from_seconds(62),
        }
        let command = self.command(&step.op);
        self.world.now = now;
        self.world.audience = CHAIN;

        let before = self.world.ledger.store.clone();
        let result = self.world.submit(&command);
        let by_forgetful = self.forgetful.submit(&command, now);
        assert_eq!(result, by_forgetful, "what is in memory decides nothing");
        self.forgetful.state.evict(step.pieces);
        if result.is_err() {
            assert_eq!(self.world.ledger.store, before, "a refusal changes nothing");
            assert_eq!(self.world.ledger.state.drain_changes(), []);
        }
        result
            .iter()
            .flatten()
            .for_each(|event| self.note_providers(event));
        self.follow(step.pieces / 2);
        self.auditor.check(&self.world.ledger, &self.statuses);
        Outcome {
            result,
            made_claims: !command.claims().is_empty(),
        }
    }

    /// Shows what is new to those who only follow, and compares them.
    fn follow(&mut self, pieces: usize) {
        let ledger = &self.world.ledger;
        for (context, event) in &ledger.log[self.observed..] {
            self.auditor.observe(event, *context, ledger);
        }
        self.observed = ledger.log.len();
        let statuses = &mut self.statuses;
        replay(&mut self.replayed, ledger, pieces, |state, event| {
            let updates = Exchange::statuses(state, event).into_iter();
            statuses.extend(updates.map(|update| (update.subject, update.status)));
        });
        assert_eq!(self.forgetful.store, ledger.store);
        assert_eq!(self.replayed.store, ledger.store);
    }

    /// Notes what providers sign with and describe from now on.
    fn note_providers(&mut self, event: &Event) {
        let (id, is_described) = match event {
            Event::Identity(IdentityEvent::KeysRotated { rotation, .. }) => {
                (rotation.content().party, false)
            }
            Event::Identity(IdentityEvent::Recovered { recovery, .. }) => {
                (recovery.content().party, false)
            }
            Event::Service(ServiceEvent::Registered { registration }) => {
                (registration.content().provider, true)
            }
            _ => return,
        };
        let place = SERVICES.iter().position(|name| party(name) == id);
        let provider = &mut self.providers[place.expect("one of the providers")];
        if is_described {
            provider.version += 1;
        } else {
            provider.former_signer =
                std::mem::replace(&mut provider.signer, self.next_signer.clone());
        }
    }
}

/// Applies what `to` has not seen of `from`, by the bytes that stand in the log (invariant 1).
fn replay(to: &mut Ledger, from: &Ledger, pieces: usize, mut applied: impl FnMut(&State, &Event)) {
    for (context, event) in &from.log[to.log.len()..] {
        let bytes = canonical::encode(event);
        let read: Event = canonical::decode(&bytes).expect("an event survives its encoding");
        assert_eq!(read, *event);
        loop {
            let missing = Exchange::missing_for_event(&to.state, &read);
            if missing.is_empty() {
                break;
            }
            to.load(missing);
        }
        to.apply(&read, *context);
        applied(&to.state, &read);
        to.state.evict(pieces);
    }
}
