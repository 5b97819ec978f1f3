//! Giving, giving again, and superseding.

use assent_crypto::digest::Digest;
use assent_crypto::signature::KeyId;
use assent_model::ids::PairId;
use assent_model::machine::WorkingSet;
use assent_model::names::ConceptId;
use assent_model::records::Custody;
use assent_model::records::consent::{
    CommonPart, ConsentRefusal, ConsentStatus, RolePart, Superseded,
};
use assent_model::records::identity::{KeyRole, KeyRotation};
use assent_model::records::link::LinkStatus;
use assent_model::time::Span;

use super::{change, deactivate, set_active_consents, status};
use crate::command::Command;
use crate::consent::command::ConsentCommand;
use crate::consent::event::ConsentEvent;
use crate::consent::state::{Closure, Request, RequestStatus, Status};
use crate::event::Event;
use crate::fixture::{
    ACKNOWLEDGE_WITHIN, Answer, World, bytes, consent, countersignature, description, link,
    link_record, name, party, pseudonym, public, question, request, source_of, without,
};
use crate::identity::command::IdentityCommand;
use crate::link::command::LinkCommand;
use crate::link::state::ACTIVE_CONSENTS_MAX;
use crate::precedence::{Draft, Row, check, codes, outcome};

struct Giving {
    world: World,
    answer: Answer,
}

impl Draft for Giving {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        self.world.give(self.answer.clone())
    }
}

impl Giving {
    fn source_keys(&mut self) -> (&mut KeyId, &mut KeyId) {
        let source = self.answer.source.as_mut().expect("a source's record");
        let RolePart::Source {
            pop_key,
            token_issuer_key,
            ..
        } = &mut source.role_specific_part
        else {
            panic!("not a source's record");
        };
        (pop_key, token_issuer_key)
    }

    fn source_part(&mut self) -> &mut CommonPart {
        let source = self.answer.source.as_mut().expect("a source's record");
        &mut source.common_part
    }

    /// Gives, and says how that went.
    fn submit(&mut self) -> &'static str {
        let command = self.command();
        match self.world.submit(&command) {
            Ok(_) => "accepted",
            Err(rejection) => rejection.code(),
        }
    }
}

/// Ann gives *gym* what it asks for.
fn giving(source: Option<&str>) -> Giving {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("c", "coaching", source);
    let answer = world.answer("c", "c");
    Giving { world, answer }
}

/// Ann answers a second question for the same purpose.
fn giving_again(source: Option<&str>) -> Giving {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", source);
    world.ask("again", "coaching", source);
    let answer = world.answer("again", "again");
    Giving { world, answer }
}

const GIVING: &[Row<Giving>] = &[
    (
        |d| set_active_consents(&mut d.world, ACTIVE_CONSENTS_MAX),
        "link-full",
    ),
    (
        |d| {
            d.answer.edit(|common| {
                common.supersedes = Some(Superseded {
                    cr_id: consent("nothing"),
                    prev: Digest::ZERO,
                });
            });
        },
        "supersedes-mismatch",
    ),
    (
        |d| {
            // To be able to give a first one, the link needs room again.
            set_active_consents(&mut d.world, 0);
            d.world.consented("other", "coaching", Some("lab"));
            let narrowed = |common: &mut CommonPart| {
                common.resource_set = without(&common.resource_set, "age");
            };
            d.answer.edit(narrowed);
            d.answer.edit(|common| common.supersedes = None);
        },
        "consent-exists",
    ),
    (
        |d| {
            d.world.ask("taken", "research", None);
            let taken = d.world.answer("taken", "c");
            let taken = d.world.give(taken);
            d.world.accept(&taken);
        },
        "consent-id-taken",
    ),
    (
        |d| d.answer.primary.status_record.consent_status = ConsentStatus::Disabled,
        "first-status-not-active",
    ),
    (
        |d| {
            let now = d.world.now;
            d.answer.edit(|common| common.valid_until = Some(now));
        },
        "validity-invalid",
    ),
    (
        |d| {
            d.answer.edit(|common| {
                common.resource_set = without(&common.resource_set, "weight");
            });
        },
        "required-concept-missing",
    ),
    (
        |d| {
            d.answer.edit(|common| {
                let person = common.resource_set.entry(name("person")).or_default();
                person.insert(name::<ConceptId>("name"));
            });
        },
        "concept-not-offered",
    ),
    (
        |d| *d.source_keys().1 = public("gym").thumbprint(),
        "token-key-mismatch",
    ),
    (
        |d| *d.source_keys().0 = public("lab").thumbprint(),
        "holder-key-mismatch",
    ),
    (
        |d| d.answer.primary.common_part.custody = Custody::Page,
        "custody-mismatch",
    ),
    (
        |d| {
            d.answer
                .edit(|common| common.usage_rules.conditions = Digest::ZERO);
        },
        "usage-rules-mismatch",
    ),
    (
        |d| {
            let removal = d.world.change_link("ann at gym", LinkStatus::Removed);
            d.world.accept(&removal);
        },
        "link-removed",
    ),
    (|d| d.world.describe("lab", 2), "description-superseded"),
    (|d| d.answer.signer = "ann at lab".into(), "wrong-key"),
    (
        |d| d.answer.primary.common_part.surrogate_id = pseudonym("ann at lab"),
        "pseudonym-mismatch",
    ),
    (|d| deactivate(&mut d.world, "lab"), "provider-inactive"),
    (|d| d.source_part().cr_pair_id = None, "pair-inconsistent"),
    (|d| d.answer.source = None, "pair-incomplete"),
    (
        |d| {
            let refusal = ConsentRefusal {
                request_id: request("c"),
                surrogate_id: pseudonym("ann at gym"),
            };
            let refusal = d.world.sign("ann at gym", refusal);
            d.world
                .accept(&Command::Consent(ConsentCommand::Refuse(refusal)));
        },
        "request-closed",
    ),
    (
        |d| {
            d.answer
                .edit(|common| common.request_id = request("nothing"));
        },
        "request-unknown",
    ),
];

pub(super) fn walked() -> Vec<Vec<&'static str>> {
    vec![codes(GIVING)]
}

#[test]
fn refusals_come_in_order() {
    check(giving(Some("lab")), GIVING);
}

fn check_giving(source: Option<&str>, edit: fn(&mut Giving), expected: &str) {
    let mut draft = giving(source);
    edit(&mut draft);
    assert_eq!(outcome(&mut draft), expected);
}

#[test]
fn within_a_service_there_is_one_record() {
    let mut draft = giving(None);
    let command = draft.command();
    let events = draft.world.accept(&command);
    assert!(matches!(
        &events[..],
        [Event::Consent(ConsentEvent::Given { provider, .. })] if *provider == party("gym")
    ));
    let given = draft.world.consent(consent("c"));
    assert_eq!(given.status, Status::Active);
    assert!(given.is_in_force(draft.world.now));
    assert_eq!(given.role.counterpart(), None);
    assert_eq!(draft.world.linked("ann at gym").active_consents, 1);
    let asked: Request = draft.world.ledger.stored(request("c"));
    let cr_id = consent("c");
    assert_eq!(asked.status, RequestStatus::Given { cr_id });
}

#[test]
fn between_services_there_are_two_records() {
    let mut draft = giving(Some("lab"));
    let command = draft.command();
    assert_eq!(draft.world.accept(&command).len(), 2);
    let (sink, source) = (consent("c"), source_of("c"));
    let (a, b) = (draft.world.consent(sink), draft.world.consent(source));
    assert_eq!(a.role.counterpart(), Some(source));
    assert_eq!(b.role.counterpart(), Some(sink));
    assert_eq!((a.status, &a.resource_set), (b.status, &b.resource_set));
    assert_eq!((a.provider, b.provider), (party("gym"), party("lab")));
    // The source knows an alias, and no link.
    assert_ne!(a.surrogate, b.surrogate);
    assert_eq!(a.role.link(), Some(link("ann at gym")));
    assert_eq!(b.role.link(), None);
    assert_eq!(b.role.holder(), Some(public("gym").thumbprint()));
    assert_eq!(draft.world.linked("ann at gym").active_consents, 1);
}

#[test]
fn a_pair_is_two_records_that_agree() {
    let pair = Some("lab");
    let check_source = |edit: fn(&mut CommonPart)| {
        let mut draft = giving(Some("lab"));
        edit(draft.source_part());
        assert_eq!(outcome(&mut draft), "pair-inconsistent");
    };
    check_source(|b| b.cr_id = consent("c"));
    check_source(|b| b.cr_pair_id = Some(PairId::from_bytes(bytes("other"))));
    check_source(|b| b.request_id = request("other"));
    check_source(|b| b.surrogate_id = pseudonym("other"));
    check_source(|b| b.service = description("gym", 1));
    check_source(|b| b.resource_set = without(&b.resource_set, "age"));
    check_source(|b| b.usage_rules.conditions = Digest::ZERO);
    check_source(|b| b.notice.version = 2);
    check_source(|b| b.valid_until = Some(b.valid_from + Span::from_days(1)));
    check_source(|b| b.valid_from = b.valid_from + Span::from_days(1));
    let supersedes: fn(&mut CommonPart) = |b| {
        let (cr_id, prev) = (consent("other"), Digest::ZERO);
        b.supersedes = Some(Superseded { cr_id, prev });
    };
    check_source(supersedes);
    let mut swapped = giving(pair);
    let source = swapped.answer.source.take().expect("a source's record");
    swapped.answer.source = Some(std::mem::replace(&mut swapped.answer.primary, source));
    assert_eq!(outcome(&mut swapped), "pair-incomplete");
    let two_sinks: fn(&mut Giving) = |d| d.answer.source = Some(d.answer.primary.clone());
    check_giving(pair, two_sinks, "pair-inconsistent");
    let within: fn(&mut Giving) = |d| {
        let slr_id = link("ann at gym");
        d.answer.primary.role_specific_part = RolePart::Within { slr_id };
    };
    check_giving(pair, within, "pair-incomplete");
    let no_pair_id: fn(&mut Giving) = |d| d.answer.edit(|common| common.cr_pair_id = None);
    check_giving(pair, no_pair_id, "pair-inconsistent");
}

#[test]
fn a_record_within_a_service_agrees_with_the_request() {
    let other_link: fn(&mut Giving) = |d| {
        let slr_id = link("ann at lab");
        d.answer.primary.role_specific_part = RolePart::Within { slr_id };
    };
    check_giving(None, other_link, "pair-inconsistent");
    let pair_id: fn(&mut Giving) = |d| {
        d.answer
            .edit(|common| common.cr_pair_id = Some(PairId::from_bytes(bytes("c"))));
    };
    check_giving(None, pair_id, "pair-inconsistent");
    let other_service: fn(&mut Giving) = |d| {
        d.answer
            .edit(|common| common.service = description("lab", 1));
    };
    check_giving(None, other_service, "description-superseded");
}

#[test]
fn an_alias_is_neither_borrowed_nor_the_pseudonym() {
    let borrowed: fn(&mut Giving) = |d| d.answer.alias = "ann at lab".into();
    check_giving(Some("lab"), borrowed, "pseudonym-mismatch");
    let pseudonym_again: fn(&mut Giving) = |d| {
        let own = d.answer.primary.common_part.surrogate_id;
        d.source_part().surrogate_id = own;
        d.answer.alias = "ann at gym".into();
        let role = &mut d.answer.primary.role_specific_part;
        if let RolePart::Sink {
            source_surrogate_id,
            ..
        } = role
        {
            *source_surrogate_id = own;
        }
    };
    check_giving(Some("lab"), pseudonym_again, "pair-inconsistent");
}

fn put(common: &mut CommonPart, dataset: &str, concepts: &[&str]) {
    let concepts = concepts.iter().map(|concept| name(concept)).collect();
    common.resource_set.insert(name(dataset), concepts);
}

#[test]
fn what_is_optional_can_be_left_out_and_what_is_required_cannot() {
    let check_choice = |edit: fn(&mut CommonPart), expected: &str| {
        for source in [None, Some("lab")] {
            let mut draft = giving(source);
            draft.answer.edit(edit);
            assert_eq!(outcome(&mut draft), expected);
        }
    };
    check_choice(|_| {}, "accepted");
    check_choice(
        |c| c.resource_set = without(&c.resource_set, "age"),
        "accepted",
    );
    check_choice(|c| put(c, "body", &["weight"]), "accepted");
    check_choice(|c| put(c, "body", &["pulse"]), "required-concept-missing");
    check_choice(|c| c.resource_set.clear(), "required-concept-missing");
    check_choice(
        |c| put(c, "body", &["weight", "mood"]),
        "concept-not-offered",
    );
    check_choice(|c| put(c, "person", &[]), "concept-not-offered");
    check_choice(|c| put(c, "person", &["weight"]), "concept-not-offered");
    check_choice(|c| put(c, "other", &["age"]), "concept-not-offered");
}

#[test]
fn validity_lies_within_what_was_offered() {
    let check_validity = |offered: Option<u64>, from: u64, until: Option<u64>, expected: &str| {
        let mut draft = giving(None);
        let start = draft.world.now;
        let at = |millis| start + Span::from_millis(millis);
        let mut asked = question("bounded", "ann at gym", "gym", "research", None);
        asked.valid_until_max = offered.map(at);
        let asked = draft.world.sign("gym", asked);
        draft
            .world
            .accept(&Command::Consent(ConsentCommand::Ask(asked)));
        draft.answer = draft.world.answer("bounded", "bounded");
        draft.answer.edit(|common| {
            common.valid_from = at(from);
            common.valid_until = until.map(at);
        });
        draft.world.wait(Span::from_millis(10));
        assert_eq!(outcome(&mut draft), expected);
    };
    check_validity(None, 0, None, "accepted");
    check_validity(None, 0, Some(11), "accepted");
    check_validity(None, 0, Some(10), "validity-invalid");
    check_validity(None, 50, Some(50), "validity-invalid");
    check_validity(None, 50, Some(51), "accepted");
    check_validity(Some(20), 0, Some(20), "accepted");
    check_validity(Some(20), 0, Some(21), "validity-invalid");
    check_validity(Some(20), 0, None, "validity-invalid");
}

#[test]
fn an_answer_in_time_is_one_before_the_last_moment() {
    let mut draft = giving(None);
    draft.world.wait(Span::from_millis(30 * 24 * 3_600_000 - 1));
    assert_eq!(outcome(&mut draft), "accepted");
    draft.world.wait(Span::from_millis(1));
    assert_eq!(outcome(&mut draft), "request-closed");
}

#[test]
fn a_consent_begins_and_ends_when_it_says() {
    let mut draft = giving(None);
    let start = draft.world.now;
    draft.answer.edit(|common| {
        common.valid_from = start + Span::from_days(1);
        common.valid_until = Some(start + Span::from_days(2));
    });
    assert_eq!(draft.submit(), "accepted");
    let given = draft.world.consent(consent("c"));
    let in_force =
        |days, millis| given.is_in_force(start + Span::from_days(days) + Span::from_millis(millis));
    assert!(!in_force(0, 24 * 3_600_000 - 1));
    assert!(in_force(1, 0));
    assert!(in_force(1, 24 * 3_600_000 - 1));
    assert!(!in_force(2, 0));
}

/// Everything that is stored, save for the second request.
fn stored_beside_the_request(world: &World) -> Vec<(String, Vec<u8>)> {
    let key = format!("request/{}", request("again"));
    let store = world.ledger.store.iter();
    store
        .map(|(key, value)| (key.as_str().to_owned(), value.clone()))
        .filter(|(stored, _)| *stored != key)
        .collect()
}

#[test]
fn giving_the_same_again_changes_nothing() {
    for source in [None, Some("lab")] {
        for paused in [false, true] {
            let mut draft = giving_again(source);
            if paused {
                let outcome = change(&mut draft.world, "c", ConsentStatus::Disabled);
                assert_eq!(outcome, "accepted");
            }
            let before = stored_beside_the_request(&draft.world);
            let command = draft.command();
            let events = draft.world.accept(&command);
            assert!(matches!(
                &events[..],
                [Event::Consent(ConsentEvent::Affirmed { cr_id, .. })] if *cr_id == consent("c")
            ));
            assert_eq!(stored_beside_the_request(&draft.world), before);
            let asked: Request = draft.world.ledger.stored(request("again"));
            let cr_id = consent("c");
            assert_eq!(asked.status, RequestStatus::Given { cr_id });
        }
    }
}

#[test]
fn giving_something_else_takes_naming_what_it_replaces() {
    let check_again = |edit: fn(&mut Giving), expected: &str| {
        let mut draft = giving_again(Some("lab"));
        edit(&mut draft);
        assert_eq!(outcome(&mut draft), expected);
    };
    check_again(|_| {}, "accepted");
    let narrower: fn(&mut Giving) = |d| {
        d.answer
            .edit(|c| c.resource_set = without(&c.resource_set, "age"));
    };
    check_again(narrower, "consent-exists");
    let shorter: fn(&mut Giving) = |d| {
        d.answer
            .edit(|c| c.valid_until = Some(c.valid_from + Span::from_days(1)));
    };
    check_again(shorter, "consent-exists");
    let superseding: fn(&mut Giving) = |d| d.world.supersede(&mut d.answer, consent("c"));
    check_again(superseding, "accepted");
    let moved_on: fn(&mut Giving) = |d| {
        d.world.supersede(&mut d.answer, consent("c"));
        let paused = change(&mut d.world, "c", ConsentStatus::Disabled);
        assert_eq!(paused, "accepted");
    };
    check_again(moved_on, "supersedes-mismatch");
    let only_one: fn(&mut Giving) = |d| {
        d.world.supersede(&mut d.answer, consent("c"));
        let (cr_id, prev) = (consent("c"), Digest::ZERO);
        d.source_part().supersedes = Some(Superseded { cr_id, prev });
    };
    check_again(only_one, "supersedes-mismatch");
    let ended: fn(&mut Giving) = |d| {
        d.world.supersede(&mut d.answer, consent("c"));
        let withdrawn = change(&mut d.world, "c", ConsentStatus::Withdrawn);
        assert_eq!(withdrawn, "accepted");
    };
    check_again(ended, "supersedes-mismatch");
}

#[test]
fn another_alias_supersedes_nothing() {
    let mut draft = giving_again(Some("lab"));
    draft.world.supersede(&mut draft.answer, consent("c"));
    draft.answer.alias = "another alias".into();
    let alias = pseudonym("another alias");
    draft.source_part().surrogate_id = alias;
    if let RolePart::Sink {
        source_surrogate_id,
        ..
    } = &mut draft.answer.primary.role_specific_part
    {
        *source_surrogate_id = alias;
    }
    assert_eq!(outcome(&mut draft), "supersedes-mismatch");
}

#[test]
fn widening_ends_the_old_records_and_begins_new_ones() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("c", "coaching", Some("lab"));
    let mut narrow = world.answer("c", "c");
    narrow.edit(|common| common.resource_set = without(&common.resource_set, "age"));
    let narrow = world.give(narrow);
    world.accept(&narrow);

    world.ask("wide", "coaching", Some("lab"));
    let mut wide = world.answer("wide", "wide");
    world.supersede(&mut wide, consent("c"));
    let command = world.give(wide);
    let events = world.accept(&command);
    assert_eq!(events.len(), 4);
    for (old, new) in [
        (consent("c"), consent("wide")),
        (source_of("c"), source_of("wide")),
    ] {
        let (old, by) = (world.consent(old), new);
        assert_eq!(old.status, Status::Superseded { by });
        let by = world.now + ACKNOWLEDGE_WITHIN;
        assert_eq!(old.closure, Closure::Owed { by });
        let new = world.consent(new);
        assert_eq!(new.status, Status::Active);
        // The record that ends the old chain is the one that begins the new.
        assert_eq!(old.head, new.head);
        assert!(new.concepts().contains(&name::<ConceptId>("age")));
    }
    assert_eq!(world.linked("ann at gym").active_consents, 1);
}

#[test]
fn superseding_makes_room_for_itself() {
    let mut draft = giving_again(None);
    draft.world.supersede(&mut draft.answer, consent("c"));
    set_active_consents(&mut draft.world, ACTIVE_CONSENTS_MAX);
    assert_eq!(outcome(&mut draft), "accepted");

    let mut paused = giving_again(None);
    let outcome_of_pause = change(&mut paused.world, "c", ConsentStatus::Disabled);
    assert_eq!(outcome_of_pause, "accepted");
    paused.world.supersede(&mut paused.answer, consent("c"));
    set_active_consents(&mut paused.world, ACTIVE_CONSENTS_MAX);
    assert_eq!(outcome(&mut paused), "link-full");
}

#[test]
fn after_an_end_a_new_consent_begins() {
    let mut draft = giving_again(None);
    let withdrawn = change(&mut draft.world, "c", ConsentStatus::Withdrawn);
    assert_eq!(withdrawn, "accepted");
    assert_eq!(draft.submit(), "accepted");
    assert_eq!(status(&draft.world, "c"), Status::Withdrawn);
    assert_eq!(status(&draft.world, "again"), Status::Active);
}

/// Ann links once more under the pseudonym that she has at *gym*, and is asked over that link.
fn asked_over_another_link(service: &str) -> Giving {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", None);
    let mut record = link_record("ann at gym", service);
    record.slr_id = link("second link");
    let record = world.sign("ann at gym", record);
    let countersignature = world.sign(service, countersignature(&record));
    world.accept(&Command::Link(LinkCommand::Create {
        record,
        countersignature,
    }));
    let mut asked = question("second", "ann at gym", service, "coaching", None);
    asked.slr_id = link("second link");
    let asked = world.sign(service, asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("second", "second");
    Giving { world, answer }
}

#[test]
fn one_purpose_at_two_services_is_two_consents() {
    let mut draft = asked_over_another_link("lab");
    assert_eq!(draft.submit(), "accepted");
    assert_eq!(status(&draft.world, "c"), Status::Active);
    assert_eq!(status(&draft.world, "second"), Status::Active);
}

#[test]
fn superseding_over_another_link_counts_on_both() {
    let mut draft = asked_over_another_link("gym");
    assert_eq!(outcome(&mut draft), "consent-exists");
    draft.world.supersede(&mut draft.answer, consent("c"));
    draft.world.ledger.state.evict(0);
    assert_eq!(draft.submit(), "accepted");
    assert_eq!(draft.world.linked("ann at gym").active_consents, 0);
    assert_eq!(draft.world.linked("second link").active_consents, 1);
}

#[test]
fn what_a_removed_link_holds_can_be_superseded_over_another() {
    let mut draft = asked_over_another_link("gym");
    let removal = draft.world.change_link("ann at gym", LinkStatus::Removed);
    draft.world.accept(&removal);
    draft.world.supersede(&mut draft.answer, consent("c"));
    assert_eq!(draft.submit(), "accepted");
    assert_eq!(draft.world.linked("ann at gym").paused_consents, 0);
    let restoration = draft.world.change_link("ann at gym", LinkStatus::Active);
    draft.world.accept(&restoration);
    assert_eq!(draft.world.linked("ann at gym").active_consents, 0);
}

#[test]
fn a_requester_with_a_new_key_needs_a_new_record() {
    let mut draft = giving_again(Some("lab"));
    let rotation = KeyRotation {
        party: party("gym"),
        signing: draft.world.possession("gym 2", "gym", KeyRole::Signing),
        sealing_key: None,
    };
    let rotation = draft.world.sign("gym", rotation);
    let rotation = Command::Identity(IdentityCommand::Rotate(rotation));
    draft.world.accept(&rotation);

    assert_eq!(outcome(&mut draft), "holder-key-mismatch");
    draft.answer = draft.world.answer("again", "again");
    assert_eq!(outcome(&mut draft), "consent-exists");
    draft.world.supersede(&mut draft.answer, consent("c"));
    assert_eq!(draft.submit(), "accepted");
    let holder = draft.world.consent(source_of("again")).role.holder();
    assert_eq!(holder, Some(public("gym 2").thumbprint()));
}

#[test]
fn a_new_description_of_the_source_is_not_the_same() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", Some("lab"));
    world.describe("lab", 2);
    let mut asked = question("again", "ann at gym", "gym", "coaching", None);
    asked.source = Some(description("lab", 2));
    let asked = world.sign("gym", asked);
    world.accept(&Command::Consent(ConsentCommand::Ask(asked)));
    let answer = world.answer("again", "again");
    let mut draft = Giving { world, answer };
    assert_eq!(outcome(&mut draft), "consent-exists");
}
