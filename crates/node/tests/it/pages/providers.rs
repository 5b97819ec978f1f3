//! Signing in at an identity provider; and providers, subjects and browsers that should not get in.

use assent_api::v1::sign_in::{BindingList, BindingMade, NewBinding};
use assent_client::http::{Identified, NodeClient};
use assent_client::keys::PartyKeys;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::Span;
use assent_node::clock::Clock;
use assent_node::config::IdentityProvider;
use serde_json::json;

use super::browser::{Browser, location};
use super::identity_provider::{Provider, Signing};
use crate::calls::{Answered, Calls};
use crate::world::{BEGIN, World};

const SUBJECT: &str = "248289761001";

struct Scene {
    world: World,
    provider: Provider,
    /// An organisation for which the subject acts.
    keys: PartyKeys,
}

async fn enter(world: &World, kind: PartyKind) -> PartyKeys {
    let keys = PartyKeys::generate();
    let client = NodeClient::new(&world.url("/")).unwrap();
    let signer = world.signer();
    let enrolled = client.enrol(&signer, &keys, kind, Custody::Independent);
    enrolled.await.unwrap();
    keys
}

async fn bind(world: &World, keys: &PartyKeys, issuer: &str, subject: &str) -> Answered {
    let body = json!({ "issuer": issuer, "subject": subject });
    Calls::by(world, keys)
        .post("/v1/sign-in-bindings", &body)
        .await
}

impl Scene {
    async fn set() -> Self {
        // The clock of the world begins where all do, and moves when told.
        let provider = Provider::start(Clock::manual(BEGIN)).await;
        let settings = provider.settings("acme");
        let world = World::with(|config| config.identity_providers.push(settings)).await;
        let keys = enter(&world, PartyKind::Organisation).await;
        let bound = bind(&world, &keys, provider.issuer(), SUBJECT).await;
        let _: BindingMade = bound.json();
        Self {
            world,
            provider,
            keys,
        }
    }

    /// Goes to the provider and comes back as a subject.
    async fn sign_in(&self, browser: &mut Browser, subject: &str) -> Answered {
        let sent = browser
            .get("/sign-in/providers/acme?here=/console/services")
            .await;
        let (code, state) = self.provider.let_in(&location(&sent), subject);
        browser.get(&back(&code, &state)).await
    }
}

fn back(code: &str, state: &str) -> String {
    format!("/sign-in/providers/acme/callback?code={code}&state={state}")
}

/// A page that says no.
#[track_caller]
fn says_no(answer: &Answered, status: u16, code: &str) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert!(text.contains(code), "{code}: {text}");
}

#[tokio::test]
async fn a_subject_acts_for_the_organisation_that_has_said_so() {
    let scene = Scene::set().await;
    let mut browser = Browser::new(&scene.world);
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains("Acme &#60;b&#62;"), "{page}");
    let known = browser.cookie("assent-session");
    let signed_in = scene.sign_in(&mut browser, SUBJECT).await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.text());
    assert_eq!(location(&signed_in), "/console/services");
    assert_eq!(browser.get("/console/services").await.status, 200);
    assert_ne!(
        browser.cookie("assent-session"),
        known,
        "a session of its own"
    );

    scene.provider.sign_with(Signing::Rs256);
    let mut other = Browser::new(&scene.world);
    assert_eq!(scene.sign_in(&mut other, SUBJECT).await.status, 303);
    scene.provider.sign_with(Signing::Rolled);
    let mut other = Browser::new(&scene.world);
    assert_eq!(
        scene.sign_in(&mut other, SUBJECT).await.status,
        303,
        "new keys are asked for"
    );
}

/// Attacks by who makes or changes tokens.
#[tokio::test]
async fn a_token_that_does_not_hold_signs_nobody_in() {
    let scene = Scene::set().await;
    let mut browser = Browser::new(&scene.world);
    let now = BEGIN.as_seconds();
    let claims = [
        ("iss", json!("http://evil.example")),
        ("iss", json!(format!("{}/", scene.provider.issuer()))),
        ("aud", json!("another-client")),
        ("aud", json!(["this-node", "another-client"])),
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("exp", json!(now)),
        ("iat", json!(now - 3600)),
        ("iat", json!(now + 3600)),
        ("sub", json!(null)),
    ];
    for (name, value) in claims {
        let what = format!("{name}: {value}");
        scene
            .provider
            .spoil(move |claims| claims[name] = value.clone());
        let refused = scene.sign_in(&mut browser, SUBJECT).await;
        assert_eq!(refused.status, 403, "{what}: {}", refused.text());
        says_no(&refused, 403, "provider-refused");
    }
    scene.provider.honest();
    for signing in [Signing::None, Signing::Hs256, Signing::Stranger] {
        scene.provider.sign_with(signing);
        let refused = scene.sign_in(&mut browser, SUBJECT).await;
        assert_eq!(refused.status, 403, "{signing:?}");
        says_no(&refused, 403, "provider-refused");
    }
    assert_eq!(browser.get("/console/services").await.status, 303);
    scene.provider.honest();
    assert_eq!(scene.sign_in(&mut browser, SUBJECT).await.status, 303);
}

/// Attacks by who sends a browser to the callback: the state of another browser, a code that was used,
/// another provider's answer, none at all.
#[tokio::test]
async fn who_was_not_sent_there_does_not_come_back() {
    let scene = Scene::set().await;
    let mut eve = Browser::new(&scene.world);
    let sent = eve.get("/sign-in/providers/acme").await;
    let (code, state) = scene.provider.let_in(&location(&sent), SUBJECT);
    let mut victim = Browser::new(&scene.world);
    says_no(
        &victim.get(&back(&code, &state)).await,
        410,
        "ceremony-spent",
    );
    victim.get("/sign-in/providers/acme").await;
    says_no(
        &victim.get(&back(&code, &state)).await,
        410,
        "ceremony-spent",
    );
    says_no(&victim.get(&back(&code, "")).await, 410, "ceremony-spent");
    assert_eq!(victim.get("/console/services").await.status, 303);

    let path = format!("{}&iss=http%3A%2F%2Fevil.example", back(&code, &state));
    says_no(&eve.get(&path).await, 403, "provider-refused");
    says_no(&eve.get(&back(&code, &state)).await, 410, "ceremony-spent");
    let sent = eve.get("/sign-in/providers/acme").await;
    let (_, state) = scene.provider.let_in(&location(&sent), SUBJECT);
    let path = format!("/sign-in/providers/acme/callback?error=access_denied&state={state}");
    says_no(&eve.get(&path).await, 403, "provider-refused");

    assert_eq!(scene.sign_in(&mut eve, SUBJECT).await.status, 303);
    let mut thief = Browser::new(&scene.world);
    let sent = thief.get("/sign-in/providers/acme").await;
    let (used, state) = scene.provider.let_in(&location(&sent), SUBJECT);
    assert_eq!(thief.get(&back(&used, &state)).await.status, 303);
    let sent = thief.get("/sign-in/providers/acme").await;
    let (_, state) = scene.provider.let_in(&location(&sent), SUBJECT);
    says_no(
        &thief.get(&back(&used, &state)).await,
        403,
        "provider-refused",
    );
    // A code that was got with another challenge.
    let (mut one, mut two) = (Browser::new(&scene.world), Browser::new(&scene.world));
    let sent = one.get("/sign-in/providers/acme").await;
    let (code, _) = scene.provider.let_in(&location(&sent), SUBJECT);
    let sent = two.get("/sign-in/providers/acme").await;
    let (_, state) = scene.provider.let_in(&location(&sent), SUBJECT);
    says_no(
        &two.get(&back(&code, &state)).await,
        403,
        "provider-refused",
    );
    assert_eq!(one.get("/sign-in/providers/another").await.status, 404);
}

#[tokio::test]
async fn a_subject_acts_for_one_party_and_only_while_it_says_so() {
    let scene = Scene::set().await;
    let (world, issuer) = (&scene.world, scene.provider.issuer());
    let again: BindingMade = bind(world, &scene.keys, issuer, SUBJECT).await.json();
    let other = enter(world, PartyKind::Organisation).await;
    let taken = bind(world, &other, issuer, SUBJECT).await;
    taken.is_problem(409, "subject-taken");
    let person = enter(world, PartyKind::Person).await;
    let forbidden = bind(world, &person, issuer, "another").await;
    forbidden.is_problem(403, "forbidden");
    let slash = format!("{issuer}/");
    let unknown = bind(world, &scene.keys, &slash, SUBJECT).await;
    unknown.is_problem(422, "provider-unknown");
    let empty = bind(world, &scene.keys, issuer, "").await;
    empty.is_problem(422, "subject-invalid");

    let mut browser = Browser::new(world);
    let stranger = scene.sign_in(&mut browser, "<b>stranger</b>").await;
    assert_eq!(stranger.status, 403);
    assert!(stranger.text().contains("stranger") && !stranger.text().contains("<b>"));
    let listed: BindingList = Calls::by(world, &scene.keys)
        .get("/v1/sign-in-bindings")
        .await
        .json();
    let [view] = &listed.bindings[..] else {
        panic!("one binding");
    };
    assert_eq!(
        (view.subject.as_str(), view.issuer.as_str()),
        (SUBJECT, issuer)
    );
    let path = format!("/v1/sign-in-bindings/{}", again.binding_id);
    let not_theirs = Calls::by(world, &other).delete(&path).await;
    not_theirs.is_problem(404, "not-found");
    assert_eq!(
        Calls::by(world, &scene.keys).delete(&path).await.status,
        204
    );
    assert_eq!(scene.sign_in(&mut browser, SUBJECT).await.status, 403);

    let client = NodeClient::new(&world.url("/")).unwrap();
    let signer = world.signer();
    let who = Identified {
        signer: &signer,
        caller: (&other).into(),
    };
    let body = NewBinding {
        issuer: issuer.into(),
        subject: SUBJECT.into(),
    };
    client.bind_sign_in(who, &body).await.unwrap();
    assert_eq!(
        client.sign_in_bindings(who).await.unwrap().bindings.len(),
        1
    );
}

/// A provider that remembers somebody has not seen the person: that is not enough to take things away.
#[tokio::test]
async fn being_remembered_is_not_a_fresh_sign_in() {
    let scene = Scene::set().await;
    let mut browser = Browser::new(&scene.world);
    scene.sign_in(&mut browser, SUBJECT).await;
    let erase = browser.get("/home/account/erase").await;
    assert!(location(&erase).contains("again=true"));
    let again = "/sign-in/providers/acme?again=true&here=/home/account/erase";
    let sent = location(&browser.get(again).await);
    assert!(
        sent.contains("prompt=login") && sent.contains("max_age=0"),
        "{sent}"
    );
    let (code, state) = scene.provider.let_in(&sent, SUBJECT);
    assert_eq!(browser.get(&back(&code, &state)).await.status, 303);
    assert_eq!(browser.get("/home/account/erase").await.status, 200);

    scene
        .provider
        .spoil(|claims| claims["auth_time"] = json!(BEGIN.as_seconds() - 3600));
    let sent = location(&browser.get(again).await);
    let (code, state) = scene.provider.let_in(&sent, SUBJECT);
    says_no(
        &browser.get(&back(&code, &state)).await,
        403,
        "provider-refused",
    );
}

#[tokio::test]
async fn a_provider_that_is_away_or_another_sends_nobody_anywhere() {
    let provider = Provider::start(Clock::manual(BEGIN)).await;
    provider.describe_as("http://evil.example");
    let away = IdentityProvider {
        issuer: "http://127.0.0.1:9".into(),
        ..provider.settings("away")
    };
    let walled = IdentityProvider {
        issuer: "https://localhost.example".into(),
        private: false,
        ..provider.settings("walled")
    };
    let settings = [provider.settings("acme"), away, walled];
    let world = World::with(|config| config.identity_providers.extend(settings)).await;
    let mut browser = Browser::new(&world);
    for id in ["acme", "away", "walled"] {
        let answer = browser.get(&format!("/sign-in/providers/{id}")).await;
        assert_eq!(answer.status, 503, "{id}");
        says_no(&answer, 503, "provider-unavailable");
    }
    world.clock.advance(Span::from_minutes(1));
}

#[test]
fn settings_that_cannot_be_are_refused_and_secrets_are_hidden() {
    let good = IdentityProvider {
        id: "acme".into(),
        name: "Acme".into(),
        issuer: "https://login.acme.example".into(),
        client_id: "node".into(),
        client_secret: "do not show".into(),
        private: false,
    };
    let check = |all: &[IdentityProvider]| {
        let config = assent_node::config::Config {
            identity_providers: all.to_vec(),
            ..Default::default()
        };
        (config.check().is_ok(), config.printed())
    };
    let (is_good, printed) = check(std::slice::from_ref(&good));
    assert!(is_good && printed.contains("(hidden)") && !printed.contains("do not show"));
    assert!(!check(&[good.clone(), good.clone()]).0, "twice");
    let spoil: [fn(&mut IdentityProvider); 6] = [
        |one| one.id = "../acme".into(),
        |one| one.name = String::new(),
        |one| one.client_id = String::new(),
        |one| one.issuer = "http://login.acme.example".into(),
        |one| one.issuer = "https://127.0.0.1".into(),
        |one| one.issuer = "https://user:word@login.acme.example".into(),
    ];
    for spoil in spoil {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(!check(std::slice::from_ref(&bad)).0, "{bad:?}");
    }
}
