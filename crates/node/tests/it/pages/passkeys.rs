//! Passkeys: made, used to sign in and to step up, removed; and those who should not get in.

use assent_api::v1::accounts::AccountExport;
use assent_model::ids::PartyId;
use assent_model::time::Span;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::browser::Browser;
use crate::calls::Answered;
use crate::person::{Mailbox, subject};
use crate::world::World;

const ANN: &str = "ann@example.org";

/// What makes an authenticator one that should not get in.
type Spoil = fn(&mut Authenticator);

struct Scene {
    world: World,
    browser: Browser,
    party: PartyId,
}

impl Scene {
    async fn set() -> Self {
        let world = World::new().await;
        let (browser, party) = Browser::of_hosted(&world, ANN).await;
        Self {
            world,
            browser,
            party,
        }
    }

    fn authenticator(&self) -> Authenticator {
        Authenticator::at(&self.world.running.node().config.public_url)
    }

    /// Makes a passkey; what was answered.
    async fn make(&mut self, authenticator: &mut Authenticator, name: &str) -> Answered {
        let asked = ask(&mut self.browser, "/home/account/passkeys/begin").await;
        let made = json!({ "name": name, "credential": authenticator.make(&asked) });
        self.browser
            .post_json(&[], "/home/account/passkeys", &made)
            .await
    }

    /// An authenticator with a passkey of the account.
    async fn passkey(&mut self) -> Authenticator {
        let mut authenticator = self.authenticator();
        let made = self.make(&mut authenticator, "My phone").await;
        assert_eq!(made.status, 204, "{}", made.text());
        authenticator
    }

    async fn export(&mut self) -> AccountExport {
        self.browser.get("/home/account/export").await.json()
    }
}

async fn ask(browser: &mut Browser, path: &str) -> Value {
    browser.post_json(&[], path, &json!({})).await.json()
}

/// Signs in with what an authenticator answers to what was asked.
async fn sign_in(
    browser: &mut Browser,
    answer: impl FnOnce(&Value) -> Value,
    here: &str,
) -> Answered {
    let asked = ask(browser, "/sign-in/passkey/begin").await;
    let answered = json!({ "credential": answer(&asked), "here": here });
    browser.post_json(&[], "/sign-in/passkey", &answered).await
}

#[tokio::test]
async fn a_passkey_signs_in_without_an_address_and_steps_up() {
    let mut scene = Scene::set().await;
    let mut passkey = scene.passkey().await;
    let asked = ask(&mut scene.browser, "/home/account/passkeys/begin").await;
    assert_eq!(
        asked["publicKey"]["authenticatorSelection"]["residentKey"],
        "preferred"
    );
    assert_eq!(
        asked["publicKey"]["excludeCredentials"][0]["type"],
        "public-key"
    );
    assert!(
        !asked.to_string().contains(&scene.party.to_string()),
        "the handle names nobody"
    );

    let mut other = Browser::new(&scene.world);
    let asked = ask(&mut other, "/sign-in/passkey/begin").await;
    assert!(
        asked.get("mediation").is_none() && asked["publicKey"]["allowCredentials"] == json!([])
    );
    let signed_in = sign_in(&mut other, |asked| passkey.answer(asked), "/home/account").await;
    let onwards: Value = signed_in.json();
    assert_eq!(onwards, json!({ "here": "/home/account" }));
    let account = other.get("/home/account").await.text();
    assert!(account.contains("My phone") && account.contains(&scene.party.to_string()));

    scene.world.clock.advance(Span::from_minutes(10));
    let erase = "/home/account/erase";
    assert_eq!(other.get(erase).await.status, 303, "too long ago");
    let again = sign_in(&mut other, |asked| passkey.answer(asked), erase).await;
    assert_eq!(again.status, 200);
    assert_eq!(other.get(erase).await.status, 200);
    let elsewhere = sign_in(&mut other, |asked| passkey.answer(asked), "//evil.example").await;
    assert_eq!(elsewhere.json::<Value>(), json!({ "here": "/home" }));

    let [kept] = &scene.export().await.passkeys[..] else {
        panic!("one passkey");
    };
    assert_eq!((kept.name.as_str(), kept.stopped), ("My phone", false));
    assert_eq!(kept.used_at, Some(scene.world.clock.now().as_millis()));
}

#[tokio::test]
async fn a_new_passkey_is_written_about_and_one_that_is_removed_signs_in_no_more() {
    let mut scene = Scene::set().await;
    let mut mailbox = Mailbox::new(ANN);
    mailbox.wait_for(&scene.world, 2).await;
    let mut passkey = scene.passkey().await;
    let letters = mailbox.wait_for(&scene.world, 1).await;
    assert_eq!(subject(&letters[0]), "A passkey was added to your account");
    let id = scene.export().await.passkeys[0].passkey_id.clone();
    let remove = format!("/home/account/passkeys/{id}/remove");

    let (mut eve, _) = Browser::of_hosted(&scene.world, "eve@example.org").await;
    assert_eq!(eve.press(&remove, None).await, 404, "of somebody else");
    assert_eq!(eve.get(&remove).await.status, 404, "of somebody else");
    let (status, asked) = scene.browser.look(&remove).await;
    assert_eq!(status, 200);
    assert!(asked.contains("My phone") && asked.contains(&format!("action=\"{remove}\"")));
    let account = scene.browser.get("/home/account").await.text();
    assert!(account.contains("My phone"), "looking removes nothing");
    scene.world.clock.advance(Span::from_minutes(10));
    let late = scene.browser.get(&remove).await;
    assert!(late.header("location").contains("again=true"), "not fresh");
    let late = scene.browser.post(&remove, &[]).await;
    assert!(late.header("location").contains("again=true"), "not fresh");
    assert_eq!(
        scene.browser.get("/home/account/passkeys/new").await.status,
        303
    );
    let asked = scene
        .browser
        .post_json(&[], "/home/account/passkeys/begin", &json!({}))
        .await;
    asked.is_problem(403, "sign-in-again");

    let again = sign_in(&mut scene.browser, |asked| passkey.answer(asked), "/home").await;
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(scene.browser.press(&remove, None).await, 303);
    assert!(scene.export().await.passkeys.is_empty());
    let refused = sign_in(&mut scene.browser, |asked| passkey.answer(asked), "/home").await;
    refused.is_problem(403, "passkey-refused");
}

/// Attacks on making one: what was asked of another browser or before, another site, no person, a key
/// that is known, an authenticator that cannot be used.
#[tokio::test]
async fn what_no_authenticator_made_here_is_not_kept() {
    let mut scene = Scene::set().await;
    let end = "/home/account/passkeys";
    let mut honest = scene.authenticator();
    let asked = ask(&mut scene.browser, "/home/account/passkeys/begin").await;
    let made = json!({ "name": "", "credential": honest.make(&asked) });
    let (mut eve, _) = Browser::of_hosted(&scene.world, "eve@example.org").await;
    eve.post_json(&[], end, &made)
        .await
        .is_problem(410, "ceremony-spent");
    ask(&mut eve, "/home/account/passkeys/begin").await;
    eve.post_json(&[], end, &made)
        .await
        .is_problem(403, "passkey-refused");
    assert_eq!(scene.browser.post_json(&[], end, &made).await.status, 204);
    scene
        .browser
        .post_json(&[], end, &made)
        .await
        .is_problem(410, "ceremony-spent");
    assert_eq!(scene.export().await.passkeys[0].name, "Passkey");

    let again = scene.make(&mut honest, "again").await;
    again.is_problem(409, "passkey-taken");
    let wrong: [(&str, Spoil); 4] = [
        ("passkey-refused", |one| {
            one.origin = "https://evil.example".into();
        }),
        ("passkey-refused", |one| one.site = "evil.example"),
        ("passkey-refused", Authenticator::unverified),
        ("passkey-unsuitable", |one| one.finds = false),
    ];
    for (code, spoil) in wrong {
        let mut authenticator = scene.authenticator();
        spoil(&mut authenticator);
        let refused = scene.make(&mut authenticator, "wrong").await;
        assert_eq!(refused.problem().unwrap().code, code);
    }
    let asked = ask(&mut scene.browser, "/home/account/passkeys/begin").await;
    scene.world.clock.advance(Span::from_minutes(5));
    let late = json!({ "name": "", "credential": scene.authenticator().make(&asked) });
    scene
        .browser
        .post_json(&[], end, &late)
        .await
        .is_problem(410, "ceremony-spent");
    assert_eq!(scene.export().await.passkeys.len(), 1);
}

/// Attacks on signing in: a replay, another browser's answer, another site, no person, another account,
/// an answer that was changed, a key that nobody knows.
#[tokio::test]
async fn what_no_passkey_answered_signs_nobody_in() {
    let mut scene = Scene::set().await;
    let mut passkey = scene.passkey().await;
    let mut eve = Browser::new(&scene.world);
    let asked = ask(&mut eve, "/sign-in/passkey/begin").await;
    let answered = json!({ "credential": passkey.answer(&asked) });
    let mut other = Browser::new(&scene.world);
    let end = "/sign-in/passkey";
    other
        .post_json(&[], end, &answered)
        .await
        .is_problem(410, "ceremony-spent");
    ask(&mut other, "/sign-in/passkey/begin").await;
    other
        .post_json(&[], end, &answered)
        .await
        .is_problem(403, "passkey-refused");
    assert_eq!(eve.post_json(&[], end, &answered).await.status, 200);
    eve.post_json(&[], end, &answered)
        .await
        .is_problem(410, "ceremony-spent");

    let mut thief = Browser::new(&scene.world);
    let wrong: [Spoil; 4] = [
        |one| one.origin = "https://evil.example".into(),
        |one| one.site = "evil.example",
        |one| one.flags = 0x01,
        |one| one.account = vec![7; 16],
    ];
    for (place, spoil) in wrong.into_iter().enumerate() {
        let mut passkey = scene.passkey().await;
        spoil(&mut passkey);
        let refused = sign_in(&mut thief, |asked| passkey.answer(asked), "/home").await;
        refused.is_problem(403, "passkey-refused");
        assert_eq!(thief.get("/home").await.status, 303, "{place}");
    }
    let forged = sign_in(
        &mut thief,
        |asked| {
            let mut answer = passkey.answer(asked);
            let stranger = scene.world.running.node().config.public_url.clone();
            let mut stranger = Authenticator::at(&stranger);
            stranger.account.clone_from(&passkey.account);
            answer["response"] = stranger.answer(asked)["response"].take();
            answer
        },
        "/home",
    );
    forged.await.is_problem(403, "passkey-refused");
    let mut stranger = scene.authenticator();
    stranger.account.clone_from(&passkey.account);
    let refused = sign_in(&mut thief, |asked| stranger.answer(asked), "/home").await;
    refused.is_problem(403, "passkey-refused");
    assert_eq!(thief.get("/home").await.status, 303);
}

#[tokio::test]
async fn a_passkey_that_may_have_been_copied_is_stopped_and_the_person_is_told() {
    let mut scene = Scene::set().await;
    let mut mailbox = Mailbox::new(ANN);
    let mut passkey = scene.passkey().await;
    mailbox.wait_for(&scene.world, 3).await;
    let mut browser = Browser::new(&scene.world);
    let before = passkey.count;
    assert_eq!(
        sign_in(&mut browser, |asked| passkey.answer(asked), "")
            .await
            .status,
        200
    );
    // The copy counts from where it was copied.
    passkey.count = before;
    let mut thief = Browser::new(&scene.world);
    let copied = sign_in(&mut thief, |asked| passkey.answer(asked), "").await;
    copied.is_problem(403, "passkey-stopped");
    // Among letters about who signed in, in whatever order they come.
    let stopped = "A passkey of your account was stopped";
    mailbox.about(&scene.world, stopped).await;
    passkey.count = 100;
    let stopped = sign_in(&mut thief, |asked| passkey.answer(asked), "").await;
    stopped.is_problem(403, "passkey-stopped");
    assert_eq!(thief.get("/home").await.status, 303);
    let account = browser.get("/home/account").await.text();
    assert!(account.contains("Stopped: may have been copied"));

    let mut uncounted = scene.authenticator();
    uncounted.count = 0;
    assert_eq!(scene.make(&mut uncounted, "synced").await.status, 204);
    for _ in 0..2 {
        let signed_in = sign_in(&mut browser, |asked| uncounted.answer(asked), "").await;
        assert_eq!(signed_in.status, 200, "one that does not count is no copy");
    }
}

#[tokio::test]
async fn passkeys_end_with_the_account_and_not_with_the_sessions() {
    let mut scene = Scene::set().await;
    let mut passkey = scene.passkey().await;
    assert_eq!(
        scene.browser.press("/home/account/sign-out", None).await,
        303
    );
    let mut browser = Browser::new(&scene.world);
    assert_eq!(
        sign_in(&mut browser, |asked| passkey.answer(asked), "")
            .await
            .status,
        200
    );
    let party = scene.party.to_string();
    let erased = browser
        .post("/home/account/erase", &[("party", &party)])
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    let refused = sign_in(&mut browser, |asked| passkey.answer(asked), "").await;
    refused.is_problem(403, "passkey-refused");
}

#[tokio::test]
async fn an_account_has_only_so_many() {
    let mut scene = Scene::set().await;
    for _ in 0..16 {
        scene.passkey().await;
    }
    let one_more = scene
        .browser
        .post_json(&[], "/home/account/passkeys/begin", &json!({}))
        .await;
    one_more.is_problem(409, "too-many-passkeys");
}

/// Browsers have passkeys for names alone.
#[tokio::test]
async fn at_a_bare_address_there_are_none() {
    let world = World::with(|config| config.public_url = "http://127.0.0.1:8440".into()).await;
    let (mut browser, _) = Browser::of_hosted(&world, ANN).await;
    assert_eq!(browser.get("/home/account/passkeys/new").await.status, 404);
    assert!(
        !browser
            .get("/home/account")
            .await
            .text()
            .contains("passkey")
    );
    let asked = browser
        .post_json(&[], "/sign-in/passkey/begin", &json!({}))
        .await;
    asked.is_problem(404, "not-found");
}
