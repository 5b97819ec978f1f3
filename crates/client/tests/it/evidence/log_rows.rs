//! What the log and the entries before the consent must be.

use assent_api::evidence::EvidenceBundle;
use assent_client::evidence::{Trust, verify};
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_ledger::status_map::StatusProof;
use assent_model::canonical;
use assent_model::ids::LinkId;
use assent_model::time::{Span, Timestamp};

use super::case::{
    Case, Key, check, check_bundle, check_case, is_genesis, is_link, is_registration, is_request,
    is_rotation, is_service, is_status, judge, resigned, with_bad_signature,
};
use super::forgery::encode;
use crate::cast::{UNASKED, name};
use crate::world::START;

#[test]
fn the_honest_cases_verify() {
    check_case(Case::withdrawn, |_| {}, "verified");
    check_case(Case::superseded, |_| {}, "verified");
    check_case(Case::withdrawn_by_operator, |_| {}, "verified");
}

#[test]
fn the_document_has_one_form() {
    check_bundle(|b| b.format.push('1'), "bundle-format-unknown");
    check_bundle(|b| b.entries[3].leaf.push(' '), "entry-unreadable");
    check_bundle(|b| b.entries[3].leaf = "{}".into(), "entry-unreadable");
    check_bundle(|b| b.entries[3].index += 1, "entry-misplaced");
    check_bundle(|b| b.entries.clear(), "genesis-missing");
    check_bundle(|b| drop(b.entries.remove(0)), "genesis-missing");
    let honest = encode(&Case::withdrawn().bundle());
    for damaged in [
        format!(" {honest}"),
        format!("{honest}\n"),
        honest.replacen('{', r#"{"a":1,"#, 1),
        honest.replacen(r#""cr_id""#, r#""cr_idd""#, 1),
        String::new(),
    ] {
        let error = verify(&damaged, &Trust::FirstUse).unwrap_err();
        assert_eq!(error.code(), "bundle-malformed");
    }
}

#[test]
fn every_entry_is_in_the_log_of_the_checkpoint() {
    check_bundle(
        |b| b.entries[3].proof[0] = Digest::ZERO,
        "entry-not-included",
    );
    check_bundle(|b| b.entries[3].proof.truncate(1), "entry-not-included");
    check_bundle(
        |b| b.entries[3].proof.push(Digest::ZERO),
        "entry-not-included",
    );
    check_bundle(|b| b.entries.swap(3, 4), "entry-misplaced");
    let repeat = |b: &mut EvidenceBundle<StatusProof>| b.entries.insert(4, b.entries[3].clone());
    check_bundle(repeat, "entry-misplaced");
    let earlier = |case: &mut Case| case.leaves()[4].time = START - Span::from_days(1);
    check(earlier, "entry-misplaced");
    check(|case| case.leaves()[4].height = 1, "entry-misplaced");
    check(
        |case| case.forgery.checkpoint_height = Some(1),
        "entry-misplaced",
    );
}

#[test]
fn the_checkpoint_is_signed_by_the_log_alone() {
    let case = Case::withdrawn();
    judge(
        &case.forgery.bundle(&SigningKey::generate()),
        "checkpoint-invalid",
    );
    check_bundle(|b| b.checkpoint.push('\n'), "checkpoint-invalid");
    check_bundle(|b| b.checkpoint = String::new(), "checkpoint-invalid");
    let witness = "— witness.example AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    check_bundle(|b| b.checkpoint.push_str(witness), "checkpoint-cosigned");
    let twice = |b: &mut EvidenceBundle<StatusProof>| {
        let line = b.checkpoint.lines().last().unwrap().to_owned();
        b.checkpoint.push_str(&line);
        b.checkpoint.push('\n');
    };
    check_bundle(twice, "checkpoint-cosigned");
}

#[test]
fn every_statement_is_well_signed_and_of_its_time() {
    let bad_signature = |case: &mut Case| {
        if let Event::Consent(ConsentEvent::StatusChanged { record, .. }) = case.event(is_status, 0)
        {
            *record = with_bad_signature(record);
        }
    };
    check(bad_signature, "statement-invalid");
    let bad_genesis = |case: &mut Case| {
        if let Event::Identity(IdentityEvent::Opened { genesis }) = case.event(is_genesis, 0) {
            *genesis = with_bad_signature(genesis);
        }
    };
    check(bad_genesis, "statement-invalid");
    let other_chain = |case: &mut Case| {
        let key = Key::Requester.of(&case.cast);
        if let Event::Consent(ConsentEvent::Requested { request, .. }) = case.event(is_request, 0) {
            let now = Timestamp::from_millis(request.envelope().iat * 1000);
            let signer = Signer::new(name("assent:other"), now);
            *request = signer.sign(&key, request.content().clone()).record();
        }
    };
    check(other_chain, "claims-invalid");
    let too_late = |case: &mut Case| {
        let last = case.leaves().last_mut().unwrap();
        last.time = last.time + Span::from_minutes(11);
    };
    check(too_late, "claims-invalid");
}

#[test]
fn keys_are_traced_from_the_id_of_the_party() {
    check(|case| case.remove(is_registration, 0), "party-unknown");
    check(|case| case.remove(is_registration, 1), "party-unknown");
    check(|case| case.remove(is_rotation, 0), "wrong-key");
    let other_operator = |case: &mut Case| {
        let key = Key::Operator.of(&case.cast);
        if let Event::Identity(IdentityEvent::Opened { genesis }) = case.event(is_genesis, 0) {
            let other = PartyKeys::generate().party_id();
            *genesis = resigned(genesis, &key, |said| said.operator = other);
        }
    };
    check(other_operator, "key-change-invalid");
    let stolen_id = |case: &mut Case| {
        let stranger = SigningKey::generate();
        if let Event::Identity(IdentityEvent::Registered { registration, .. }) =
            case.event(is_registration, 0)
        {
            *registration = resigned(registration, &stranger, |_| {});
        }
    };
    check(stolen_id, "key-change-invalid");
    let forced_rotation = |case: &mut Case| {
        let stranger = SigningKey::generate();
        if let Event::Identity(IdentityEvent::KeysRotated { rotation, .. }) =
            case.event(is_rotation, 0)
        {
            *rotation = resigned(rotation, &stranger, |_| {});
        }
    };
    check(forced_rotation, "key-change-invalid");
    let other_key = |case: &mut Case| {
        if let Event::Identity(IdentityEvent::KeysRotated { signing_key, .. }) =
            case.event(is_rotation, 0)
        {
            *signing_key = *SigningKey::generate().verifying_key();
        }
    };
    check(other_key, "entry-inconsistent");
    let other_recovery = |case: &mut Case| {
        if let Event::Identity(IdentityEvent::Registered { recovery_key, .. }) =
            case.event(is_registration, 0)
        {
            *recovery_key = *SigningKey::generate().verifying_key();
        }
    };
    check(other_recovery, "entry-inconsistent");
}

#[test]
fn descriptions_are_those_that_were_registered() {
    check(
        |case| drop(case.forgery.descriptions.pop()),
        "description-mismatch",
    );
    let extra = |case: &mut Case| {
        let text = case.forgery.descriptions[0].clone();
        case.forgery.descriptions.push(text);
    };
    check(extra, "description-mismatch");
    check(
        |case| case.forgery.descriptions.swap(0, 1),
        "description-mismatch",
    );
    let renamed = |case: &mut Case| {
        let text = &mut case.forgery.descriptions[0];
        *text = text.replace("Energy adviser", "Energy advisor");
    };
    check(renamed, "description-mismatch");
    let spaced = |case: &mut Case| case.forgery.descriptions[0].push(' ');
    check(spaced, "description-mismatch");
    let other_outline = |case: &mut Case| {
        if let Event::Service(ServiceEvent::Registered { registration }) = case.event(is_service, 1)
        {
            let key = SigningKey::generate();
            *registration = resigned(registration, &key, |_| {});
        }
    };
    check(other_outline, "wrong-key");
    let unsigned_outline = |case: &mut Case| {
        let key = Key::Source.of(&case.cast);
        if let Event::Service(ServiceEvent::Registered { registration }) = case.event(is_service, 1)
        {
            *registration = resigned(registration, &key, |said| {
                said.outline.datasets[0].concepts.pop_last();
            });
        }
    };
    check(unsigned_outline, "description-mismatch");
    let other_provider = |case: &mut Case| {
        let mut description = case.cast.source.description.clone();
        description.provider.party_id = case.cast.requester.keys.party_id();
        let text = canonical::encode(&description);
        case.forgery.descriptions[1] = String::from_utf8(text).unwrap();
        let key = Key::Source.of(&case.cast);
        if let Event::Service(ServiceEvent::Registered { registration }) = case.event(is_service, 1)
        {
            *registration = resigned(registration, &key, |said| {
                said.description = description.reference();
            });
        }
    };
    check(other_provider, "description-mismatch");
    let unregistered = |case: &mut Case| {
        case.remove(is_service, 1);
        case.forgery.descriptions.pop();
    };
    check(unregistered, "reference-unknown");
}

#[test]
fn the_link_ties_pseudonym_and_provider() {
    check(|case| case.remove(is_link, 0), "reference-unknown");
    check(|case| case.repeat(is_link), "entry-superfluous");
    let other_pseudonym = |case: &mut Case| {
        let stranger = SigningKey::generate();
        if let Event::Link(LinkEvent::Created { record, .. }) = case.event(is_link, 0) {
            *record = resigned(record, &stranger, |_| {});
        }
    };
    check(other_pseudonym, "wrong-key");
    let other_countersigner = |case: &mut Case| {
        let stranger = SigningKey::generate();
        if let Event::Link(LinkEvent::Created {
            countersignature, ..
        }) = case.event(is_link, 0)
        {
            *countersignature = resigned(countersignature, &stranger, |_| {});
        }
    };
    check(other_countersigner, "wrong-key");
    let changed_afterwards = |case: &mut Case| {
        let key = Key::Pseudonym.of(&case.cast);
        if let Event::Link(LinkEvent::Created { record, .. }) = case.event(is_link, 0) {
            *record = resigned(record, &key, |said| said.account = Digest::ZERO);
        }
    };
    check(changed_afterwards, "entry-inconsistent");
}

#[test]
fn the_request_is_the_requesters_over_that_link() {
    check(|case| case.remove(is_request, 0), "reference-unknown");
    check(|case| case.repeat(is_request), "entry-superfluous");
    check(|case| case.reask(Key::Stranger, |_| {}), "wrong-key");
    check(|case| case.reask(Key::Source, |_| {}), "wrong-key");
    check(
        |case| case.reask(Key::Requester, |said| said.slr_id = LinkId::random()),
        "entry-inconsistent",
    );
    check(
        |case| case.reask(Key::Requester, |said| said.answer_by = START),
        "entry-inconsistent",
    );
    check(
        |case| case.reask(Key::Requester, |said| said.service.version = 2),
        "reference-unknown",
    );
    check(
        |case| case.reask(Key::Requester, |said| said.purpose_id = name("other")),
        "reference-unknown",
    );
    let other_offer = |case: &mut Case| {
        if let Event::Consent(ConsentEvent::Requested { offer, .. }) = case.event(is_request, 0) {
            let offered = offer.values_mut().next().unwrap();
            offered.optional.insert(name(UNASKED));
        }
    };
    check(other_offer, "offer-mismatch");
}
