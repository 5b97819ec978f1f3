//! What builders sign, and what they refuse to.

use assent_api::request_proof::{Actor, RequestProof};
use assent_api::v1::identity::Challenge;
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::statements::change::{Change, ChangeError};
use assent_client::statements::identity::answer_challenge;
use assent_client::statements::link::{AccountCertificate, CountersignError, Linking};
use assent_client::statements::request_proof::Caller;
use assent_client::statements::{STATEMENT_LIFETIME, Signer};
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, Salt};
use assent_crypto::domains;
use assent_crypto::sealing;
use assent_crypto::signature::SigningKey;
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::link::command::LinkCommand;
use assent_model::description::ServiceDescription;
use assent_model::ids::{PartyId, ServiceId};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::records::link::{LinkRecord, LinkStatus};
use assent_model::statement;

use crate::cast::{Cast, OPTIONAL, REQUIRED, describe_requester, name, resources};
use crate::world::{START, World, chain};

#[test]
fn the_signer_gives_audience_and_time() {
    let keys = PartyKeys::generate();
    let signer = Signer::new(chain(), START);
    let signed = signer.deactivate(keys.party_id(), &keys.signing);
    let envelope = signed.envelope();
    assert_eq!(envelope.aud, chain());
    assert_eq!(envelope.iat, START.as_seconds());
    assert_eq!(envelope.exp, (START + STATEMENT_LIFETIME).as_seconds());
    assert_eq!(envelope.signer, *keys.signing.verifying_key());
    let again = signer.deactivate(keys.party_id(), &keys.signing);
    assert_ne!(again.envelope().jti, envelope.jti);
}

#[test]
fn the_rules_accept_every_change_of_keys() {
    let mut world = World::open();
    let mut keys = PartyKeys::generate();
    let registration = world
        .signer()
        .register(&keys, PartyKind::Organisation, Custody::Hosted);
    world.accept(Command::Identity(IdentityCommand::Register(registration)));

    let signing = SigningKey::generate();
    let sealing = PartyKeys::generate().opening;
    let rotation = world
        .signer()
        .rotate(&keys, &signing, Some(sealing.sealing_key()));
    world.accept(Command::Identity(IdentityCommand::Rotate(rotation)));
    keys.signing = signing;

    let lost = SigningKey::generate();
    let recovery = world.signer().recover(
        keys.party_id(),
        &keys.recovery,
        &lost,
        keys.opening.sealing_key(),
    );
    world.accept(Command::Identity(IdentityCommand::Recover(recovery)));
    let end = world.signer().deactivate(keys.party_id(), &lost);
    world.accept(Command::Identity(IdentityCommand::Deactivate(end)));
}

#[test]
fn the_rules_accept_a_refusal_and_the_removal_of_a_link() {
    let mut cast = Cast::assemble();
    let request = cast.ask(true);
    let pseudonym = &cast.requester.link.pseudonym;
    let refusal = cast
        .world
        .signer()
        .refuse(pseudonym, request.content().request_id);
    cast.world
        .accept(Command::Consent(ConsentCommand::Refuse(refusal)));

    let log = cast.world.log();
    let created = log.iter().find_map(|leaf| match &leaf.event {
        assent_exchange::event::Event::Link(assent_exchange::link::event::LinkEvent::Created {
            record,
            ..
        }) if record.content().slr_id == cast.requester.link.slr_id => Some(record.digest()),
        _ => None,
    });
    let record = cast.world.signer().link_status(
        &cast.requester.link.pseudonym,
        cast.requester.link.slr_id,
        LinkStatus::Removed,
        created.unwrap(),
    );
    cast.world.accept(Command::Link(LinkCommand::Change {
        record,
        consents: Vec::new(),
    }));
}

#[track_caller]
fn check_countersign(change: impl FnOnce(&mut LinkRecord), expected: Result<(), CountersignError>) {
    let (signer, provider) = (Signer::new(chain(), START), PartyKeys::generate());
    let description = describe_requester(provider.party_id());
    let pseudonym = Pseudonym::generate();
    let certificate = AccountCertificate {
        service_id: description.service_id,
        account: "customer 17".to_owned(),
        surrogate_id: Some(pseudonym.surrogate_id()),
    };
    let account = certificate.commit(&Salt::from_bytes([7; 32]));
    let linking = Linking {
        service: description.reference(),
        provider: provider.party_id(),
        holder: provider.signing.verifying_key().thumbprint(),
        custody: Custody::Independent,
        account,
    };
    let mut content = signer.link_record(&linking, &pseudonym).content().clone();
    change(&mut content);
    let record = signer.sign(&pseudonym.key, content);
    let outcome = signer.countersign(&provider, description.service_id, account, &record);
    let outcome = outcome.map(|(countersignature, pinned)| {
        assert_eq!(countersignature.content().slr_digest, record.digest());
        assert_eq!(pinned.key, *pseudonym.key.verifying_key());
        assert_eq!(pinned.surrogate_id, pseudonym.surrogate_id());
    });
    assert_eq!(outcome, expected);
}

#[test]
fn a_service_countersigns_only_what_it_means() {
    check_countersign(|_| {}, Ok(()));
    check_countersign(
        |record| record.service.service_id = ServiceId::random(),
        Err(CountersignError::OtherService),
    );
    check_countersign(
        |record| record.provider = PartyKeys::generate().party_id(),
        Err(CountersignError::OtherService),
    );
    check_countersign(
        |record| record.surrogate_id = Pseudonym::generate().surrogate_id(),
        Err(CountersignError::PseudonymMismatch),
    );
    check_countersign(
        |record| record.pop_key = SigningKey::generate().verifying_key().thumbprint(),
        Err(CountersignError::HolderMismatch),
    );
    check_countersign(
        |record| record.account = Digest::ZERO,
        Err(CountersignError::AccountMismatch),
    );
}

#[track_caller]
fn check_description(change: impl FnOnce(&mut ServiceDescription), expected: Result<(), &str>) {
    let (signer, provider) = (Signer::new(chain(), START), PartyKeys::generate());
    let mut description = describe_requester(provider.party_id());
    change(&mut description);
    let outcome = signer.register_service(&provider, &description).map(drop);
    let outcome = outcome.map_err(|error| error.to_string());
    assert_eq!(outcome, expected.map_err(str::to_owned));
}

#[test]
fn a_description_is_checked_before_it_is_signed() {
    check_description(|_| {}, Ok(()));
    check_description(
        |description| description.provider.party_id = other_party(),
        Err("the description names another provider"),
    );
    check_description(
        |description| description.description.clear(),
        Err("the description is not valid"),
    );
    check_description(
        |description| {
            let purpose = description.purposes[0].clone();
            for number in 0..100 {
                let mut purpose = purpose.clone();
                purpose.purpose_id = name(&format!("purpose-{number}"));
                description.purposes.push(purpose);
            }
        },
        Err("the outline of the description is too large"),
    );
}

fn other_party() -> PartyId {
    PartyKeys::generate().party_id()
}

#[track_caller]
fn check_change(before: &[Change], change: &Change, expected: Result<(), ChangeError>) {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let mut chains = pair.chains();
    for change in before {
        cast.change(&pair, &mut chains, change);
    }
    let (key, alias) = (&cast.requester.link.pseudonym.key, &pair.alias().alias.key);
    let records = [(&chains[0], key), (&chains[1], alias)];
    let outcome = cast.world.signer().change_pair(records, change);
    assert_eq!(outcome.map(drop), expected, "{before:?} {change:?}");
}

#[test]
fn a_change_must_change_something_and_widen_nothing() {
    let narrow = Change::Narrow(resources(&[REQUIRED]));
    let wide = Change::Narrow(resources(&[REQUIRED, OPTIONAL]));
    check_change(&[], &Change::Disable, Ok(()));
    check_change(&[], &Change::Withdraw, Ok(()));
    check_change(&[], &narrow, Ok(()));
    check_change(&[], &Change::Enable, Err(ChangeError::Unchanged));
    check_change(&[], &wide, Err(ChangeError::Unchanged));
    check_change(&[Change::Disable], &Change::Enable, Ok(()));
    check_change(&[Change::Disable], &narrow, Ok(()));
    check_change(
        &[Change::Disable],
        &Change::Disable,
        Err(ChangeError::Unchanged),
    );
    check_change(&[narrow], &wide, Err(ChangeError::Widened));
    for change in [Change::Enable, Change::Withdraw] {
        check_change(&[Change::Withdraw], &change, Err(ChangeError::Ended));
    }
}

#[test]
fn a_pair_changes_together_or_not_at_all() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let mut chains = pair.chains();
    let before = chains[1].clone();
    cast.change(&pair, &mut chains, &Change::Disable);
    let (key, alias) = (&cast.requester.link.pseudonym.key, &pair.alias().alias.key);
    let records = [(&chains[0], key), (&before, alias)];
    let outcome = cast.world.signer().change_pair(records, &Change::Withdraw);
    assert_eq!(outcome.map(drop), Err(ChangeError::PairInconsistent));
    let alone = cast
        .world
        .signer()
        .change_status(&chains[0], key, &Change::Withdraw)
        .unwrap();
    assert_eq!(alone.counterpart, None);
}

#[test]
fn a_challenge_is_answered_by_the_holder_alone() {
    let keys = PartyKeys::generate();
    let info = domains::SEAL_CHALLENGE.as_bytes();
    let sealed = sealing::seal(keys.opening.sealing_key(), info, b"17", b"secret");
    let mut challenge = Challenge {
        challenge: "17".to_owned(),
        sealed: base64url::encode(&sealed),
    };
    let answer = answer_challenge(&keys.opening, &challenge).unwrap();
    assert_eq!(answer.challenge, "17");
    assert_eq!(answer.answer, base64url::encode(b"secret"));
    assert!(answer_challenge(&PartyKeys::generate().opening, &challenge).is_err());
    challenge.challenge = "18".to_owned();
    assert!(answer_challenge(&keys.opening, &challenge).is_err());
}

#[test]
fn a_request_proof_binds_the_request() {
    let signer = Signer::new(chain(), START);
    let pseudonym = Pseudonym::generate();
    let header = signer.request_proof(Caller::from(&pseudonym), "POST", "/v1/x?y=1", Some(b"{}"));
    let proof = header.strip_prefix("Assent ").unwrap();
    let proof = statement::verify::<RequestProof>(proof).unwrap();
    let expected = RequestProof {
        actor: Actor::Surrogate(pseudonym.surrogate_id()),
        htm: "POST".to_owned(),
        htu: "/v1/x?y=1".to_owned(),
        body: Some(Digest::of(b"{}")),
    };
    assert_eq!(*proof.content(), expected);
    assert_eq!(proof.envelope().exp - proof.envelope().iat, 60);
}
