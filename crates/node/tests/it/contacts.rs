//! Contacts: whoever reads the mailbox decides, and nobody else.

use assent_api::request_proof::Actor;
use assent_api::v1::contacts::{AskContact, CodeSent, ContactView};
use assent_client::keys::Pseudonym;
use assent_model::time::Span;

use crate::calls::Calls;
use crate::person::{Mailbox, Person, subject};
use crate::world::{BEGIN, World};

const ANN: &str = "ann@example.org";

#[tokio::test]
async fn a_confirmed_address_leads_to_its_party() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    let sent: CodeSent = ann.ask(&world, "Ann@Example.org").await.json();
    assert_eq!(sent.expires_at, BEGIN.as_millis() + 600_000);
    assert!(
        ann.look_up(&world, ANN).await.is_none(),
        "not before the code"
    );
    let code = mailbox.code(&world).await;
    let confirmed = ann.hand_back(&world, &code.to_lowercase()).await;
    assert!(!confirmed.text().contains('@'), "answers can be kept");

    let contact: ContactView = ann.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(
        (contact.email.as_str(), contact.language.as_str()),
        (ANN, "en")
    );
    let found = ann.look_up(&world, ANN).await.unwrap();
    assert_eq!(found.party_id, ann.party());
    assert_eq!(&found.sealing_key, ann.keys.opening.sealing_key());
    let letters = mailbox.wait_for(&world, 1).await;
    assert_eq!(subject(&letters[0]), "Your e-mail address is confirmed");
}

#[tokio::test]
async fn a_contact_survives_a_restart_and_a_code_does_not() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    ann.confirm(&world, &mut mailbox).await;
    ann.ask(&world, "ann@other.example").await;
    let code = Mailbox::new("ann@other.example").code(&world).await;
    let world = world.restarted().await;
    world.clock.advance(Span::from_seconds(1));
    assert_eq!(
        ann.look_up(&world, ANN).await.unwrap().party_id,
        ann.party()
    );
    ann.hand_back(&world, &code)
        .await
        .is_problem(410, "code-spent");
}

/// Attack: register another party and ask for somebody's address.
#[tokio::test]
async fn asking_for_an_address_takes_nothing_from_its_owner() {
    let world = World::new().await;
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    let mut mailbox = Mailbox::new(ANN);
    ann.confirm(&world, &mut mailbox).await;
    mailbox.wait_for(&world, 1).await;
    assert_eq!(eve.ask(&world, ANN).await.status, 200);
    let unread = mailbox.code(&world).await;
    assert_eq!(
        ann.look_up(&world, ANN).await.unwrap().party_id,
        ann.party()
    );

    // The code is good for nobody but who asked, not even for the owner of the mailbox.
    ann.hand_back(&world, &unread)
        .await
        .is_problem(410, "code-spent");
    ann.ask(&world, ANN).await;
    ann.hand_back(&world, &unread)
        .await
        .is_problem(422, "code-wrong");
    assert_eq!(
        eve.look_up(&world, ANN).await.unwrap().party_id,
        ann.party()
    );
    eve.calls(&world)
        .get("/v1/contacts")
        .await
        .is_problem(404, "not-found");
}

/// Attack: guess.
#[tokio::test]
async fn five_guesses_end_a_code() {
    let world = World::new().await;
    let eve = Person::enter(&world).await;
    eve.ask(&world, ANN).await;
    let code = Mailbox::new(ANN).code(&world).await;
    for guess in [
        "BBBB-BBBB",
        "CCCC-CCCC",
        "",
        "DDDD-DDDD",
        "a very long text that is no code",
    ] {
        eve.hand_back(&world, guess)
            .await
            .is_problem(422, "code-wrong");
    }
    eve.hand_back(&world, &code)
        .await
        .is_problem(410, "code-spent");
    assert!(eve.look_up(&world, ANN).await.is_none());
}

/// Attack: guess at several codes at once.
#[tokio::test]
async fn guesses_side_by_side_are_counted_all_the_same() {
    let world = World::new().await;
    let eve = Person::enter(&world).await;
    eve.ask(&world, ANN).await;
    let code = Mailbox::new(ANN).code(&world).await;
    let guess = || eve.hand_back(&world, "BBBB-BBBB");
    let answers = tokio::join!(
        guess(),
        guess(),
        guess(),
        guess(),
        guess(),
        guess(),
        guess()
    );
    let statuses = [
        answers.0, answers.1, answers.2, answers.3, answers.4, answers.5, answers.6,
    ]
    .map(|answer| answer.status);
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5);
    eve.hand_back(&world, &code)
        .await
        .is_problem(410, "code-spent");
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    ann.ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    world.clock.advance(Span::from_minutes(10));
    ann.hand_back(&world, &code)
        .await
        .is_problem(410, "code-spent");
    ann.ask(&world, ANN).await;
    let code = mailbox.code(&world).await;
    assert_eq!(ann.hand_back(&world, &code).await.status, 200);
    ann.hand_back(&world, &code)
        .await
        .is_problem(410, "code-spent");
}

/// The owner of the mailbox decides: a later confirmation moves the address, and both are told.
#[tokio::test]
async fn a_later_confirmation_moves_the_address_and_tells_both() {
    let world = World::new().await;
    let (ann, next) = (Person::enter(&world).await, Person::enter(&world).await);
    let mut mailbox = Mailbox::new(ANN);
    ann.confirm(&world, &mut mailbox).await;
    mailbox.wait_for(&world, 1).await;
    next.confirm(&world, &mut mailbox).await;
    let letters = mailbox.wait_for(&world, 2).await;
    let subjects: Vec<String> = letters.iter().map(|letter| subject(letter)).collect();
    assert_eq!(
        subjects,
        [
            "Your e-mail address is confirmed",
            "Your e-mail address was removed"
        ]
    );
    assert_eq!(
        ann.look_up(&world, ANN).await.unwrap().party_id,
        next.party()
    );
    ann.calls(&world)
        .get("/v1/contacts")
        .await
        .is_problem(404, "not-found");
    let contact: ContactView = next.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(contact.email, ANN);
}

#[tokio::test]
async fn another_address_replaces_the_first_and_the_first_is_told() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let (mut old, mut new) = (Mailbox::new(ANN), Mailbox::new("ann@new.example"));
    ann.confirm(&world, &mut old).await;
    old.wait_for(&world, 1).await;
    ann.confirm(&world, &mut new).await;
    let told = old.wait_for(&world, 1).await;
    assert_eq!(subject(&told[0]), "Your e-mail address was removed");
    assert!(ann.look_up(&world, ANN).await.is_none());
    let contact: ContactView = ann.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(contact.email, "ann@new.example");
    // And back again.
    ann.confirm(&world, &mut old).await;
    let contact: ContactView = ann.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(contact.email, ANN);
    // Only what is in use is kept.
    let owner = ann.party().to_string();
    let kept = world.running.node().store.vault_of(&owner).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn confirming_the_same_address_again_changes_nothing() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    ann.confirm(&world, &mut mailbox).await;
    mailbox.wait_for(&world, 1).await;
    ann.confirm(&world, &mut mailbox).await;
    let letters = mailbox.wait_for(&world, 1).await;
    assert_eq!(subject(&letters[0]), "Your e-mail address is confirmed");
    assert_eq!(
        ann.look_up(&world, ANN).await.unwrap().party_id,
        ann.party()
    );
    let contact: ContactView = ann.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(contact.email, ANN);
}

#[tokio::test]
async fn codes_are_limited_by_party_and_by_address() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    for place in 0..5 {
        let sent = ann.ask(&world, &format!("ann{place}@example.org")).await;
        assert_eq!(sent.status, 200);
    }
    let sixth = ann.ask(&world, "ann5@example.org").await;
    sixth.is_problem(429, "rate-limited");
    assert!(sixth.headers.contains_key("retry-after"));

    // Several parties cannot fill one mailbox together either.
    for _ in 0..5 {
        let eve = Person::enter(&world).await;
        assert_eq!(eve.ask(&world, "bob@example.org").await.status, 200);
    }
    let eve = Person::enter(&world).await;
    eve.ask(&world, "BOB@example.org")
        .await
        .is_problem(429, "rate-limited");

    world.clock.advance(Span::from_minutes(60));
    assert_eq!(ann.ask(&world, "bob@example.org").await.status, 200);
}

#[tokio::test]
async fn only_plain_addresses_are_written_to() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    for email in [
        "",
        "ann",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nSubject: hello",
        "Ann <ann@example.org>",
        "ann@example.org,eve@example.org",
    ] {
        ann.ask(&world, email)
            .await
            .is_problem(422, "email-invalid");
    }
    assert!(!world.config.data_dir.join("mail").exists());
}

#[tokio::test]
async fn letters_are_in_the_language_that_was_asked_for() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    for (language, word) in [
        ("nl-NL", "Uw code is"),
        ("da", "Din kode er"),
        ("fr", "Your code is"),
    ] {
        let body = AskContact {
            email: ANN.into(),
            language: language.parse().unwrap(),
        };
        ann.calls(&world).post("/v1/contacts", &body).await;
        let letters = mailbox.wait_for(&world, 1).await;
        assert!(letters[0].contains(word), "{language}: {}", letters[0]);
        assert!(!letters[0].contains(&ann.party().to_string()));
    }
}

/// Attacks: no proof, a proof used twice, for another body, for another target, of a pseudonym, by
/// the wrong key.
#[tokio::test]
async fn contacts_want_a_proof_of_the_party_for_exactly_this() {
    let world = World::new().await;
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    let target = "/v1/contacts";
    let body = |email: &str| {
        serde_json::to_vec(&AskContact {
            email: email.into(),
            language: "en".parse().unwrap(),
        })
        .unwrap()
    };
    let anonymous = Calls::anonymous(&world);
    anonymous
        .post_bytes(target, body(ANN))
        .await
        .is_problem(401, "unauthenticated");

    let proof = world
        .signer()
        .request_proof((&ann.keys).into(), "POST", target, Some(&body(ANN)));
    let with_proof = anonymous.with("authorization", &proof);
    with_proof
        .post_bytes(target, body("eve@example.org"))
        .await
        .is_problem(401, "unauthenticated");
    with_proof
        .post_bytes("/v1/contacts/confirmations", body(ANN))
        .await
        .is_problem(401, "unauthenticated");
    assert_eq!(with_proof.post_bytes(target, body(ANN)).await.status, 200);
    with_proof
        .post_bytes(target, body(ANN))
        .await
        .is_problem(401, "proof-replayed");

    let pseudonym = Pseudonym::generate();
    let by_pseudonym = Calls::by(&world, &pseudonym)
        .post_bytes(target, body(ANN))
        .await;
    by_pseudonym.is_problem(403, "forbidden");

    let forged = assent_api::request_proof::RequestProof {
        actor: Actor::Party(ann.party()),
        htm: "GET".into(),
        htu: target.into(),
        body: None,
    };
    let forged = world.signer().sign(&eve.keys.signing, forged);
    let forged = anonymous.with("authorization", &format!("Assent {}", forged.compact()));
    forged.get(target).await.is_problem(401, "unauthenticated");
}
