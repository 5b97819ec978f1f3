//! Random histories, in which everything that must always hold does.

use std::collections::BTreeSet;

use assent_exchange::event::Event;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::run::{Outcome, Run};
use crate::workload::{Claims, Step, step};

/// How many histories are tried, and how many steps the longest has.
fn effort() -> (u32, usize) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test reads how long it may take"
    )]
    let soaks = std::env::var("ASSENT_SOAK").is_ok();
    if soaks { (4096, 200) } else { (64, 50) }
}

/// A statement for another audience or another time is refused, whatever it says (invariant 10).
fn check_claims(step: &Step, outcome: &Outcome) {
    let expected = match step.claims {
        Claims::Sound => return,
        Claims::OtherAudience => "statement-audience",
        Claims::Expired => "statement-expired",
        Claims::FromTheFuture => "statement-from-future",
    };
    if outcome.made_claims {
        let code = outcome
            .result
            .as_ref()
            .map_err(|rejection| rejection.code());
        assert_eq!(code.err(), Some(expected));
    }
}

proptest! {
    #![proptest_config(Config { cases: effort().0, ..Config::default() })]

    #[test]
    fn every_history_keeps_the_invariants(
        steps in proptest::collection::vec(step(), 1..effort().1),
    ) {
        let mut run = Run::new();
        for step in &steps {
            let outcome = run.take(step);
            check_claims(step, &outcome);
        }
    }
}

/// The kind of an event, as it stands in the log.
fn kind(event: &Event) -> String {
    let json = serde_json::to_value(event).expect("an event has a JSON form");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    format!(
        "{} {}",
        text(&json["component"]),
        text(&json["what"]["type"])
    )
}

/// A workload that is always refused would prove nothing.
#[test]
fn histories_reach_every_event_and_most_refusals() {
    let mut runner = TestRunner::deterministic();
    let history = proptest::collection::vec(step(), 60);
    let (mut happened, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..60 {
        let tree = history.new_tree(&mut runner).expect("a history");
        let mut run = Run::new();
        for step in tree.current() {
            match run.take(&step).result {
                Ok(events) => happened.extend(events.iter().map(kind)),
                Err(rejection) => drop(refused.insert(rejection.code())),
            }
        }
    }
    let happened: Vec<&str> = happened.iter().map(String::as_str).collect();
    assert_eq!(happened, REACHED);
    assert!(refused.len() >= 30, "{refused:?}");
}

/// Every event but those of the world that a history begins with.
const REACHED: &[&str] = &[
    "consent acknowledged",
    "consent acknowledgement-missed",
    "consent affirmed",
    "consent expired",
    "consent given",
    "consent refused",
    "consent request-expired",
    "consent requested",
    "consent status-changed",
    "consent superseded",
    "identity deactivated",
    "identity keys-rotated",
    "identity recovered",
    "link status-changed",
    "release recorded",
    "service registered",
];
