//! Cases that a dishonest operator could make: a log that is well signed and proven, with one rule
//! broken.

use assent_api::evidence::EvidenceBundle;
use assent_client::evidence::{Trust, verify};
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_exchange::consent::committed;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Status;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::release::event::ReleaseEvent;
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::StatusProof;
use assent_model::records::consent::{
    Acknowledgement, ConsentRecord, ConsentRequest, ConsentStatusRecord,
};
use assent_model::records::release::ReceiptBatch;
use assent_model::statement::{Content, Recorded};
use assent_model::time::Timestamp;

use super::forgery::{Forgery, encode};
use super::{descriptions, entries_of, record_receipts};
use crate::cast::{Cast, Pair};

/// An honest case, ready to be falsified.
pub(super) struct Case {
    pub(super) cast: Cast,
    pub(super) pair: Pair,
    pub(super) forgery: Forgery,
}

impl Case {
    /// The case of the sink's record as the log has it.
    pub(super) fn of(cast: Cast, pair: Pair, head: Digest, status: Status) -> Self {
        let subject = pair.sink_id();
        let indices = entries_of(&cast, &pair, subject);
        let log = cast.world.log();
        let leaves = indices.iter().map(|index| {
            let place = usize::try_from(*index).unwrap();
            log[place].clone()
        });
        let mut forgery = Forgery::new(
            subject,
            leaves.collect(),
            descriptions(&cast),
            pair.notice(),
            committed(head, status),
        );
        forgery.renumber();
        Self {
            cast,
            pair,
            forgery,
        }
    }

    /// Keys replaced, a pair given, paused, used, withdrawn and acknowledged.
    pub(super) fn withdrawn() -> Self {
        let mut cast = Cast::assemble();
        cast.rotate_requester();
        let pair = cast.share();
        let mut chains = pair.chains();
        cast.change(&pair, &mut chains, &Change::Disable);
        record_receipts(&mut cast, &[pair.sink_id()]);
        cast.change(&pair, &mut chains, &Change::Withdraw);
        cast.acknowledge(true, &chains[0]);
        let head = chains[0].head();
        Self::of(cast, pair, head, Status::Withdrawn)
    }

    /// A pair that another one took the place of.
    pub(super) fn superseded() -> Self {
        let mut cast = Cast::assemble();
        let pair = cast.share();
        let chains = pair.chains();
        let next = cast.supersede(&pair, &chains);
        let head = next.given.record.digest();
        let by = next.sink_id();
        Self::of(cast, pair, head, Status::Superseded { by })
    }

    /// A pair that was withdrawn by the operator.
    pub(super) fn withdrawn_by_operator() -> Self {
        let mut cast = Cast::assemble();
        let pair = cast.share();
        let mut chains = pair.chains();
        cast.change_by_operator(&mut chains, &Change::Withdraw);
        let head = chains[0].head();
        Self::of(cast, pair, head, Status::Withdrawn)
    }

    pub(super) fn leaves(&mut self) -> &mut Vec<LeafContent<Event>> {
        &mut self.forgery.leaves
    }

    /// Where the `n`-th event of a kind stands.
    pub(super) fn place(&self, kind: fn(&Event) -> bool, n: usize) -> usize {
        let places = self.forgery.leaves.iter().enumerate();
        let mut places = places.filter(|(_, leaf)| kind(&leaf.event));
        places.nth(n).unwrap().0
    }

    pub(super) fn remove(&mut self, kind: fn(&Event) -> bool, n: usize) {
        let place = self.place(kind, n);
        self.leaves().remove(place);
        self.forgery.renumber();
    }

    /// Puts an event at the end, a second after the last.
    pub(super) fn append(&mut self, event: Event) {
        let place = self.forgery.leaves.len();
        self.insert(place, event);
    }

    pub(super) fn insert(&mut self, place: usize, event: Event) {
        let before = self.forgery.leaves[place - 1].clone();
        let leaf = LeafContent { event, ..before };
        self.leaves().insert(place, leaf);
        self.forgery.renumber();
    }

    pub(super) fn repeat(&mut self, kind: fn(&Event) -> bool) {
        let place = self.place(kind, 0);
        let event = self.forgery.leaves[place].event.clone();
        self.insert(place + 1, event);
    }

    pub(super) fn event(&mut self, kind: fn(&Event) -> bool, n: usize) -> &mut Event {
        let place = self.place(kind, n);
        &mut self.leaves()[place].event
    }

    /// Lets a status record say something else, signed with the pseudonym's key or another.
    pub(super) fn restate(
        &mut self,
        n: usize,
        key: Key,
        change: impl FnOnce(&mut ConsentStatusRecord),
    ) {
        let key = key.of(&self.cast);
        let event = self.event(is_status, n);
        if let Event::Consent(ConsentEvent::StatusChanged { record, .. }) = event {
            *record = resigned(record, &key, change);
        }
    }

    /// Lets the request say something else.
    pub(super) fn reask(&mut self, key: Key, change: impl FnOnce(&mut ConsentRequest)) {
        let key = key.of(&self.cast);
        if let Event::Consent(ConsentEvent::Requested { request, .. }) = self.event(is_request, 0) {
            *request = resigned(request, &key, change);
        }
    }

    /// Lets the record that superseded say something else, and the event before agree with it.
    pub(super) fn resucceed(&mut self, change: impl FnOnce(&mut ConsentRecord)) {
        self.regive(2, Key::Pseudonym, change);
        let digest = match self.event(is_given, 2) {
            Event::Consent(ConsentEvent::Given { record, .. }) => record.digest(),
            _ => unreachable!("it is a consent record"),
        };
        if let Event::Consent(ConsentEvent::Superseded { record, .. }) =
            self.event(is_superseded, 0)
        {
            *record = digest;
        }
    }

    /// Lets a consent record say something else, signed with its own key or another.
    pub(super) fn regive(&mut self, n: usize, key: Key, change: impl FnOnce(&mut ConsentRecord)) {
        let key = match (key, n) {
            (Key::Pseudonym, 1) => again(&self.pair.alias().alias.key),
            (key, _) => key.of(&self.cast),
        };
        let event = self.event(is_given, n);
        if let Event::Consent(ConsentEvent::Given { record, .. }) = event {
            *record = resigned(record, &key, change);
        }
    }

    pub(super) fn reacknowledge(&mut self, key: Key, change: impl FnOnce(&mut Acknowledgement)) {
        let key = key.of(&self.cast);
        let event = self.event(is_acknowledged, 0);
        if let Event::Consent(ConsentEvent::Acknowledged { acknowledgement }) = event {
            *acknowledgement = resigned(acknowledgement, &key, change);
        }
    }

    pub(super) fn rebatch(&mut self, key: Key, change: impl FnOnce(&mut ReceiptBatch)) {
        let key = key.of(&self.cast);
        if let Event::Release(ReleaseEvent::Recorded { batch }) = self.event(is_batch, 0) {
            *batch = resigned(batch, &key, change);
        }
    }

    pub(super) fn bundle(&self) -> EvidenceBundle<StatusProof> {
        self.forgery
            .bundle(&self.cast.world.operator.checkpoint_key)
    }
}

/// With which key something is signed again.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Pseudonym,
    Requester,
    Source,
    Operator,
    Token,
    Stranger,
}

impl Key {
    pub(super) fn of(self, cast: &Cast) -> SigningKey {
        match self {
            Self::Pseudonym => again(&cast.requester.link.pseudonym.key),
            Self::Requester => again(&cast.requester.keys.signing),
            Self::Source => again(&cast.source.keys.signing),
            Self::Operator => again(&cast.world.operator.keys.signing),
            Self::Token => again(&cast.world.operator.token_key),
            Self::Stranger => SigningKey::generate(),
        }
    }
}

pub(super) fn again(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(key.seed())
}

/// The same statement, made at the same time, saying something else.
pub(super) fn resigned<T: Content>(
    recorded: &Recorded<T>,
    key: &SigningKey,
    change: impl FnOnce(&mut T),
) -> Recorded<T> {
    let mut content = recorded.content().clone();
    change(&mut content);
    let now = Timestamp::from_millis(recorded.envelope().iat * 1000);
    Signer::new(recorded.envelope().aud.clone(), now)
        .sign(key, content)
        .record()
}

/// The same statement with another signature.
pub(super) fn with_bad_signature<T: Content>(recorded: &Recorded<T>) -> Recorded<T> {
    let mut compact = recorded.compact().to_owned();
    let place = compact.rfind('.').unwrap() + 9;
    let other = if compact[place..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    compact.replace_range(place..=place, other);
    serde_json::from_value(compact.into()).unwrap()
}

pub(super) fn is_genesis(event: &Event) -> bool {
    matches!(event, Event::Identity(IdentityEvent::Opened { .. }))
}
pub(super) fn is_registration(event: &Event) -> bool {
    matches!(event, Event::Identity(IdentityEvent::Registered { .. }))
}
pub(super) fn is_rotation(event: &Event) -> bool {
    matches!(event, Event::Identity(IdentityEvent::KeysRotated { .. }))
}
pub(super) fn is_service(event: &Event) -> bool {
    matches!(event, Event::Service(_))
}
pub(super) fn is_link(event: &Event) -> bool {
    matches!(event, Event::Link(_))
}
pub(super) fn is_request(event: &Event) -> bool {
    matches!(event, Event::Consent(ConsentEvent::Requested { .. }))
}
pub(super) fn is_given(event: &Event) -> bool {
    matches!(event, Event::Consent(ConsentEvent::Given { .. }))
}
pub(super) fn is_status(event: &Event) -> bool {
    matches!(event, Event::Consent(ConsentEvent::StatusChanged { .. }))
}
pub(super) fn is_superseded(event: &Event) -> bool {
    matches!(event, Event::Consent(ConsentEvent::Superseded { .. }))
}
pub(super) fn is_acknowledged(event: &Event) -> bool {
    matches!(event, Event::Consent(ConsentEvent::Acknowledged { .. }))
}
pub(super) fn is_batch(event: &Event) -> bool {
    matches!(event, Event::Release(_))
}

#[track_caller]
pub(super) fn judge(bundle: &EvidenceBundle<StatusProof>, expected: &str) {
    let outcome = verify(&encode(bundle), &Trust::FirstUse).map(drop);
    let code = outcome.map_or_else(
        assent_client::evidence::EvidenceError::code,
        |()| "verified",
    );
    assert_eq!(code, expected);
}

/// Falsifies the log of a case.
#[track_caller]
pub(super) fn check_case(case: fn() -> Case, falsify: impl FnOnce(&mut Case), expected: &str) {
    let mut case = case();
    falsify(&mut case);
    judge(&case.bundle(), expected);
}

#[track_caller]
pub(super) fn check(falsify: impl FnOnce(&mut Case), expected: &str) {
    check_case(Case::withdrawn, falsify, expected);
}

/// Falsifies the bundle of an honest case.
#[track_caller]
pub(super) fn check_bundle(falsify: impl FnOnce(&mut EvidenceBundle<StatusProof>), expected: &str) {
    let mut bundle = Case::withdrawn().bundle();
    falsify(&mut bundle);
    judge(&bundle, expected);
}
