//! Bundles of a real log: they verify, show what happened, and no byte of them can be changed.

mod case;
mod consent_rows;
mod forgery;
mod log_rows;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use assent_client::evidence::{EvidenceReport, Occurrence, Trust, verify};
use assent_client::statements::change::Change;
use assent_crypto::signature::SigningKey;
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Closure, Status};
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::release::command::ReleaseCommand;
use assent_exchange::release::event::ReleaseEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_model::canonical;
use assent_model::ids::{ConsentId, PartyId, ReceiptId};
use assent_model::records::consent::ConsentStatus;
use assent_model::records::release::{ReceiptBatch, UseAction, UseReceipt};
use assent_model::records::service::DescriptionRef;
use assent_model::time::Span;
use proptest::prelude::*;

use crate::cast::{Cast, Pair, REQUIRED, name, resources};

/// The indices that belong in the bundle of a consent, found as the documentation says.
pub(crate) fn entries_of(cast: &Cast, pair: &Pair, subject: ConsentId) -> Vec<u64> {
    let log = cast.world.log();
    let request = pair.request.content();
    let records = [pair.sink_id(), pair.source_id()];
    let descriptions = [Some(&request.service), request.source.as_ref()];
    let descriptions: Vec<&DescriptionRef> = descriptions.into_iter().flatten().collect();
    let successor = log.iter().find_map(|leaf| match &leaf.event {
        Event::Consent(ConsentEvent::Superseded { cr_id, by, .. }) if *cr_id == subject => {
            Some(*by)
        }
        _ => None,
    });
    let belongs = |event: &Event| match event {
        Event::Identity(IdentityEvent::Opened { .. }) => true,
        Event::Service(ServiceEvent::Registered { registration }) => {
            descriptions.contains(&&registration.content().description)
        }
        Event::Link(LinkEvent::Created { record, .. }) => record.content().slr_id == request.slr_id,
        Event::Identity(_) | Event::Link(LinkEvent::StatusChanged { .. }) | Event::Stream(_) => {
            false
        }
        Event::Consent(event) => match event {
            ConsentEvent::Requested { request: asked, .. } => {
                asked.content().request_id == request.request_id
            }
            ConsentEvent::Given { record, .. } => {
                let cr_id = record.content().common_part.cr_id;
                records.contains(&cr_id) || Some(cr_id) == successor
            }
            ConsentEvent::StatusChanged { record, .. } => record.content().cr_id == subject,
            ConsentEvent::Superseded { cr_id, .. }
            | ConsentEvent::Expired { cr_id }
            | ConsentEvent::AcknowledgementMissed { cr_id } => *cr_id == subject,
            ConsentEvent::Acknowledged { acknowledgement } => {
                acknowledgement.content().cr_id == subject
            }
            _ => false,
        },
        Event::Release(ReleaseEvent::Recorded { batch }) => {
            batch.content().receipts.iter().any(|r| r.cr_id == subject)
        }
    };
    let mut indices: BTreeSet<u64> = log
        .iter()
        .filter(|leaf| belongs(&leaf.event))
        .map(|leaf| leaf.index)
        .collect();
    let deciding: Vec<(PartyId, u64)> = log
        .iter()
        .filter(|leaf| indices.contains(&leaf.index))
        .flat_map(|leaf| {
            let decided = decided_by(cast, request.provider, &leaf.event);
            decided.into_iter().map(|party| (party, leaf.index))
        })
        .collect();
    for leaf in &log {
        let about = about(&leaf.event);
        let is_needed = deciding
            .iter()
            .any(|(party, index)| Some(*party) == about && *index > leaf.index);
        if is_needed {
            indices.insert(leaf.index);
        }
    }
    indices.into_iter().collect()
}

/// The party whose keys decide an entry.
fn decided_by(cast: &Cast, requester: PartyId, event: &Event) -> Option<PartyId> {
    match event {
        Event::Service(ServiceEvent::Registered { registration }) => {
            Some(registration.content().provider)
        }
        Event::Link(LinkEvent::Created { record, .. }) => Some(record.content().provider),
        Event::Consent(ConsentEvent::Requested { .. }) => Some(requester),
        Event::Consent(ConsentEvent::Given { provider, .. }) if *provider != requester => {
            Some(requester)
        }
        Event::Consent(ConsentEvent::StatusChanged {
            author: Author::Operator,
            ..
        }) => Some(cast.world.operator.keys.party_id()),
        Event::Consent(ConsentEvent::Acknowledged { acknowledgement }) => {
            Some(acknowledgement.content().provider)
        }
        _ => None,
    }
}

/// The party whose keys an entry is about.
fn about(event: &Event) -> Option<PartyId> {
    match event {
        Event::Identity(IdentityEvent::Registered { registration, .. }) => {
            Some(registration.content().party)
        }
        Event::Identity(IdentityEvent::KeysRotated { rotation, .. }) => {
            Some(rotation.content().party)
        }
        Event::Identity(IdentityEvent::Recovered { recovery, .. }) => {
            Some(recovery.content().party)
        }
        _ => None,
    }
}

/// The descriptions of a sharing, in the order of their registrations.
pub(crate) fn descriptions(cast: &Cast) -> Vec<String> {
    [&cast.requester.description, &cast.source.description]
        .map(|description| String::from_utf8(canonical::encode(description)).unwrap())
        .to_vec()
}

pub(crate) fn bundle_of(cast: &Cast, pair: &Pair, subject: ConsentId) -> String {
    let indices = entries_of(cast, pair, subject);
    cast.world
        .bundle(subject, &indices, descriptions(cast), pair.notice())
}

#[track_caller]
fn verified(cast: &Cast, pair: &Pair, subject: ConsentId) -> EvidenceReport {
    verify(&bundle_of(cast, pair, subject), &Trust::FirstUse).unwrap()
}

fn receipt(cr_id: ConsentId, cast: &Cast) -> UseReceipt {
    UseReceipt {
        receipt_id: ReceiptId::random(),
        cr_id,
        service_id: cast.requester.description.service_id,
        action: UseAction::Processed,
        purpose_id: name("advice"),
        resource_set: resources(&[REQUIRED]),
        refusal: None,
        at: cast.world.now,
    }
}

pub(crate) fn record_receipts(cast: &mut Cast, consents: &[ConsentId]) {
    let receipts = consents.iter().map(|id| receipt(*id, cast)).collect();
    let batch = cast
        .world
        .signer()
        .sign(&cast.world.operator.token_key, ReceiptBatch { receipts });
    cast.world
        .accept(Command::Release(ReleaseCommand::Record(batch)));
}

/// A pair with a long history: paused, resumed, narrowed, used, withdrawn and acknowledged, with
/// the requester's key replaced on the way, and others' business in between.
fn long_story() -> (Cast, Pair) {
    let mut cast = Cast::assemble();
    cast.rotate_requester();
    let pair = cast.share();
    let mut chains = pair.chains();
    cast.change(&pair, &mut chains, &Change::Disable);
    cast.ask(false);
    cast.change(&pair, &mut chains, &Change::Enable);
    record_receipts(&mut cast, &[pair.sink_id(), pair.source_id()]);
    let narrow = Change::Narrow(resources(&[REQUIRED]));
    cast.change(&pair, &mut chains, &narrow);
    cast.change(&pair, &mut chains, &Change::Withdraw);
    cast.rotate_requester();
    cast.acknowledge(true, &chains[0]);
    cast.acknowledge(false, &chains[1]);
    cast.rotate_requester();
    (cast, pair)
}

#[test]
fn a_long_history_is_shown_whole() {
    let (cast, pair) = long_story();
    let report = verified(&cast, &pair, pair.sink_id());
    assert_eq!(report.cr_id, pair.sink_id());
    assert_eq!(report.provider, cast.requester.keys.party_id());
    assert_eq!(report.operator, cast.world.operator.keys.party_id());
    assert_eq!(report.status, Status::Withdrawn);
    assert_eq!(report.resource_set, resources(&[REQUIRED]));
    assert_eq!(report.notice, pair.form.notice);
    assert_eq!(report.receipts.len(), 1);
    assert!(matches!(report.closure, Closure::Acknowledged { .. }));
    let changed = |status| Occurrence::StatusChanged {
        status,
        author: Author::Person,
        by_link: false,
    };
    let what: Vec<Occurrence> = report.timeline.iter().map(|entry| entry.what).collect();
    assert_eq!(
        what,
        [
            Occurrence::Linked,
            Occurrence::Requested,
            Occurrence::Given,
            changed(ConsentStatus::Disabled),
            changed(ConsentStatus::Active),
            changed(ConsentStatus::Active),
            changed(ConsentStatus::Withdrawn),
            Occurrence::Acknowledged,
        ]
    );
}

#[test]
fn both_records_of_a_pair_have_a_bundle() {
    let (cast, pair) = long_story();
    let report = verified(&cast, &pair, pair.source_id());
    assert_eq!(report.provider, cast.source.keys.party_id());
    assert_eq!(report.status, Status::Withdrawn);
    assert_eq!(report.receipts.len(), 1);
}

#[test]
fn a_new_consent_is_active() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let report = verified(&cast, &pair, pair.sink_id());
    assert_eq!(report.status, Status::Active);
    assert_eq!(report.closure, Closure::NotOwed);
}

#[test]
fn the_operator_may_withdraw_with_the_key_of_the_time() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let mut chains = pair.chains();
    let signing = SigningKey::generate();
    let keys = &cast.world.operator.keys;
    let rotation = cast.world.signer().rotate(keys, &signing, None);
    let rotate = assent_exchange::identity::command::IdentityCommand::Rotate(rotation);
    cast.world.accept(Command::Identity(rotate));
    cast.world.operator.keys.signing = signing;
    cast.change_by_operator(&mut chains, &Change::Withdraw);
    let report = verified(&cast, &pair, pair.source_id());
    assert_eq!(report.status, Status::Withdrawn);
    assert!(report.timeline.iter().any(|entry| matches!(
        entry.what,
        Occurrence::StatusChanged {
            author: Author::Operator,
            ..
        }
    )));
}

#[test]
fn a_superseded_consent_ends_in_the_other_record() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let chains = pair.chains();
    let next = cast.supersede(&pair, &chains);
    for (old, new) in [
        (pair.sink_id(), next.sink_id()),
        (pair.source_id(), next.source_id()),
    ] {
        let report = verified(&cast, &pair, old);
        assert_eq!(report.status, Status::Superseded { by: new });
        assert!(matches!(report.closure, Closure::Owed { .. }));
        assert_eq!(verified(&cast, &next, new).status, Status::Active);
    }
}

#[test]
fn an_end_by_time_and_a_missed_acknowledgement_are_shown() {
    let mut cast = Cast::assemble();
    let expired = cast.share();
    cast.world.wait(Span::from_days(31));
    let expire = ConsentCommand::ExpireConsent(expired.sink_id());
    cast.world.accept(Command::Consent(expire));
    let report = verified(&cast, &expired, expired.source_id());
    assert_eq!(report.status, Status::Expired);

    let mut cast = Cast::assemble();
    let pair = cast.share();
    let mut chains = pair.chains();
    cast.change(&pair, &mut chains, &Change::Withdraw);
    cast.world.wait(Span::from_days(8));
    let miss = ConsentCommand::MissAcknowledgement(pair.sink_id());
    cast.world.accept(Command::Consent(miss));
    let report = verified(&cast, &pair, pair.sink_id());
    assert_eq!(report.closure, Closure::Missed);
    cast.acknowledge(true, &chains[0]);
    let report = verified(&cast, &pair, pair.sink_id());
    assert!(matches!(report.closure, Closure::Acknowledged { .. }));
}

#[test]
fn what_is_pinned_decides() {
    let (cast, pair) = long_story();
    let bundle = bundle_of(&cast, &pair, pair.sink_id());
    let operator = &cast.world.operator;
    let trusted = [
        Trust::Operator(operator.keys.party_id()),
        Trust::CheckpointKey(*operator.checkpoint_key.verifying_key()),
    ];
    for trust in trusted {
        assert!(verify(&bundle, &trust).is_ok(), "{trust:?}");
    }
    let untrusted = [
        Trust::Operator(cast.requester.keys.party_id()),
        Trust::CheckpointKey(*operator.token_key.verifying_key()),
    ];
    for trust in untrusted {
        let error = verify(&bundle, &trust).unwrap_err();
        assert_eq!(error.code(), "log-untrusted", "{trust:?}");
    }
}

/// The bundle whose bytes are changed, made once.
fn long_bundle() -> &'static str {
    static BUNDLE: OnceLock<String> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let (cast, pair) = long_story();
        bundle_of(&cast, &pair, pair.sink_id())
    })
}

/// A bundle whose bytes are not text does not even get to be verified.
fn is_accepted(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| verify(text, &Trust::FirstUse).is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_byte_can_be_changed(place: prop::sample::Index, byte: u8) {
        let mut bytes = long_bundle().as_bytes().to_vec();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        prop_assert!(!is_accepted(&bytes));
    }

    #[test]
    fn no_byte_can_be_turned_into_another_of_its_alphabet(
        place: prop::sample::Index,
        other in "[A-Za-z0-9]",
    ) {
        let mut bytes = long_bundle().as_bytes().to_vec();
        let place = place.index(bytes.len());
        let other = other.as_bytes()[0];
        prop_assume!(bytes[place].is_ascii_alphanumeric() && bytes[place] != other);
        bytes[place] = other;
        prop_assert!(!is_accepted(&bytes));
    }

    #[test]
    fn no_byte_can_be_left_out_or_put_in(place: prop::sample::Index, byte: u8) {
        let bytes = long_bundle().as_bytes();
        let place = place.index(bytes.len());
        let (before, after) = bytes.split_at(place);
        prop_assert!(!is_accepted(&[before, &after[1..]].concat()));
        prop_assert!(!is_accepted(&[before, &[byte], after].concat()));
    }
}

#[test]
fn no_entry_can_be_left_out() {
    let (cast, pair) = long_story();
    let indices = entries_of(&cast, &pair, pair.sink_id());
    let log = cast.world.log();
    for left_out in &indices {
        let event = &log[usize::try_from(*left_out).unwrap()].event;
        let rest: Vec<u64> = indices.iter().copied().filter(|i| i != left_out).collect();
        let bundle = cast
            .world
            .bundle(pair.sink_id(), &rest, descriptions(&cast), pair.notice());
        // What has no status can be left out; everything else cannot.
        let may_be_absent = matches!(event, Event::Release(_));
        let accepted = verify(&bundle, &Trust::FirstUse).is_ok();
        assert_eq!(accepted, may_be_absent, "{left_out}: {event:?}");
    }
}

#[test]
fn no_entry_of_others_can_be_put_in() {
    let (cast, pair) = long_story();
    let indices = entries_of(&cast, &pair, pair.sink_id());
    for extra in 0..cast.world.leaves.len() as u64 {
        if indices.contains(&extra) {
            continue;
        }
        let more: BTreeSet<u64> = indices.iter().copied().chain([extra]).collect();
        let more: Vec<u64> = more.into_iter().collect();
        let bundle = cast
            .world
            .bundle(pair.sink_id(), &more, descriptions(&cast), pair.notice());
        assert!(verify(&bundle, &Trust::FirstUse).is_err(), "{extra}");
    }
}
