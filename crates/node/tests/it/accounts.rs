//! Accounts: pseudonyms, export, and the operator's help for a person who lost the key.

use assent_api::v1::accounts::{
    AccountExport, AddPseudonym, ConfirmLostKey, EXPORT_FORMAT, LostKeyStarted, PseudonymAdded,
    PseudonymList, StartLostKey, Stop, Stopped,
};
use assent_api::v1::consents::ChangeStatus;
use assent_client::keys::Pseudonym;
use assent_client::statements::change::Change;
use assent_crypto::digest::{Digest, commitment};
use assent_crypto::domains;
use assent_model::canonical;
use assent_model::ids::{ConsentId, StatusRecordId};
use assent_model::records::account::AccountPseudonym;
use assent_model::records::consent::{ConsentRecord, ConsentStatus, ConsentStatusRecord};
use assent_model::statement;
use assent_model::time::Span;
use serde_json::json;

use crate::calls::{Answered, Calls};
use crate::household::{Cast, Pair};
use crate::person::{Mailbox, Person, statement, subject};
use crate::world::World;

const ANN: &str = "ann@example.org";

/// A household whose person has an account with both pseudonyms and a confirmed contact.
async fn household(world: &World) -> (Cast, Person, Mailbox) {
    let cast = Cast::enter(world).await;
    let ann = Person::enter(world).await;
    for link in [&cast.adviser_link, &cast.archive_link] {
        let _: PseudonymAdded = ann.add(world, &link.pseudonym).await.json();
    }
    let mut mailbox = Mailbox::new(ANN);
    ann.confirm(world, &mut mailbox).await;
    mailbox.wait_for(world, 1).await;
    (cast, ann, mailbox)
}

#[tokio::test]
async fn pseudonyms_join_an_account_once() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let pseudonym = Pseudonym::generate();
    for _ in 0..2 {
        let added: PseudonymAdded = ann.add(&world, &pseudonym).await.json();
        assert_eq!(added.surrogate_id, pseudonym.surrogate_id());
    }
    let other = Pseudonym::generate();
    ann.add(&world, &other).await;
    let list: PseudonymList = ann
        .calls(&world)
        .get("/v1/accounts/pseudonyms")
        .await
        .json();
    let ids: Vec<_> = list
        .pseudonyms
        .iter()
        .map(|view| view.surrogate_id)
        .collect();
    assert_eq!(ids, [pseudonym.surrogate_id(), other.surrogate_id()]);
    for view in &list.pseudonyms {
        let said = statement::verify::<AccountPseudonym>(&view.statement).unwrap();
        assert_eq!(said.content().party, ann.party());
    }
}

/// Attacks: claim a pseudonym of somebody else, with a statement for somebody else, of another
/// key, of yesterday.
#[tokio::test]
async fn nobody_claims_the_pseudonym_of_another() {
    let world = World::new().await;
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    let pseudonym = Pseudonym::generate();
    let of_ann = statement(&world, ann.party(), &pseudonym);
    let add = async |person: &Person, statement: String| -> Answered {
        let body = AddPseudonym { statement };
        person
            .calls(&world)
            .post("/v1/accounts/pseudonyms", &body)
            .await
    };
    add(&eve, of_ann.clone())
        .await
        .is_problem(400, "statement-invalid");
    assert_eq!(add(&ann, of_ann).await.status, 200);
    eve.add(&world, &pseudonym)
        .await
        .is_problem(409, "pseudonym-taken");

    let forged = AccountPseudonym {
        party: eve.party(),
        surrogate_id: Pseudonym::generate().surrogate_id(),
    };
    let forged = world.signer().sign(&eve.keys.signing, forged);
    add(&eve, forged.compact().into())
        .await
        .is_problem(400, "statement-invalid");

    let old = statement(&world, eve.party(), &Pseudonym::generate());
    world.clock.advance(Span::from_minutes(6));
    add(&eve, old).await.is_problem(400, "statement-expired");
    let list: PseudonymList = eve
        .calls(&world)
        .get("/v1/accounts/pseudonyms")
        .await
        .json();
    assert!(list.pseudonyms.is_empty());
}

#[tokio::test]
async fn an_export_has_everything_and_nothing_of_others() {
    let world = World::new().await;
    let (cast, ann, _) = household(&world).await;
    let pair = cast.give(&world, true).await;
    cast.change(&world, &pair, &Change::Disable).await;
    let refused = Calls::of(&world, &cast.adviser)
        .post("/v1/tokens", &json!({ "cr_id": pair.sink }))
        .await;
    assert_eq!(refused.status, 403);
    // The receipt of the refusal enters the log with the next block.
    cast.change(&world, &pair, &Change::Enable).await;

    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!(
        (export.format.as_str(), export.party.party_id),
        (EXPORT_FORMAT, ann.party())
    );
    assert_eq!(export.contact.as_ref().unwrap().email, ANN);
    assert_eq!(
        (
            export.pseudonyms.len(),
            export.links.len(),
            export.requests.len()
        ),
        (2, 2, 1)
    );
    let mut consents: Vec<ConsentId> = export.consents.iter().map(|view| view.cr_id).collect();
    consents.sort_unstable();
    let mut pair_of: Vec<ConsentId> = vec![pair.sink, pair.source];
    pair_of.sort_unstable();
    assert_eq!(
        consents, pair_of,
        "the alias was never named, and is found all the same"
    );
    assert!(export.consents.iter().all(|view| view.statuses.len() == 2));
    assert_eq!(export.receipts.len(), 1);
    assert_eq!(
        export.receipts[0].refusal.as_deref(),
        Some("consent-disabled")
    );
    let kinds: std::collections::BTreeSet<&str> = export
        .activity
        .iter()
        .map(|activity| activity.event.as_str())
        .collect();
    let expected = [
        "consent/given",
        "consent/requested",
        "consent/status-changed",
        "identity/registered",
        "link/created",
        "release/recorded",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);

    check_form(&export, pair.sink);

    let eve = Person::enter(&world).await;
    let export: AccountExport = eve.calls(&world).get("/v1/accounts/export").await.json();
    assert!(export.contact.is_none() && export.consents.is_empty() && export.forms.is_empty());
    assert_eq!(export.activity.len(), 1, "its own registration");
}

/// The form opens the commitment in the record.
fn check_form(export: &AccountExport, sink: ConsentId) {
    let kept = &export.forms[0];
    let sink = export
        .consents
        .iter()
        .find(|view| view.cr_id == sink)
        .unwrap();
    let record = statement::verify::<ConsentRecord>(&sink.record).unwrap();
    let form = canonical::encode(&kept.form);
    let opened = commitment(domains::COMMITMENT_FORM, &kept.salt, &form);
    assert_eq!(opened, record.content().common_part.form);
}

/// Attacks: another party's export without a proof, with a proof of a pseudonym, with an old one.
#[tokio::test]
async fn an_export_is_for_the_party_alone() {
    let world = World::new().await;
    let (cast, ann, _) = household(&world).await;
    let target = "/v1/accounts/export";
    Calls::anonymous(&world)
        .get(target)
        .await
        .is_problem(401, "unauthenticated");
    let by_pseudonym = Calls::by(&world, &cast.adviser_link.pseudonym)
        .get(target)
        .await;
    by_pseudonym.is_problem(403, "forbidden");
    let proof = world
        .signer()
        .request_proof((&ann.keys).into(), "GET", target, None);
    let heard = Calls::anonymous(&world).with("authorization", &proof);
    assert_eq!(heard.get(target).await.status, 200);
    heard.get(target).await.is_problem(401, "proof-replayed");
}

async fn start(world: &World, email: &str) -> Answered {
    let body = StartLostKey {
        email: email.into(),
        language: "en".parse().unwrap(),
    };
    Calls::anonymous(world)
        .post("/v1/accounts/lost-key/start", &body)
        .await
}

/// What the answer names.
async fn ask(world: &World, email: &str) -> Digest {
    start(world, email).await.json::<LostKeyStarted>().asked
}

async fn confirm(
    world: &World,
    asked: Digest,
    code: &str,
    stop: Stop,
    consents: Option<Vec<ConsentId>>,
) -> Answered {
    let body = ConfirmLostKey {
        asked,
        code: code.into(),
        stop,
        consents,
    };
    Calls::anonymous(world)
        .post("/v1/accounts/lost-key/confirm", &body)
        .await
}

async fn statuses(cast: &Cast, pair: &Pair) -> [String; 2] {
    cast.views(pair).await.map(|view| view.status)
}

#[tokio::test]
async fn the_operator_pauses_and_withdraws_both_records_of_a_named_consent() {
    let world = World::new().await;
    let (cast, _, mut mailbox) = household(&world).await;
    let pair = cast.give(&world, true).await;
    for (stop, status) in [(Stop::Disable, "disabled"), (Stop::Withdraw, "withdrawn")] {
        let asked = ask(&world, ANN).await;
        let code = mailbox.code(&world).await;
        // The source's record names the pair as well as the sink's.
        let stopped: Stopped = confirm(&world, asked, &code, stop, Some(vec![pair.source]))
            .await
            .json();
        assert_eq!(
            stopped,
            Stopped {
                changed: 1,
                unchanged: 0
            }
        );
        assert_eq!(statuses(&cast, &pair).await, [status, status]);
        let told = mailbox.wait_for(&world, 1).await;
        assert_eq!(subject(&told[0]), "Your consents were stopped");
    }
    let operator = world.operator_key(&cast.client).await;
    for view in cast.views(&pair).await {
        let records: Vec<_> = view
            .statuses
            .iter()
            .map(|record| statement::verify::<ConsentStatusRecord>(record).unwrap())
            .collect();
        assert!(records.iter().all(|record| *record.signer() == operator));
        assert_eq!(view.closure, "owed");
    }
}

#[tokio::test]
async fn all_consents_stop_at_once_and_what_has_ended_stays() {
    let world = World::new().await;
    let (cast, _, mut mailbox) = household(&world).await;
    let pair = cast.give(&world, true).await;
    for expected in [
        Stopped {
            changed: 1,
            unchanged: 0,
        },
        Stopped {
            changed: 0,
            unchanged: 1,
        },
    ] {
        let asked = ask(&world, ANN).await;
        let code = mailbox.code(&world).await;
        let stopped: Stopped = confirm(&world, asked, &code, Stop::Withdraw, None)
            .await
            .json();
        assert_eq!(stopped, expected);
    }
    assert_eq!(statuses(&cast, &pair).await, ["withdrawn", "withdrawn"]);
}

/// The operator never gives or resumes: there is no word for it, and the rules refuse its key.
#[tokio::test]
async fn the_operator_never_enables() {
    let world = World::new().await;
    let (cast, _, mut mailbox) = household(&world).await;
    let pair = cast.give(&world, true).await;
    let asked = ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    for stop in ["enable", "active", "give"] {
        let body = json!({ "asked": asked, "code": code, "stop": stop, "consents": [pair.sink] });
        let answered = Calls::anonymous(&world)
            .post("/v1/accounts/lost-key/confirm", &body)
            .await;
        answered.is_problem(400, "malformed-body");
    }
    let paused = confirm(&world, asked, &code, Stop::Disable, Some(vec![pair.sink])).await;
    assert_eq!(paused.status, 200);

    // Even with the operator's key itself.
    let operator_key = &world.running.node().operator_key;
    let [sink, source] = cast.views(&pair).await.map(|view| {
        let record = ConsentStatusRecord {
            record_id: StatusRecordId::random(),
            cr_id: view.cr_id,
            surrogate_id: view.surrogate_id,
            consent_status: ConsentStatus::Active,
            resource_set: view.resource_set,
            prev: view.head,
        };
        world.signer().sign(operator_key, record)
    });
    let body = ChangeStatus {
        record: sink.compact().into(),
        counterpart: Some(source.compact().into()),
    };
    let target = format!("/v1/consents/{}/statuses", pair.sink);
    let answered = Calls::anonymous(&world).post(&target, &body).await;
    answered.is_problem(403, "wrong-key");
    assert_eq!(statuses(&cast, &pair).await, ["disabled", "disabled"]);
}

/// Attack: stop a consent of somebody else with a code of one's own.
#[tokio::test]
async fn a_code_stops_the_consents_of_its_owner_alone() {
    let world = World::new().await;
    let (cast, _, _) = household(&world).await;
    let pair = cast.give(&world, true).await;
    let eve = Person::enter(&world).await;
    let mut mailbox = Mailbox::new("eve@example.org");
    eve.confirm(&world, &mut mailbox).await;
    let confirm = async |consents: Option<Vec<ConsentId>>| -> Answered {
        let asked = ask(&world, "eve@example.org").await;
        let code = Mailbox::code(&mut mailbox, &world).await;
        let body = ConfirmLostKey {
            asked,
            code,
            stop: Stop::Withdraw,
            consents,
        };
        Calls::anonymous(&world)
            .post("/v1/accounts/lost-key/confirm", &body)
            .await
    };
    let mut confirm = confirm;
    confirm(Some(vec![pair.sink]))
        .await
        .is_problem(404, "not-found");
    confirm(Some(vec![ConsentId::random()]))
        .await
        .is_problem(404, "not-found");
    let nothing: Stopped = confirm(None).await.json();
    assert_eq!(
        nothing,
        Stopped {
            changed: 0,
            unchanged: 0
        }
    );
    assert_eq!(statuses(&cast, &pair).await, ["active", "active"]);
}

/// Attack: find out whether an address is known.
#[tokio::test]
async fn a_lost_key_tells_nothing_of_an_address() {
    let world = World::new().await;
    let (_, _, mut mailbox) = household(&world).await;
    let known = start(&world, ANN).await;
    let unknown = start(&world, "nob@example.org").await;
    assert_eq!((known.status, unknown.status), (200, 200));
    let [known, unknown] = [known, unknown].map(|answered| answered.json::<LostKeyStarted>());
    assert_eq!(known.expires_at, unknown.expires_at);
    mailbox.code(&world).await;
    assert!(Mailbox::new("nob@example.org").fresh(&world).is_empty());
    let wrong = async |asked: Digest| -> (u16, String) {
        let body = ConfirmLostKey {
            asked,
            code: "BBBB-BBBB".into(),
            stop: Stop::Withdraw,
            consents: None,
        };
        let answered = Calls::anonymous(&world)
            .post("/v1/accounts/lost-key/confirm", &body)
            .await;
        let code = serde_json::from_slice::<serde_json::Value>(&answered.body).unwrap()["code"]
            .to_string();
        (answered.status, code)
    };
    for _ in 0..6 {
        assert_eq!(wrong(known.asked).await, wrong(unknown.asked).await);
    }
}

/// Attack: void the code of somebody else, or try codes against it, knowing the address alone.
#[tokio::test]
async fn nobody_else_uses_up_a_code() {
    let world = World::with(|config| config.trusted_proxies = "127.0.0.1".parse().unwrap()).await;
    let (cast, _, mut mailbox) = household(&world).await;
    let pair = cast.give(&world, true).await;
    let own = ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    let stranger = Calls::anonymous(&world).with("x-forwarded-for", "203.0.113.9");
    let body = StartLostKey {
        email: ANN.into(),
        language: "en".parse().unwrap(),
    };
    for _ in 0..3 {
        let started = stranger.post("/v1/accounts/lost-key/start", &body).await;
        let guess = ConfirmLostKey {
            asked: started.json::<LostKeyStarted>().asked,
            code: code.clone(),
            stop: Stop::Withdraw,
            consents: None,
        };
        for _ in 0..5 {
            let tried = stranger.post("/v1/accounts/lost-key/confirm", &guess).await;
            tried.is_problem(422, "code-wrong");
        }
    }
    let refused = stranger.post("/v1/accounts/lost-key/start", &body).await;
    refused.is_problem(429, "rate-limited");
    let next = ask(&world, ANN).await;
    assert_ne!(own, next, "the owner can still ask");
    let stopped = confirm(&world, own, &code, Stop::Withdraw, None).await;
    assert_eq!(stopped.json::<Stopped>().changed, 1);
    assert_eq!(statuses(&cast, &pair).await, ["withdrawn", "withdrawn"]);
}

/// Attacks: guess, use a code twice, use it late, flood a mailbox.
#[tokio::test]
async fn codes_for_a_lost_key_are_as_strict_as_others() {
    let world = World::new().await;
    let (cast, _, mut mailbox) = household(&world).await;
    let pair = cast.give(&world, true).await;
    let asked = ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    for _ in 0..5 {
        confirm(&world, asked, "BBBB-BBBB", Stop::Withdraw, None)
            .await
            .is_problem(422, "code-wrong");
    }
    confirm(&world, asked, &code, Stop::Withdraw, None)
        .await
        .is_problem(410, "code-spent");

    let asked = ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    world.clock.advance(Span::from_minutes(10));
    confirm(&world, asked, &code, Stop::Withdraw, None)
        .await
        .is_problem(410, "code-spent");

    let asked = ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    assert_eq!(statuses(&cast, &pair).await, ["active", "active"]);
    assert_eq!(
        confirm(&world, asked, &code, Stop::Withdraw, None)
            .await
            .status,
        200
    );
    confirm(&world, asked, &code, Stop::Withdraw, None)
        .await
        .is_problem(410, "code-spent");

    start(&world, ANN).await.is_problem(429, "rate-limited");
    start(&world, "ann").await.is_problem(422, "email-invalid");
}
