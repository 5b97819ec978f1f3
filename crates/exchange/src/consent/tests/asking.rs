//! Asking and refusing.

use assent_crypto::digest::Digest;
use assent_model::ids::RequestId;
use assent_model::records::consent::{ConsentRefusal, ConsentRequest};
use assent_model::records::link::LinkStatus;
use assent_model::time::Span;

use super::{deactivate, submit};
use crate::command::Command;
use crate::consent::command::ConsentCommand;
use crate::consent::event::ConsentEvent;
use crate::consent::state::{Request, RequestStatus};
use crate::event::Event;
use crate::fixture::{START, World, description, link, name, party, pseudonym, question, request};
use crate::precedence::{Row, Signed, check, codes, outcome};

/// *gym* asks Ann for the data of *lab*.
fn asking() -> Signed<ConsentRequest> {
    Signed {
        world: World::of(&["gym", "lab"], &["ann"]),
        signer: "gym",
        content: question("q", "ann at gym", "gym", "coaching", Some("lab")),
        wrap: |request| Command::Consent(ConsentCommand::Ask(request)),
    }
}

const ASKING: &[Row<Signed<ConsentRequest>>] = &[
    (
        |d| d.content.valid_until_max = Some(d.world.now),
        "validity-invalid",
    ),
    (
        |d| d.content.purpose_id = name("pacing"),
        "resolution-missing",
    ),
    (
        |d| d.content.purpose_id = name("rest"),
        "required-concept-missing",
    ),
    (|d| d.content.answer_by = d.world.now, "answer-time-passed"),
    (
        |d| d.content.purpose_id = name("billing"),
        "purpose-not-by-consent",
    ),
    (
        |d| d.content.purpose_id = name("nothing"),
        "purpose-unknown",
    ),
    (
        |d| {
            let removal = d.world.change_link("ann at gym", LinkStatus::Removed);
            d.world.accept(&removal);
        },
        "link-removed",
    ),
    (
        |d| d.content.surrogate_id = pseudonym("ann at lab"),
        "link-mismatch",
    ),
    (|d| d.content.slr_id = link("nothing"), "link-unknown"),
    (
        |d| d.content.source = Some(d.content.service.clone()),
        "source-is-requester",
    ),
    (|d| d.world.describe("gym", 2), "description-superseded"),
    (
        |d| {
            d.content.provider = party("lab");
            d.signer = "lab";
        },
        "not-the-provider",
    ),
    (
        |d| d.content.service = description("nothing", 1),
        "service-unknown",
    ),
    (
        |d| {
            let mut other = question("q", "ann at lab", "lab", "coaching", None);
            other.valid_until_max = Some(d.world.now + Span::from_days(1));
            let other = d.world.sign("lab", other);
            d.world
                .accept(&Command::Consent(ConsentCommand::Ask(other)));
        },
        "request-id-taken",
    ),
    (|d| d.signer = "gym", "wrong-key"),
    (|d| deactivate(&mut d.world, "lab"), "provider-inactive"),
];

/// Ann says no.
fn refusing() -> Signed<ConsentRefusal> {
    let mut world = World::of(&["gym"], &["ann"]);
    world.ask("q", "coaching", None);
    Signed {
        world,
        signer: "ann at gym",
        content: ConsentRefusal {
            request_id: request("q"),
            surrogate_id: pseudonym("ann at gym"),
        },
        wrap: |refusal| Command::Consent(ConsentCommand::Refuse(refusal)),
    }
}

const REFUSING: &[Row<Signed<ConsentRefusal>>] = &[
    (|d| d.signer = "gym", "wrong-key"),
    (
        |d| d.content.surrogate_id = pseudonym("gym"),
        "pseudonym-mismatch",
    ),
    (|d| d.world.wait(Span::from_days(30)), "request-closed"),
    (
        |d| d.content.request_id = request("nothing"),
        "request-unknown",
    ),
];

pub(super) fn walked() -> Vec<Vec<&'static str>> {
    vec![codes(ASKING), codes(REFUSING)]
}

#[test]
fn refusals_come_in_order() {
    check(asking(), ASKING);
    check(refusing(), REFUSING);
}

/// Which concepts are offered, as `dataset: required | optional`.
fn check_offer(purpose: &str, source: Option<&str>, expected: &[&str]) {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("q", purpose, source);
    let asked: Request = world.ledger.stored(request("q"));
    let spelled = |concepts: &std::collections::BTreeSet<assent_model::names::ConceptId>| {
        let names: Vec<_> = concepts
            .iter()
            .map(assent_model::names::ConceptId::as_str)
            .collect();
        names.join(" ")
    };
    let offered = asked.offer.iter().map(|(dataset, offered)| {
        let (required, optional) = (spelled(&offered.required), spelled(&offered.optional));
        format!("{dataset}: {required} | {optional}")
    });
    assert_eq!(offered.collect::<Vec<_>>(), expected);
}

#[test]
fn the_offer_is_what_is_needed_and_held() {
    // `mood` is optional and nobody holds it.
    let coaching = ["body: weight | pulse", "person:  | age"];
    check_offer("coaching", None, &coaching);
    check_offer("coaching", Some("lab"), &coaching);
    check_offer("research", Some("lab"), &["person: age | name"]);
}

#[test]
fn the_source_is_asked_for_by_its_current_description() {
    let check_source = |edit: fn(&mut Signed<ConsentRequest>), expected: &str| {
        let mut draft = asking();
        edit(&mut draft);
        assert_eq!(outcome(&mut draft), expected);
    };
    check_source(|_| {}, "accepted");
    check_source(|d| d.world.describe("lab", 2), "description-superseded");
    let other_digest: fn(&mut Signed<ConsentRequest>) = |d| {
        let source = d.content.source.as_mut().expect("a source");
        source.digest = Digest::ZERO;
    };
    check_source(other_digest, "description-superseded");
    let unknown: fn(&mut Signed<ConsentRequest>) =
        |d| d.content.source = Some(description("nothing", 1));
    check_source(unknown, "description-superseded");
    let new_version: fn(&mut Signed<ConsentRequest>) = |d| {
        d.world.describe("lab", 2);
        d.content.source = Some(description("lab", 2));
    };
    check_source(new_version, "accepted");
}

#[test]
fn times_of_a_question_lie_ahead() {
    let mut draft = asking();
    let moment = Span::from_millis(1);
    draft.content.answer_by = START + moment;
    draft.content.valid_until_max = Some(START + moment);
    assert_eq!(outcome(&mut draft), "accepted");
    draft.content.answer_by = START;
    assert_eq!(outcome(&mut draft), "answer-time-passed");
    draft.content.answer_by = START + moment;
    draft.content.valid_until_max = Some(START);
    assert_eq!(outcome(&mut draft), "validity-invalid");
}

fn expire(world: &mut World, id: RequestId) -> &'static str {
    submit(world, ConsentCommand::ExpireRequest(id))
}

#[test]
fn a_question_is_answered_before_its_time_and_expires_then() {
    let moment = Span::from_millis(1);
    let mut draft = refusing();
    draft.world.wait(Span::from_millis(30 * 24 * 3_600_000 - 1));
    assert_eq!(outcome(&mut draft), "accepted");
    assert_eq!(expire(&mut draft.world, request("q")), "not-due");
    draft.world.wait(moment);
    assert_eq!(outcome(&mut draft), "request-closed");
    assert_eq!(
        expire(&mut draft.world, request("nothing")),
        "request-unknown"
    );
    assert_eq!(expire(&mut draft.world, request("q")), "accepted");
    assert_eq!(expire(&mut draft.world, request("q")), "request-closed");
    let asked: Request = draft.world.ledger.stored(request("q"));
    assert_eq!(asked.status, RequestStatus::Expired);
}

#[test]
fn a_refusal_is_the_answer() {
    let mut draft = refusing();
    let refusal = draft.world.sign("ann at gym", draft.content.clone());
    let command = Command::Consent(ConsentCommand::Refuse(refusal.clone()));
    let events = draft.world.accept(&command);
    let refusal = refusal.record();
    assert_eq!(events, [Event::Consent(ConsentEvent::Refused { refusal })]);
    let asked: Request = draft.world.ledger.stored(request("q"));
    assert_eq!(asked.status, RequestStatus::Refused);
    assert_eq!(outcome(&mut draft), "request-closed");
}

#[test]
fn a_refusal_needs_no_link_in_force() {
    let mut draft = refusing();
    let removal = draft.world.change_link("ann at gym", LinkStatus::Removed);
    draft.world.accept(&removal);
    assert_eq!(outcome(&mut draft), "accepted");
}
