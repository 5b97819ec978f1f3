//! Acknowledgements, and what the sequencer records when time has passed.

use assent_crypto::digest::Digest;
use assent_model::records::consent::{Acknowledgement, ConsentStatus};
use assent_model::records::identity::{KeyRole, KeyRotation};
use assent_model::time::Span;

use super::{change, deactivate, status, submit};
use crate::command::Command;
use crate::consent::command::ConsentCommand;
use crate::consent::state::{Closure, Status};
use crate::fixture::{ACKNOWLEDGE_WITHIN, World, consent, party, question, service, source_of};
use crate::identity::command::IdentityCommand;
use crate::precedence::{Row, Signed, check, codes, outcome};

/// *gym* acknowledges that a consent ended.
fn acknowledging() -> Signed<Acknowledgement> {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", Some("lab"));
    world.consented("active", "research", None);
    assert_eq!(
        change(&mut world, "c", ConsentStatus::Withdrawn),
        "accepted"
    );
    Signed {
        signer: "gym",
        content: Acknowledgement {
            cr_id: consent("c"),
            status_digest: world.consent(consent("c")).head,
            service_id: service("gym"),
            provider: party("gym"),
        },
        wrap: |acknowledgement| Command::Consent(ConsentCommand::Acknowledge(acknowledgement)),
        world,
    }
}

const ACKNOWLEDGING: &[Row<Signed<Acknowledgement>>] = &[
    (
        |d| d.content.status_digest = Digest::ZERO,
        "acknowledgement-mismatch",
    ),
    (
        |d| d.content.cr_id = consent("active"),
        "acknowledgement-not-owed",
    ),
    (
        |d| {
            d.content.provider = party("lab");
            d.signer = "lab";
        },
        "not-the-provider",
    ),
    (|d| d.signer = "gym", "wrong-key"),
    (|d| deactivate(&mut d.world, "lab"), "provider-inactive"),
    (|d| d.content.cr_id = consent("nothing"), "consent-unknown"),
];

/// What the sequencer says is refused in the same order as all the rest.
const BY_THE_SEQUENCER: &[&str] = &["not-due"];

pub(super) fn walked() -> Vec<Vec<&'static str>> {
    vec![codes(ACKNOWLEDGING), BY_THE_SEQUENCER.to_vec()]
}

#[test]
fn refusals_come_in_order() {
    check(acknowledging(), ACKNOWLEDGING);
}

fn acknowledge(draft: &mut Signed<Acknowledgement>) -> &'static str {
    let acknowledgement = draft.world.sign(draft.signer, draft.content.clone());
    submit(
        &mut draft.world,
        ConsentCommand::Acknowledge(acknowledgement),
    )
}

fn closure(world: &World) -> Closure {
    world.consent(consent("c")).closure
}

#[test]
fn an_acknowledgement_is_given_once_by_each_service() {
    let mut draft = acknowledging();
    draft.world.wait(Span::from_minutes(1));
    assert_eq!(acknowledge(&mut draft), "accepted");
    let at = draft.world.now;
    assert_eq!(closure(&draft.world), Closure::Acknowledged { at });
    assert_eq!(acknowledge(&mut draft), "acknowledgement-not-owed");

    let source = source_of("c");
    assert!(matches!(
        draft.world.consent(source).closure,
        Closure::Owed { .. }
    ));
    // The requester cannot acknowledge for the source.
    draft.content.cr_id = source;
    draft.content.status_digest = draft.world.consent(source).head;
    assert_eq!(acknowledge(&mut draft), "not-the-provider");
    draft.content.service_id = service("lab");
    assert_eq!(acknowledge(&mut draft), "not-the-provider");
    draft.content.provider = party("lab");
    draft.signer = "lab";
    assert_eq!(acknowledge(&mut draft), "accepted");
}

#[test]
fn a_missing_acknowledgement_is_recorded_and_a_late_one_too() {
    let mut draft = acknowledging();
    let miss =
        |world: &mut World, id| submit(world, ConsentCommand::MissAcknowledgement(consent(id)));
    let moment = Span::from_millis(1);
    draft.world.wait(ACKNOWLEDGE_WITHIN);
    draft.world.now = draft.world.now - moment;
    assert_eq!(miss(&mut draft.world, "c"), "not-due");
    assert_eq!(miss(&mut draft.world, "active"), "acknowledgement-not-owed");
    assert_eq!(miss(&mut draft.world, "nothing"), "consent-unknown");
    draft.world.wait(moment);
    assert_eq!(miss(&mut draft.world, "c"), "accepted");
    assert_eq!(closure(&draft.world), Closure::Missed);
    assert_eq!(miss(&mut draft.world, "c"), "acknowledgement-not-owed");

    assert_eq!(acknowledge(&mut draft), "accepted");
    let at = draft.world.now;
    assert_eq!(closure(&draft.world), Closure::Acknowledged { at });
}

#[test]
fn a_superseded_consent_is_acknowledged_like_a_withdrawn_one() {
    let mut world = World::of(&["gym"], &["ann"]);
    world.consented("c", "coaching", None);
    world.ask("new", "coaching", None);
    let mut answer = world.answer("new", "new");
    world.supersede(&mut answer, consent("c"));
    let command = world.give(answer);
    world.accept(&command);
    let mut draft = acknowledging();
    draft.content.status_digest = world.consent(consent("c")).head;
    draft.world = world;
    assert_eq!(outcome(&mut draft), "accepted");
}

#[test]
fn a_provider_acknowledges_with_its_current_key() {
    let mut draft = acknowledging();
    let rotation = KeyRotation {
        party: party("gym"),
        signing: draft.world.possession("gym 2", "gym", KeyRole::Signing),
        sealing_key: None,
    };
    let rotation = draft.world.sign("gym", rotation);
    let rotation = Command::Identity(IdentityCommand::Rotate(rotation));
    draft.world.accept(&rotation);
    assert_eq!(outcome(&mut draft), "wrong-key");
    draft.signer = "gym 2";
    assert_eq!(outcome(&mut draft), "accepted");
}

/// A pair that ends a minute after it began.
fn short_pair() -> World {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    let mut asked = question("c", "ann at gym", "gym", "coaching", Some("lab"));
    asked.valid_until_max = Some(world.now + Span::from_minutes(1));
    let asked = world.sign("gym", asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("c", "c");
    let command = world.give(answer);
    world.accept(&command);
    world
}

#[test]
fn both_records_expire_by_either_name() {
    for first in [consent("c"), source_of("c")] {
        let mut world = short_pair();
        let expire = |world: &mut World, id| submit(world, ConsentCommand::ExpireConsent(id));
        assert_eq!(expire(&mut world, consent("nothing")), "consent-unknown");
        world.wait(Span::from_millis(59_999));
        assert_eq!(expire(&mut world, first), "not-due");
        world.wait(Span::from_millis(1));
        assert_eq!(expire(&mut world, first), "accepted");
        for id in [consent("c"), source_of("c")] {
            assert_eq!(world.consent(id).status, Status::Expired);
            assert_eq!(world.consent(id).closure, Closure::NotOwed);
            assert_eq!(expire(&mut world, id), "consent-ended");
        }
        assert_eq!(world.linked("ann at gym").active_consents, 0);
    }
}

#[test]
fn what_is_paused_expires_and_what_has_no_end_does_not() {
    let mut world = short_pair();
    world.consented("endless", "research", None);
    assert_eq!(change(&mut world, "c", ConsentStatus::Disabled), "accepted");
    world.wait(Span::from_days(10_000));
    let expire = |world: &mut World, id| submit(world, ConsentCommand::ExpireConsent(consent(id)));
    assert_eq!(expire(&mut world, "endless"), "not-due");
    assert_eq!(expire(&mut world, "c"), "accepted");
    assert_eq!(status(&world, "c"), Status::Expired);
}
