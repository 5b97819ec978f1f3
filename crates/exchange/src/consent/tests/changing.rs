//! Pausing, resuming, narrowing, withdrawing.

use assent_crypto::digest::Digest;
use assent_model::names::ConceptId;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord};
use assent_model::records::link::LinkStatus;
use assent_model::time::Span;

use super::{change, deactivate, set_active_consents, status, submit};
use crate::command::Command;
use crate::consent::command::{ConsentCommand, StatusChange};
use crate::consent::event::ConsentEvent;
use crate::consent::state::{Author, Closure, Pause, Status};
use crate::event::Event;
use crate::fixture::{
    ACKNOWLEDGE_WITHIN, World, consent, name, pseudonym, question, source_of, without,
};
use crate::link::state::ACTIVE_CONSENTS_MAX;
use crate::precedence::{Draft, Row, check, codes, outcome};

struct Changing {
    world: World,
    to: ConsentStatus,
    /// Whose key signs both records, when it is not the person's.
    signer: Option<&'static str>,
    edits: Vec<fn(&mut ConsentStatusRecord)>,
    spoil: fn(&mut World, &mut StatusChange),
}

impl Draft for Changing {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        let edit = |record: &mut ConsentStatusRecord| {
            for edit in &self.edits {
                edit(record);
            }
        };
        let (to, signer) = (self.to, self.signer);
        let mut change = self.world.edited_change(consent("c"), to, signer, edit);
        (self.spoil)(&mut self.world, &mut change);
        Command::Consent(ConsentCommand::Change(change))
    }
}

/// Ann changes a consent that is active, or paused.
fn changing(to: ConsentStatus, from: Status, source: Option<&str>) -> Changing {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", source);
    if from != Status::Active {
        assert_eq!(change(&mut world, "c", ConsentStatus::Disabled), "accepted");
    }
    Changing {
        world,
        to,
        signer: None,
        edits: Vec::new(),
        spoil: |_, _| {},
    }
}

const PAUSED: Status = Status::Disabled {
    cause: Pause::Person,
};

const RESUMING: &[Row<Changing>] = &[
    (
        |d| set_active_consents(&mut d.world, ACTIVE_CONSENTS_MAX),
        "link-full",
    ),
    (|d| d.to = ConsentStatus::Disabled, "status-unchanged"),
    (
        |d| {
            d.edits.push(|record| {
                record.resource_set = without(&record.resource_set, "weight");
            });
        },
        "required-concept-missing",
    ),
    (
        |d| {
            d.edits.push(|record| {
                let person = record.resource_set.entry(name("person")).or_default();
                person.insert(name::<ConceptId>("name"));
            });
        },
        "resource-set-widened",
    ),
    (
        |d| d.edits.push(|record| record.prev = Digest::ZERO),
        "chain-broken",
    ),
    (
        |d| {
            d.to = ConsentStatus::Active;
            d.world = removed_link();
        },
        "link-removed",
    ),
    (|d| d.signer = Some("ann at lab"), "wrong-key"),
    (
        |d| {
            d.edits
                .push(|record| record.surrogate_id = pseudonym("ann at lab"));
        },
        "pseudonym-mismatch",
    ),
    (
        |d| {
            d.spoil = |world, change| {
                let record = world.status_record(source_of("c"), ConsentStatus::Withdrawn);
                change.counterpart = Some(world.sign("alias of ann at gym", record));
            }
        },
        "pair-inconsistent",
    ),
    (
        |d| d.spoil = |_, change| change.counterpart = None,
        "pair-incomplete",
    ),
    (
        |d| {
            let outcome = change(&mut d.world, "c", ConsentStatus::Withdrawn);
            assert_eq!(outcome, "accepted");
        },
        "consent-ended",
    ),
    (
        |d| d.edits.push(|record| record.cr_id = consent("nothing")),
        "consent-unknown",
    ),
];

pub(super) fn walked() -> Vec<Vec<&'static str>> {
    vec![codes(RESUMING)]
}

/// Ann paused her consent, and then removed the link.
fn removed_link() -> World {
    let mut world = changing(ConsentStatus::Active, PAUSED, Some("lab")).world;
    let removal = world.change_link("ann at gym", LinkStatus::Removed);
    world.accept(&removal);
    world
}

#[test]
fn refusals_come_in_order() {
    check(
        changing(ConsentStatus::Active, PAUSED, Some("lab")),
        RESUMING,
    );
}

#[test]
fn each_status_leads_where_it_may() {
    let check_change = |from: Status, to: ConsentStatus, expected: &str| {
        for source in [None, Some("lab")] {
            let mut draft = changing(to, from, source);
            assert_eq!(outcome(&mut draft), expected, "{from:?} to {to:?}");
        }
    };
    check_change(Status::Active, ConsentStatus::Active, "status-unchanged");
    check_change(Status::Active, ConsentStatus::Disabled, "accepted");
    check_change(Status::Active, ConsentStatus::Withdrawn, "accepted");
    check_change(PAUSED, ConsentStatus::Active, "accepted");
    check_change(PAUSED, ConsentStatus::Disabled, "status-unchanged");
    check_change(PAUSED, ConsentStatus::Withdrawn, "accepted");
}

#[test]
fn a_withdrawal_is_final() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", Some("lab"));
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Withdrawn),
        "accepted"
    );
    for id in [consent("c"), source_of("c")] {
        let withdrawn = world.consent(id);
        assert_eq!(withdrawn.status, Status::Withdrawn);
        let by = world.now + ACKNOWLEDGE_WITHIN;
        assert_eq!(withdrawn.closure, Closure::Owed { by });
        assert!(!withdrawn.is_in_force(world.now));
    }
    for to in [
        ConsentStatus::Active,
        ConsentStatus::Disabled,
        ConsentStatus::Withdrawn,
    ] {
        assert_eq!(change(&mut world, "c", to), "consent-ended");
    }
}

#[test]
fn a_change_goes_by_either_record_and_changes_both() {
    for first in [consent("c"), source_of("c")] {
        let mut world = World::of(&["gym", "lab"], &["ann"]);
        world.consented("c", "coaching", Some("lab"));
        let pause = world.change(first, ConsentStatus::Disabled);
        assert_eq!(
            submit(&mut world, ConsentCommand::Change(pause)),
            "accepted"
        );
        assert_eq!(world.consent(consent("c")).status, PAUSED);
        assert_eq!(world.consent(source_of("c")).status, PAUSED);
    }
}

#[test]
fn a_single_record_has_no_counterpart() {
    let mut draft = changing(ConsentStatus::Disabled, Status::Active, None);
    draft.spoil = |_, change| change.counterpart = Some(change.primary.clone());
    assert_eq!(outcome(&mut draft), "pair-incomplete");
}

#[test]
fn the_records_of_a_change_are_of_one_pair() {
    let check_spoiled = |spoil: fn(&mut World, &mut StatusChange)| {
        let mut draft = changing(ConsentStatus::Disabled, Status::Active, Some("lab"));
        draft.spoil = spoil;
        assert_eq!(outcome(&mut draft), "pair-inconsistent");
    };
    check_spoiled(|_, change| change.counterpart = Some(change.primary.clone()));
    check_spoiled(|world, change| {
        world.consented("other", "research", Some("lab"));
        let record = world.status_record(source_of("other"), ConsentStatus::Disabled);
        change.counterpart = Some(world.sign("alias of ann at gym", record));
    });
    check_spoiled(|world, change| {
        let mut record = world.status_record(source_of("c"), ConsentStatus::Disabled);
        record.resource_set = without(&record.resource_set, "age");
        change.counterpart = Some(world.sign("alias of ann at gym", record));
    });
}

#[test]
fn both_records_of_a_change_are_signed() {
    let mut draft = changing(ConsentStatus::Disabled, Status::Active, Some("lab"));
    draft.spoil = |world, change| {
        let record = world.status_record(source_of("c"), ConsentStatus::Disabled);
        change.counterpart = Some(world.sign("lab", record));
    };
    assert_eq!(outcome(&mut draft), "wrong-key");
}

/// What is left after narrowing by a concept, and how that went.
fn check_narrowing(from: Status, to: ConsentStatus, concept: &'static str, expected: &str) {
    let mut world = changing(to, from, Some("lab")).world;
    let edit = |record: &mut ConsentStatusRecord| {
        record.resource_set = without(&record.resource_set, concept);
    };
    let change = world.edited_change(consent("c"), to, None, edit);
    assert_eq!(submit(&mut world, ConsentCommand::Change(change)), expected);
    for id in [consent("c"), source_of("c")] {
        let narrowed = world.consent(id);
        let is_left = narrowed.concepts().contains(&name::<ConceptId>(concept));
        assert_eq!(is_left, expected != "accepted", "{concept}");
        if to == ConsentStatus::Disabled {
            assert_eq!(narrowed.status, PAUSED);
        }
    }
}

#[test]
fn narrowing_drops_what_is_optional_and_keeps_what_is_required() {
    check_narrowing(Status::Active, ConsentStatus::Active, "age", "accepted");
    check_narrowing(Status::Active, ConsentStatus::Active, "pulse", "accepted");
    check_narrowing(Status::Active, ConsentStatus::Disabled, "age", "accepted");
    check_narrowing(PAUSED, ConsentStatus::Disabled, "age", "accepted");
    check_narrowing(PAUSED, ConsentStatus::Active, "age", "accepted");
    let required = "required-concept-missing";
    check_narrowing(Status::Active, ConsentStatus::Active, "weight", required);
    check_narrowing(Status::Active, ConsentStatus::Withdrawn, "weight", required);
}

#[test]
fn what_was_dropped_does_not_come_back() {
    let mut world = changing(ConsentStatus::Active, Status::Active, None).world;
    let wide = world.consent(consent("c")).resource_set;
    let drop_age = |record: &mut ConsentStatusRecord| {
        record.resource_set = without(&record.resource_set, "age");
    };
    let narrow = world.edited_change(consent("c"), ConsentStatus::Active, None, drop_age);
    assert_eq!(
        submit(&mut world, ConsentCommand::Change(narrow)),
        "accepted"
    );
    let widen = move |record: &mut ConsentStatusRecord| record.resource_set = wide.clone();
    let widen = world.edited_change(consent("c"), ConsentStatus::Active, None, widen);
    let widened = submit(&mut world, ConsentCommand::Change(widen));
    assert_eq!(widened, "resource-set-widened");
    let empty = |record: &mut ConsentStatusRecord| {
        record.resource_set.insert(name("person"), [].into());
    };
    let with_empty = world.edited_change(consent("c"), ConsentStatus::Active, None, empty);
    let with_empty = submit(&mut world, ConsentCommand::Change(with_empty));
    assert_eq!(with_empty, "resource-set-widened");
}

#[test]
fn no_dataset_is_left_empty() {
    let mut draft = changing(ConsentStatus::Active, Status::Active, None);
    draft.edits.push(|record| {
        record.resource_set.insert(name("person"), [].into());
    });
    assert_eq!(outcome(&mut draft), "required-concept-missing");
}

#[test]
fn the_operator_only_stops() {
    let check_operator = |from: Status, to: ConsentStatus, expected: &str| {
        for source in [None, Some("lab")] {
            let mut draft = changing(to, from, source);
            draft.signer = Some("operator");
            assert_eq!(outcome(&mut draft), expected, "{from:?} to {to:?}");
        }
    };
    check_operator(Status::Active, ConsentStatus::Disabled, "accepted");
    check_operator(Status::Active, ConsentStatus::Withdrawn, "accepted");
    check_operator(Status::Active, ConsentStatus::Active, "wrong-key");
    check_operator(PAUSED, ConsentStatus::Withdrawn, "accepted");
    check_operator(PAUSED, ConsentStatus::Active, "wrong-key");

    let mut editing = changing(ConsentStatus::Disabled, Status::Active, None);
    editing.signer = Some("operator");
    editing.edits.push(|record| {
        record.resource_set = without(&record.resource_set, "age");
    });
    assert_eq!(outcome(&mut editing), "wrong-key");

    let mut former = changing(ConsentStatus::Disabled, Status::Active, None);
    former.signer = Some("operator");
    deactivate(&mut former.world, "operator");
    assert_eq!(outcome(&mut former), "wrong-key");
}

#[test]
fn the_log_says_who_stopped() {
    for (signer, expected) in [(None, Author::Person), (Some("operator"), Author::Operator)] {
        let mut draft = changing(ConsentStatus::Disabled, Status::Active, None);
        draft.signer = signer;
        let command = draft.command();
        let events = draft.world.accept(&command);
        assert!(matches!(
            events[..],
            [Event::Consent(ConsentEvent::StatusChanged { author, by_link: false, .. })]
                if author == expected
        ));
    }
}

#[test]
fn the_person_resumes_what_the_operator_paused() {
    let mut draft = changing(ConsentStatus::Disabled, Status::Active, None);
    draft.signer = Some("operator");
    let command = draft.command();
    draft.world.accept(&command);
    assert_eq!(
        change(&mut draft.world, "c", ConsentStatus::Active),
        "accepted"
    );
}

#[test]
fn a_pause_by_the_link_ends_with_the_link() {
    let mut world = changing(ConsentStatus::Active, Status::Active, Some("lab")).world;
    let removal = world.change_link("ann at gym", LinkStatus::Removed);
    world.accept(&removal);
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Active),
        "link-removed"
    );
    // Narrowing leaves the reason of the pause alone.
    let drop_age = |record: &mut ConsentStatusRecord| {
        record.resource_set = without(&record.resource_set, "age");
    };
    let narrow = world.edited_change(consent("c"), ConsentStatus::Disabled, None, drop_age);
    assert_eq!(
        submit(&mut world, ConsentCommand::Change(narrow)),
        "accepted"
    );
    assert_eq!(status(&world, "c"), Status::Disabled { cause: Pause::Link });
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Active),
        "link-removed"
    );
    let restoration = world.change_link("ann at gym", LinkStatus::Active);
    world.accept(&restoration);
    assert_eq!(status(&world, "c"), Status::Active);
}

#[test]
fn a_pause_by_the_person_ends_once_the_link_is_back() {
    let mut world = removed_link();
    assert_eq!(status(&world, "c"), PAUSED);
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Active),
        "link-removed"
    );
    let restoration = world.change_link("ann at gym", LinkStatus::Active);
    world.accept(&restoration);
    assert_eq!(status(&world, "c"), PAUSED);
    assert_eq!(change(&mut world, "c", ConsentStatus::Active), "accepted");
}

#[test]
fn nothing_changes_after_the_end() {
    let mut world = World::of(&["gym"], &["ann"]);
    let mut asked = question("c", "ann at gym", "gym", "coaching", None);
    asked.valid_until_max = Some(world.now + Span::from_minutes(1));
    let asked = world.sign("gym", asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("c", "c");
    let command = world.give(answer);
    world.accept(&command);
    world.wait(Span::from_millis(59_999));
    assert_eq!(change(&mut world, "c", ConsentStatus::Disabled), "accepted");
    world.wait(Span::from_millis(1));
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Active),
        "consent-ended"
    );
}
