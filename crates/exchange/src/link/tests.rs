use assent_crypto::digest::Digest;
use assent_model::records::consent::ConsentStatus;
use assent_model::records::identity::Deactivation;
use assent_model::records::link::{LinkCountersignature, LinkRecord, LinkStatus, LinkStatusRecord};
use assent_model::time::Span;

use super::command::LinkCommand;
use super::rejection::LinkRejection;
use crate::command::Command;
use crate::consent::command::{ConsentCommand, StatusChange};
use crate::consent::state::{Pause, Status};
use crate::fixture::{
    World, consent, countersignature, description, link, link_record, party, pseudonym, public,
    question, source_of,
};
use crate::identity::command::IdentityCommand;
use crate::precedence::{Draft, Row, check, check_covered, codes, outcome};

struct Creation {
    world: World,
    record: LinkRecord,
    signer: &'static str,
    edit_countersignature: fn(&mut LinkCountersignature),
    countersigner: &'static str,
}

impl Draft for Creation {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        let record = self.world.sign(self.signer, self.record.clone());
        let mut countersignature = countersignature(&record);
        (self.edit_countersignature)(&mut countersignature);
        let countersignature = self.world.sign(self.countersigner, countersignature);
        Command::Link(LinkCommand::Create {
            record,
            countersignature,
        })
    }
}

fn creation() -> Creation {
    Creation {
        world: World::of(&["gym", "lab"], &[]),
        record: link_record("ann at gym", "gym"),
        signer: "ann at gym",
        edit_countersignature: |_| {},
        countersigner: "gym",
    }
}

const CREATION: &[Row<Creation>] = &[
    (|d| d.world.link("ann", "gym"), "link-id-taken"),
    (
        |d| d.record.pop_key = public("lab").thumbprint(),
        "holder-key-mismatch",
    ),
    (
        |d| d.edit_countersignature = |said| said.slr_digest = Digest::ZERO,
        "countersignature-mismatch",
    ),
    (|d| d.signer = "bob at gym", "pseudonym-mismatch"),
    (|d| d.countersigner = "lab", "wrong-key"),
    (|d| deactivate(&mut d.world, "gym"), "provider-inactive"),
    (
        |d| d.record.service = description("gym", 2),
        "description-superseded",
    ),
    (|d| d.record.provider = party("lab"), "not-the-provider"),
    (
        |d| d.record.service = description("nothing", 1),
        "service-unknown",
    ),
];

struct Change {
    world: World,
    record: LinkStatusRecord,
    signer: &'static str,
    consents: Vec<StatusChange>,
}

impl Draft for Change {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        Command::Link(LinkCommand::Change {
            record: self.world.sign(self.signer, self.record.clone()),
            consents: self.consents.clone(),
        })
    }
}

/// Ann, who gave a consent to *gym* and one for the data of *lab*, removes her link with *gym*.
fn removal() -> Change {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("own", "coaching", None);
    world.consented("pair", "coaching", Some("lab"));
    Change {
        record: world.link_status("ann at gym", LinkStatus::Removed),
        signer: "ann at gym",
        consents: world.followers("ann at gym", LinkStatus::Removed),
        world,
    }
}

/// Ann restores the link.
fn restoration() -> Change {
    let mut world = removal().world;
    remove(&mut world, "ann at gym");
    Change {
        record: world.link_status("ann at gym", LinkStatus::Active),
        signer: "ann at gym",
        consents: world.followers("ann at gym", LinkStatus::Active),
        world,
    }
}

const CHANGE: &[Row<Change>] = &[
    (|d| drop(d.consents.pop()), "consents-incomplete"),
    (
        |d| d.record.sl_status = LinkStatus::Active,
        "status-unchanged",
    ),
    (|d| d.record.prev = Digest::ZERO, "chain-broken"),
    (
        |d| d.record.surrogate_id = pseudonym("bob at gym"),
        "pseudonym-mismatch",
    ),
    (|d| d.signer = "ann at lab", "wrong-key"),
    (|d| d.record.slr_id = link("nothing"), "link-unknown"),
];

fn deactivate(world: &mut World, of: &str) {
    let deactivation = world.sign(of, Deactivation { party: party(of) });
    let command = IdentityCommand::Deactivate(deactivation);
    world.accept(&Command::Identity(command));
}

fn remove(world: &mut World, link: &str) {
    let command = world.change_link(link, LinkStatus::Removed);
    world.accept(&command);
}

fn restore(world: &mut World, link: &str) {
    let command = world.change_link(link, LinkStatus::Active);
    world.accept(&command);
}

fn change(world: &mut World, id: &str, to: ConsentStatus) {
    let change = world.change(consent(id), to);
    world.accept(&Command::Consent(ConsentCommand::Change(change)));
}

fn status(world: &World, id: &str) -> Status {
    world.consent(consent(id)).status
}

fn counts(world: &World, link: &str) -> (i64, i64) {
    let link = world.linked(link);
    (link.active_consents, link.paused_consents)
}

const BY_LINK: Status = Status::Disabled { cause: Pause::Link };
const BY_PERSON: Status = Status::Disabled {
    cause: Pause::Person,
};

#[test]
fn refusals_come_in_order() {
    check(creation(), CREATION);
    check(removal(), CHANGE);
}

#[test]
fn every_refusal_is_walked() {
    let walked = [codes(CREATION), codes(CHANGE)];
    check_covered(
        &walked,
        LinkRejection::ALL.iter().map(|rejection| rejection.code()),
    );
}

#[test]
fn removal_pauses_and_restoration_resumes_the_same() {
    let mut world = removal().world;
    world.consented("paused before", "research", None);
    change(&mut world, "paused before", ConsentStatus::Disabled);
    assert_eq!(counts(&world, "ann at gym"), (2, 0));

    remove(&mut world, "ann at gym");
    assert!(world.linked("ann at gym").is_removed());
    assert_eq!(status(&world, "own"), BY_LINK);
    assert_eq!(status(&world, "pair"), BY_LINK);
    assert_eq!(world.consent(source_of("pair")).status, BY_LINK);
    assert_eq!(status(&world, "paused before"), BY_PERSON);
    assert_eq!(counts(&world, "ann at gym"), (0, 2));

    restore(&mut world, "ann at gym");
    assert!(!world.linked("ann at gym").is_removed());
    assert_eq!(status(&world, "own"), Status::Active);
    assert_eq!(status(&world, "pair"), Status::Active);
    assert_eq!(world.consent(source_of("pair")).status, Status::Active);
    assert_eq!(status(&world, "paused before"), BY_PERSON);
    assert_eq!(counts(&world, "ann at gym"), (2, 0));
}

#[test]
fn a_link_is_removed_and_restored_in_turns() {
    let mut world = World::of(&["gym"], &["ann"]);
    for _ in 0..2 {
        remove(&mut world, "ann at gym");
        restore(&mut world, "ann at gym");
    }
    assert_eq!(world.ledger.log.len(), 4 + 4);
}

#[test]
fn what_ended_meanwhile_stays_ended() {
    let mut world = removal().world;
    remove(&mut world, "ann at gym");
    change(&mut world, "own", ConsentStatus::Withdrawn);
    assert_eq!(counts(&world, "ann at gym"), (0, 1));
    restore(&mut world, "ann at gym");
    assert_eq!(status(&world, "own"), Status::Withdrawn);
    assert_eq!(status(&world, "pair"), Status::Active);
    assert_eq!(counts(&world, "ann at gym"), (1, 0));
}

#[test]
fn a_consent_past_its_end_does_not_hold_up_a_link() {
    let mut world = World::of(&["gym"], &["ann"]);
    let mut asked = question("short", "ann at gym", "gym", "coaching", None);
    asked.valid_until_max = Some(world.now + Span::from_minutes(1));
    let asked = world.sign("gym", asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("short", "short");
    let command = world.give(answer);
    world.accept(&command);

    world.wait(Span::from_minutes(1));
    remove(&mut world, "ann at gym");
    restore(&mut world, "ann at gym");
    assert!(!world.consent(consent("short")).is_in_force(world.now));
    world.accept(&Command::Consent(ConsentCommand::ExpireConsent(consent(
        "short",
    ))));
    assert_eq!(counts(&world, "ann at gym"), (0, 0));
}

fn check_followers(mut draft: Change, edit: fn(&mut Change), expected: &str) {
    edit(&mut draft);
    assert_eq!(outcome(&mut draft), expected);
}

#[test]
fn exactly_the_consents_of_the_link_follow_it() {
    check_followers(removal(), |_| {}, "accepted");
    check_followers(removal(), |d| d.consents.reverse(), "accepted");
    let none: fn(&mut Change) = |d| d.consents.clear();
    check_followers(removal(), none, "consents-incomplete");
    check_followers(restoration(), none, "consents-incomplete");
    let twice: fn(&mut Change) = |d| d.consents[1] = d.consents[0].clone();
    check_followers(removal(), twice, "consents-incomplete");
    let too_many: fn(&mut Change) = |d| d.consents.push(d.consents[0].clone());
    check_followers(removal(), too_many, "consents-incomplete");
    let half: fn(&mut Change) = |d| d.consents[1].counterpart = None;
    check_followers(removal(), half, "pair-incomplete");
    let withdrawn: fn(&mut Change) =
        |d| d.consents[0] = d.world.change(consent("own"), ConsentStatus::Withdrawn);
    check_followers(removal(), withdrawn, "consents-incomplete");
    let unknown: fn(&mut Change) = |d| {
        let edit = |record: &mut assent_model::records::consent::ConsentStatusRecord| {
            record.cr_id = consent("nothing");
        };
        let to = ConsentStatus::Disabled;
        d.consents[0] = d.world.edited_change(consent("own"), to, None, edit);
    };
    check_followers(removal(), unknown, "consents-incomplete");
    let unsigned: fn(&mut Change) = |d| {
        let signer = Some("bob at gym");
        let to = ConsentStatus::Disabled;
        d.consents[0] = d.world.edited_change(consent("own"), to, signer, |_| {});
    };
    check_followers(removal(), unsigned, "wrong-key");
}

#[test]
fn a_consent_of_another_link_does_not_follow() {
    // Ann removes two links with a consent each, and tries to resume the one with the other.
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("own", "coaching", None);
    let asked = question("lab's", "ann at lab", "lab", "coaching", None);
    let asked = world.sign("lab", asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("lab's", "lab's");
    let command = world.give(answer);
    world.accept(&command);
    remove(&mut world, "ann at gym");
    remove(&mut world, "ann at lab");

    let record = world.link_status("ann at lab", LinkStatus::Active);
    let foreign = vec![world.change(consent("own"), ConsentStatus::Active)];
    let mut draft = Change {
        world,
        record,
        signer: "ann at lab",
        consents: foreign,
    };
    assert_eq!(outcome(&mut draft), "consents-incomplete");
    draft.consents = draft.world.followers("ann at lab", LinkStatus::Active);
    assert_eq!(outcome(&mut draft), "accepted");
}

#[test]
fn what_the_person_paused_is_not_resumed_with_the_link() {
    let mut world = removal().world;
    world.consented("paused before", "research", None);
    change(&mut world, "paused before", ConsentStatus::Disabled);
    remove(&mut world, "ann at gym");
    let record = world.link_status("ann at gym", LinkStatus::Active);
    let mut consents = world.followers("ann at gym", LinkStatus::Active);
    consents[0] = world.change(consent("paused before"), ConsentStatus::Active);
    let mut draft = Change {
        world,
        record,
        signer: "ann at gym",
        consents,
    };
    assert_eq!(outcome(&mut draft), "consents-incomplete");
}
