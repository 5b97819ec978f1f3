//! Weaknesses of published consent systems, each with a test that ours does not have it.

use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::jws::JwsError;
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::consent::state::{Pause, Status};
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::link::command::LinkCommand;
use assent_model::names::ConceptId;
use assent_model::records::consent::{
    Acknowledgement, CommonPart, ConsentRecord, ConsentRefusal, ConsentStatus, ConsentStatusRecord,
};
use assent_model::records::identity::{KeyPossession, KeyRole, PartyKind};
use assent_model::records::link::{LinkRecord, LinkStatus, LinkStatusRecord};
use assent_model::statement::{self, Content, StatementError, Verified};
use assent_model::time::Span;
use serde_json::Value;

use crate::fixture::{
    Answer, World, consent, countersignature, genesis, link_record, name, party, pseudonym,
    service, source_of, without,
};

fn decide(world: &mut World, command: &Command) -> &'static str {
    match world.decide(command) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

fn change(world: &mut World, to: ConsentStatus) -> &'static str {
    let change = world.change(consent("c"), to);
    let command = Command::Consent(ConsentCommand::Change(change));
    match world.submit(&command) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

/// Ann consented that *gym* uses its own data, or that of *lab*.
fn consented(source: Option<&str>) -> World {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.consented("c", "coaching", source);
    world
}

/// CaPe's check of the chain skips every second link.
#[test]
fn every_link_of_a_status_chain_is_checked() {
    let mut world = consented(None);
    let mut heads = vec![Digest::ZERO];
    for to in [
        ConsentStatus::Disabled,
        ConsentStatus::Active,
        ConsentStatus::Disabled,
        ConsentStatus::Active,
    ] {
        heads.push(world.consent(consent("c")).head);
        assert_eq!(change(&mut world, to), "accepted");
    }
    for head in heads {
        let edit = |record: &mut ConsentStatusRecord| record.prev = head;
        let to = ConsentStatus::Disabled;
        let forked = world.edited_change(consent("c"), to, None, edit);
        let forked = Command::Consent(ConsentCommand::Change(forked));
        assert_eq!(decide(&mut world, &forked), "chain-broken");
    }
    assert_eq!(change(&mut world, ConsentStatus::Disabled), "accepted");
}

/// CaPe verifies link records and their status with the key that they bring along.
#[test]
fn a_link_is_not_verified_with_a_key_that_it_brings_along() {
    let mut world = consented(None);
    let removal = world.link_status("ann at gym", LinkStatus::Removed);
    let removal = world.sign("mallory", removal);
    // In itself it is a well-signed statement.
    assert!(statement::verify::<LinkStatusRecord>(removal.compact()).is_ok());
    let consents = world.followers("ann at gym", LinkStatus::Removed);
    let command = Command::Link(LinkCommand::Change {
        record: removal,
        consents,
    });
    assert_eq!(decide(&mut world, &command), "wrong-key");

    let mut content = link_record("ann at gym", "gym");
    content.slr_id = crate::fixture::link("mallory's own");
    let record = world.sign("mallory", content);
    assert!(statement::verify::<LinkRecord>(record.compact()).is_ok());
    let countersignature = world.sign("gym", countersignature(&record));
    let command = Command::Link(LinkCommand::Create {
        record,
        countersignature,
    });
    assert_eq!(decide(&mut world, &command), "pseudonym-mismatch");
}

/// All JSON values that differ from this one in one place.
fn variations(value: &Value) -> Vec<Value> {
    let at = |put: &dyn Fn(&mut Value, Value), inner: &Value| {
        let varied = variations(inner).into_iter().map(|inner| {
            let mut outer = value.clone();
            put(&mut outer, inner);
            outer
        });
        varied.collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let each =
                members.map(|(member, inner)| at(&|outer, inner| outer[member] = inner, inner));
            each.flatten().collect()
        }
        Value::Array(elements) => {
            let elements = elements.iter().enumerate();
            let each =
                elements.map(|(place, inner)| at(&|outer, inner| outer[place] = inner, inner));
            each.flatten().collect()
        }
        Value::Number(number) => {
            let number = number.as_u64().expect("a count");
            vec![Value::from(number + 1)]
        }
        Value::String(text) => {
            // An id, a digest or a name of the same form.
            let middle = text.len() / 2;
            let other = if text[middle..].starts_with('b') {
                "c"
            } else {
                "b"
            };
            let mut varied = text.clone();
            varied.replace_range(middle..=middle, other);
            vec![Value::String(varied)]
        }
        Value::Bool(_) | Value::Null => vec![],
    }
}

/// With any field changed a statement no longer verifies, and for so many of them at least nothing
/// but the signature tells.
fn check_all_signed<T: Content>(statement: &Verified<T>, by_signature_min: usize) {
    let parts: Vec<&str> = statement.compact().split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts");
    };
    let payload = base64url::decode(payload).expect("base64url");
    let said: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(said.to_string().as_bytes(), payload, "canonical either way");
    let mut by_signature = 0;
    for varied in variations(&said) {
        let payload = base64url::encode(varied.to_string().as_bytes());
        let forged = format!("{header}.{payload}.{signature}");
        let error = statement::verify::<T>(&forged).expect_err("a forgery");
        let is_signature = matches!(error, StatementError::Jws(JwsError::BadSignature));
        by_signature += usize::from(is_signature);
    }
    assert!(by_signature >= by_signature_min, "{by_signature}");
}

/// In CaPe the proof-of-possession key, the token issuer's key and the id of the record are not
/// under the signature.
#[test]
fn every_field_that_decides_is_under_the_signature() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("c", "coaching", Some("lab"));
    let answer = world.answer("c", "c");
    let deciding = |record: &ConsentRecord| {
        let json = serde_json::to_value(record).expect("JSON");
        let role = &json["role_specific_part"];
        assert!(json["common_part"]["cr_id"].is_string());
        (
            role["pop_key"].is_string(),
            role["token_issuer_key"].is_string(),
        )
    };
    let Answer {
        primary,
        source,
        signer,
        alias,
    } = answer;
    let source = source.expect("a source's record");
    assert_eq!(deciding(&source), (true, true));
    check_all_signed(&world.sign(&alias, source), 27);
    check_all_signed(&world.sign(&signer, primary), 27);
    let record = world.sign("ann at gym", link_record("ann at gym", "gym"));
    check_all_signed(&record, 10);
    check_all_signed(&world.sign("operator", genesis()), 8);
}

/// The keys in the record of a source are also the right ones.
#[test]
fn the_holder_of_a_token_cannot_be_swapped() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("c", "coaching", Some("lab"));
    let check_swapped = |world: &mut World, member: &str, expected: &str| {
        let mut answer = world.answer("c", "c");
        let mallory = crate::fixture::public("mallory").thumbprint();
        let source = answer.source.take().expect("a source's record");
        let mut json = serde_json::to_value(source).expect("JSON");
        json["role_specific_part"][member] = mallory.to_string().into();
        answer.source = serde_json::from_value(json).expect("a record");
        let command = world.give(answer);
        assert_eq!(decide(world, &command), expected);
    };
    check_swapped(&mut world, "pop_key", "holder-key-mismatch");
    check_swapped(&mut world, "token_issuer_key", "token-key-mismatch");
}

/// In CaPe, who consents again to what is active disables it.
#[test]
fn consenting_again_does_not_revoke() {
    let mut world = consented(Some("lab"));
    world.consented("again", "coaching", Some("lab"));
    for id in [consent("c"), source_of("c")] {
        assert_eq!(world.consent(id).status, Status::Active);
    }
    assert_eq!(world.given(), [consent("c"), source_of("c")]);
}

/// CaPe trusts the resource set and the usage rules that the client sends, and does not compare
/// who is asked with who answers.
#[test]
fn what_the_client_sends_is_compared_with_what_was_asked() {
    let mut world = World::of(&["gym", "lab"], &["ann", "bob"]);
    world.ask("c", "coaching", Some("lab"));
    let check_answer = |world: &mut World, edit: &dyn Fn(&mut Answer), expected: &str| {
        let mut answer = world.answer("c", "c");
        edit(&mut answer);
        let command = world.give(answer);
        assert_eq!(decide(world, &command), expected);
    };
    let more = |common: &mut CommonPart| {
        let person = common.resource_set.entry(name("person")).or_default();
        person.insert(name::<ConceptId>("name"));
    };
    let others = |common: &mut CommonPart| common.usage_rules.purpose_id = name("research");
    let looser =
        |common: &mut CommonPart| common.usage_rules.conditions = Digest::of(b"sell everything");
    check_answer(
        &mut world,
        &|answer| answer.edit(more),
        "concept-not-offered",
    );
    check_answer(
        &mut world,
        &|answer| answer.edit(others),
        "usage-rules-mismatch",
    );
    check_answer(
        &mut world,
        &|answer| answer.edit(looser),
        "usage-rules-mismatch",
    );
    let by_bob = |answer: &mut Answer| {
        answer.signer = "bob at gym".into();
        answer.primary.common_part.surrogate_id = pseudonym("bob at gym");
    };
    check_answer(&mut world, &by_bob, "pseudonym-mismatch");
    check_answer(&mut world, &|_| {}, "accepted");
}

/// In CaPe, restoring a link enables everything whose last status record is newer than the removal,
/// so also what the person disabled.
#[test]
fn restoring_a_link_leaves_alone_what_the_person_paused() {
    let mut world = consented(None);
    assert_eq!(change(&mut world, ConsentStatus::Disabled), "accepted");
    let removal = world.change_link("ann at gym", LinkStatus::Removed);
    world.accept(&removal);
    // The person's last record is newer than the removal.
    let drop_age = |record: &mut ConsentStatusRecord| {
        record.resource_set = without(&record.resource_set, "age");
    };
    let narrow = world.edited_change(consent("c"), ConsentStatus::Disabled, None, drop_age);
    world.accept(&Command::Consent(ConsentCommand::Change(narrow)));
    let restoration = world.change_link("ann at gym", LinkStatus::Active);
    world.accept(&restoration);
    let cause = Pause::Person;
    assert_eq!(
        world.consent(consent("c")).status,
        Status::Disabled { cause }
    );
}

/// In CaPe the source's record is a copy of the sink's, so that the source is never told.
#[test]
fn each_record_of_a_pair_is_for_its_own_service() {
    let mut world = consented(Some("lab"));
    let (sink, source) = (world.consent(consent("c")), world.consent(source_of("c")));
    assert_eq!(sink.service.service_id, service("gym"));
    assert_eq!(source.service.service_id, service("lab"));
    assert_eq!(
        (sink.provider, source.provider),
        (party("gym"), party("lab"))
    );
    assert_ne!(sink.surrogate, source.surrogate);

    assert_eq!(change(&mut world, ConsentStatus::Withdrawn), "accepted");
    let mut acknowledge = |by: &str| {
        let content = Acknowledgement {
            cr_id: source_of("c"),
            status_digest: world.consent(source_of("c")).head,
            service_id: service(by),
            provider: party(by),
        };
        let acknowledgement = world.sign(by, content);
        let command = Command::Consent(ConsentCommand::Acknowledge(acknowledgement));
        decide(&mut world, &command)
    };
    assert_eq!(acknowledge("gym"), "not-the-provider");
    assert_eq!(acknowledge("lab"), "accepted");
}

/// CaPe's proofs say neither for whom they are nor what they are for, and live for thirty days.
#[test]
fn a_statement_is_for_one_chain_and_ten_minutes() {
    let mut world = consented(None);
    world.audience = "assent:other";
    let elsewhere = world.change(consent("c"), ConsentStatus::Withdrawn);
    let elsewhere = Command::Consent(ConsentCommand::Change(elsewhere));
    assert_eq!(decide(&mut world, &elsewhere), "statement-audience");
    world.audience = crate::fixture::CHAIN;
    let withdrawal = world.change(consent("c"), ConsentStatus::Withdrawn);
    let withdrawal = Command::Consent(ConsentCommand::Change(withdrawal));
    world.wait(Span::from_minutes(10));
    assert_eq!(decide(&mut world, &withdrawal), "statement-expired");
}

/// In the proof of concept of e-nettet, `sign(key)` covers no stated bytes, so a signature that was
/// made for one message goes for every other.
#[test]
fn a_signature_is_for_one_family_of_statements() {
    let mut world = World::empty();
    let content = KeyPossession {
        party: party("ann"),
        role: KeyRole::Signing,
    };
    let proof = world.sign("ann", content);
    assert!(statement::verify::<KeyPossession>(proof.compact()).is_ok());
    assert!(statement::verify::<ConsentRefusal>(proof.compact()).is_err());
    // A header of another family does not fit the signature.
    let (header, rest) = proof.compact().split_once('.').expect("a header");
    let header = base64url::decode(header).expect("base64url");
    let header = String::from_utf8(header).expect("text");
    let header = header.replace(KeyPossession::TYP.0, ConsentRefusal::TYP.0);
    let forged = format!("{}.{rest}", base64url::encode(header.as_bytes()));
    assert!(statement::verify::<ConsentRefusal>(&forged).is_err());
    assert!(statement::verify::<KeyPossession>(&forged).is_err());
}

/// There, who registers an address again takes over the keys behind it.
#[test]
fn nobody_registers_in_the_place_of_another() {
    let mut world = World::of(&["gym"], &[]);
    let content = world.registration("gym", PartyKind::Organisation);
    let check_signer = |world: &mut World, signer: &str, expected: &str| {
        let registration = world.sign(signer, content.clone());
        let command = Command::Identity(IdentityCommand::Register(registration));
        assert_eq!(decide(world, &command), expected);
    };
    check_signer(&mut world, "mallory", "party-mismatch");
    check_signer(&mut world, "gym", "party-id-taken");
}

/// There, the requester hands on a blob that it cannot read, as often as it likes and for whatever
/// it likes.
#[test]
fn an_answer_is_for_one_question() {
    let mut world = World::of(&["gym", "lab"], &["ann"]);
    world.ask("c", "coaching", None);
    let answer = world.answer("c", "c");
    let command = world.give(answer.clone());
    world.accept(&command);
    assert_eq!(decide(&mut world, &command), "request-closed");
    // The record names the question, so that it cannot be handed in for another one.
    let record = world.sign(&answer.signer, answer.primary);
    check_all_signed(&record, 22);
}
