//! What holds for every command: the claims of its statements, and what is in memory.

use assent_model::machine::{Machine, StateKey, WorkingSet};
use assent_model::records::consent::ConsentStatus;
use assent_model::records::identity::{Deactivation, PartyKind};
use assent_model::records::release::{ReceiptBatch, UseAction};
use assent_model::statement::{self, ClaimsRejection, Envelope};
use assent_model::time::Span;

use crate::command::Command;
use crate::consent::command::ConsentCommand;
use crate::fixture::{START, World, consent, genesis, key, name, party, receipt, request};
use crate::identity::command::IdentityCommand;
use crate::release::command::ReleaseCommand;
use crate::state::State;
use crate::{Exchange, fixture};

fn outcome(world: &mut World, command: &Command) -> &'static str {
    match world.decide(command) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

#[test]
fn before_the_genesis_there_is_nothing() {
    let mut world = World::void();
    let registration = world.registration("ann", PartyKind::Person);
    let registration = world.sign("ann", registration);
    let command = Command::Identity(IdentityCommand::Register(registration));
    assert_eq!(outcome(&mut world, &command), "chain-not-open");
    let command = Command::Consent(ConsentCommand::ExpireRequest(request("q")));
    assert_eq!(outcome(&mut world, &command), "chain-not-open");
}

/// A statement whose envelope was edited, decided so many milliseconds after it was signed.
fn check_claims(edit: fn(&mut Envelope<Deactivation>), after: u64, expected: &str) {
    let mut world = World::empty();
    let party = party("operator");
    let mut envelope = world.envelope("operator", Deactivation { party });
    edit(&mut envelope);
    let deactivation = statement::sign(envelope, &key("operator"));
    world.wait(Span::from_millis(after));
    let command = Command::Identity(IdentityCommand::Deactivate(deactivation));
    assert_eq!(outcome(&mut world, &command), expected);
}

#[test]
fn claims_are_checked_in_order_and_to_the_moment() {
    check_claims(|_| {}, 0, "accepted");
    check_claims(|_| {}, 599_999, "accepted");
    check_claims(|_| {}, 600_000, "statement-expired");
    let ahead: fn(&mut Envelope<Deactivation>) = |e| {
        e.iat += 60;
        e.exp += 60;
    };
    check_claims(ahead, 0, "accepted");
    let too_far_ahead: fn(&mut Envelope<Deactivation>) = |e| {
        e.iat += 61;
        e.exp += 61;
    };
    check_claims(too_far_ahead, 0, "statement-from-future");
    check_claims(too_far_ahead, 1000, "accepted");
    check_claims(|e| e.exp += 1, 0, "statement-lifetime");
    check_claims(|e| e.exp = e.iat, 0, "statement-lifetime");
    check_claims(|e| e.exp = 0, 0, "statement-lifetime");
    check_claims(|e| e.iat = 0, 0, "statement-lifetime");
    // Each is wrong in everything that is checked later, too.
    check_claims(|e| e.iat = u64::MAX >> 12, 600_000, "statement-lifetime");
    let all_wrong: fn(&mut Envelope<Deactivation>) = |e| {
        e.aud = name("assent:other");
        e.exp = 0;
    };
    check_claims(all_wrong, 600_000, "statement-audience");
    assert_eq!(ClaimsRejection::ALL.len(), 4);
}

#[test]
fn each_statement_of_a_command_makes_claims() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", Some("lab"));
    let change = world.change(consent("c"), ConsentStatus::Disabled);
    world.wait(Span::from_minutes(10));
    let mut fresh = world.change(consent("c"), ConsentStatus::Disabled);
    fresh.counterpart = change.counterpart;
    let command = Command::Consent(ConsentCommand::Change(fresh));
    assert_eq!(command.claims().len(), 2);
    assert_eq!(outcome(&mut world, &command), "statement-expired");

    let command = world.change_link(
        "ann at gym",
        assent_model::records::link::LinkStatus::Removed,
    );
    let used: Vec<_> = command
        .claims()
        .iter()
        .map(super::command::Claims::use_key)
        .collect();
    assert_eq!(used.len(), 3);
    assert!(used.iter().all(|key| key.contains(" statement-")));
}

#[test]
fn a_genesis_names_its_chain_and_expires_too() {
    let mut world = World::void();
    let genesis = world.sign("operator", genesis());
    let command = Command::Identity(IdentityCommand::Open(genesis));
    assert_eq!(outcome(&mut world, &command), "accepted");
    world.wait(Span::from_minutes(10));
    assert_eq!(outcome(&mut world, &command), "statement-expired");
}

#[test]
fn what_the_log_could_not_read_again_is_refused() {
    let mut world = World::empty();
    let receipt = receipt(UseAction::Released, None);
    let mut batch_of = |count| {
        let receipts = vec![receipt.clone(); count];
        let batch = world.sign("tokens", ReceiptBatch { receipts });
        let is_readable = statement::verify::<ReceiptBatch>(batch.compact()).is_ok();
        let command = Command::Release(ReleaseCommand::Record(batch));
        (is_readable, outcome(&mut world, &command))
    };
    assert_eq!(batch_of(100), (true, "accepted"));
    assert_eq!(batch_of(400), (false, "statement-too-large"));
}

#[test]
fn memory_shrinks_to_what_is_asked_for() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    let mut held = Vec::new();
    for pieces in [8, 2, 0] {
        world.ledger.state.evict(pieces);
        let keys = world.ledger.store.keys().cloned();
        let in_memory = keys.filter(|key| !is_missing(&world.ledger.state, key));
        held.push(in_memory.count() <= pieces);
    }
    assert_eq!(held, [true; 3]);
}

/// Whether a piece is not in memory: then loading it again makes the state ask for less.
fn is_missing(state: &State, key: &StateKey) -> bool {
    let debug = format!("{state:?}");
    let id = key.as_str().split_once('/').expect("a kind and an id").1;
    !debug.contains(id)
}

#[test]
fn what_is_not_drained_is_not_forgotten() {
    let mut world = World::empty();
    let registration = world.registration("ann", PartyKind::Person);
    let registration = world.sign("ann", registration);
    let command = Command::Identity(IdentityCommand::Register(registration));
    let events = world.decide(&command).expect("an acceptable command");
    let context = assent_model::machine::Context {
        height: 2,
        time: START,
    };
    Exchange::evolve(&mut world.ledger.state, &events[0], context);
    world.ledger.state.evict(0);
    let changes = world.ledger.state.drain_changes();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].key, StateKey::new("party", party("ann")));
}

#[test]
fn what_is_not_state_is_not_loaded() {
    let mut state = State::default();
    let mut load = |key: &str, value: &[u8]| {
        let key = StateKey::from_stored(key.into());
        state.load(&key, Some(value)).is_ok()
    };
    assert!(!load("unknown/self", b"{}"));
    assert!(!load("chain", b"{}"));
    assert!(!load("chain/self", b"{}"));
    assert!(!load("chain/other", b"{}"));
    assert!(!load(&format!("service/{}", party("gym")), b"{}"));
    let service = fixture::service("gym");
    let piece = format!(r#"{{"provider":"{}","version":1}}"#, party("gym"));
    assert!(load(&format!("service/{service}"), piece.as_bytes()));
    assert!(!load(&format!("service/{service}"), b"{}"));
    assert!(!load(&format!("description/{service}"), b"{}"));
    assert!(!load("grant/a b", b"{}"));
}
