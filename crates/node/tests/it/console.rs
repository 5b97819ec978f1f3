//! The console: whose it is, what it shows, and what it refuses.

use assent_client::keys::PartyKeys;
use assent_client::statements::change::Change;
use assent_crypto::signature::SigningKey;
use assent_model::ids::ServiceId;
use serde_json::{Value, json};

use crate::household::{Cast, Provider};
use crate::person::Person;
use crate::world::World;

/// A browser that somebody is signed in at.
struct Browser {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

struct Shown {
    status: u16,
    location: Option<String>,
    text: String,
}

impl Browser {
    fn new(world: &World) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let base = world.url("");
        let cookie = String::new();
        Self { http, base, cookie }
    }

    /// Signs a party in by a link that its key makes.
    async fn of(world: &World, cast: &Cast, keys: &PartyKeys) -> Self {
        let link = cast.client.sign_in_link(&world.signer(), keys, None).await;
        Self::following(world, &link.unwrap().url).await
    }

    /// Follows a link that signs in.
    async fn following(world: &World, url: &str) -> Self {
        let mut browser = Self::new(world);
        let path = url.split_once("/sign-in/").unwrap().1;
        let request = browser.http.post(world.url(&format!("/sign-in/{path}")));
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 303);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        cookie
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut browser.cookie);
        browser
    }

    async fn provider(world: &World, cast: &Cast, provider: &Provider) -> Self {
        Self::of(world, cast, &provider.keys).await
    }

    async fn sent(&self, request: reqwest::RequestBuilder) -> Shown {
        let request = request.header("cookie", &self.cookie);
        let response = request.send().await.unwrap();
        let location = response.headers().get("location");
        Shown {
            status: response.status().as_u16(),
            location: location.map(|value| value.to_str().unwrap().to_owned()),
            text: response.text().await.unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Shown {
        self.sent(self.http.get(format!("{}{path}", self.base)))
            .await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        self.sent(request).await
    }
}

/// Fields as a form sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let part = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pair = |(name, value): &(&str, &str)| format!("{}={}", part(name), part(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn id_of(provider: &Provider) -> ServiceId {
    provider.description.service_id
}

fn json_of(provider: &Provider) -> Value {
    serde_json::to_value(&provider.description).unwrap()
}

#[tokio::test]
async fn the_console_is_for_its_organisation_alone() {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    let receiver = crate::receiver::Receiver::start().await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    let archive = Browser::provider(&world, &cast, &cast.archive).await;
    let person = Person::enter(&world).await;
    let person = Browser::of(&world, &cast, &person.keys).await;
    let anonymous = Browser::new(&world);

    let text = json_of(&cast.adviser).to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let saved = adviser.post("/console/drafts", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let draft = saved.location.unwrap();
    let service = id_of(&cast.adviser);
    let paths = [
        "/console/services".to_owned(),
        format!("/console/services/{service}"),
        format!("/console/services/{service}/versions/1"),
        format!("/console/services/{service}/consents"),
        format!("/console/services/{service}/acknowledgements"),
        format!("/console/drafts/new?service={service}"),
        draft.clone(),
        format!("{draft}/file"),
        "/console/webhooks".into(),
        format!("/console/webhooks/{}", endpoint.webhook_id),
    ];
    for path in &paths {
        let own = adviser.get(path).await;
        assert_eq!(own.status, 200, "{path}: {}", own.text);
        assert!(own.text.len() < 150_000, "{path}");
        assert_eq!(person.get(path).await.status, 404, "{path}");
        let sent_away = anonymous.get(path).await;
        assert_eq!(sent_away.status, 303, "{path}");
        assert!(sent_away.location.unwrap().starts_with("/sign-in?here="));
        let is_everybodys = path == "/console/services" || path == "/console/webhooks";
        let expected = if is_everybodys { 200 } else { 404 };
        let others = archive.get(path).await;
        assert_eq!(others.status, expected, "{path}");
        assert!(!others.text.contains(&service.to_string()), "{path}");
    }
    let posts = [
        draft.clone(),
        format!("/console/webhooks/{}", endpoint.webhook_id),
    ];
    for path in &posts {
        let fields = [("text", "{}"), ("action", "disable"), ("revision", "1")];
        assert_eq!(archive.post(path, &fields).await.status, 404, "{path}");
        assert_eq!(person.post(path, &fields).await.status, 404, "{path}");
    }
    for path in [
        "/operator",
        "/operator/parties",
        "/operator/log",
        "/operator/settings",
    ] {
        assert_eq!(adviser.get(path).await.status, 404, "{path}");
        assert_eq!(person.get(path).await.status, 404, "{path}");
        assert_eq!(anonymous.get(path).await.status, 303, "{path}");
    }
}

#[tokio::test]
async fn what_changes_something_is_refused_from_another_site() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    for path in ["/console/drafts", "/console/webhooks"] {
        let request = adviser.http.post(format!("{}{path}", adviser.base));
        let request = request
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://evil.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&[("text", "{}"), ("action", "save")]));
        assert_eq!(adviser.sent(request).await.status, 403, "{path}");
    }
    assert!(
        !adviser
            .get("/console/services")
            .await
            .text
            .contains("/console/drafts/A")
    );
}

#[tokio::test]
async fn a_bad_description_gets_errors_that_lead_to_lines() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    let good = json_of(&cast.adviser);
    let changed = |pointer: &str, value: Value| {
        let mut description = good.clone();
        *description.pointer_mut(pointer).unwrap() = value;
        description.to_string()
    };
    let mut twice = good.clone();
    let dataset = twice["datasets"][0].clone();
    twice["datasets"].as_array_mut().unwrap().push(dataset);
    let other = PartyKeys::generate().party_id().to_string();
    let cases = [
        ("{ \"name\": ".to_owned(), "JSON"),
        (changed("/name", json!("")), "/name"),
        (
            changed("/purposes/0/legal_basis", json!("because")),
            "/purposes/0/legal_basis",
        ),
        (
            changed("/instance/url", json!("javascript:alert(1)")),
            "/instance/url",
        ),
        (
            changed("/provider/party_id", json!(other)),
            "/provider/party_id",
        ),
        (
            changed("/purposes/0/required_concepts", json!([])),
            "/purposes/0",
        ),
        (twice.to_string(), "/datasets/1"),
        ("x".repeat(101 * 1024), "100 kB"),
    ];
    for (text, expected) in cases {
        let fields = [("text", text.as_str()), ("action", "check")];
        let shown = adviser.post("/console/drafts", &fields).await;
        assert_eq!(shown.status, 422, "{expected}");
        assert!(shown.text.contains("id=\"error-summary\""), "{expected}");
        assert!(
            shown.text.contains("href=\"#text\" data-line="),
            "{expected}"
        );
        assert!(shown.text.contains(expected), "{expected}: {}", shown.text);
        let part = adviser.post("/console/drafts/check", &fields).await;
        assert_eq!(part.status, 200);
        assert!(part.text.contains("role=\"alert\"") && !part.text.contains("<html"));
    }
    let text = good.to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser
        .post("/console/drafts", &fields)
        .await
        .location
        .unwrap();
    let shown = adviser.get(&draft).await.text;
    assert!(shown.contains("assent service register description.json"));
    let file: Value =
        serde_json::from_str(&adviser.get(&format!("{draft}/file")).await.text).unwrap();
    assert_eq!(file, good);
    let listed = adviser.get("/console/services").await.text;
    assert!(listed.contains("Registered"), "the ledger knows this draft");
    adviser
        .post(&draft, &[("text", ""), ("action", "delete")])
        .await;
    assert_eq!(adviser.get(&draft).await.status, 404);
}

#[tokio::test]
async fn nothing_that_was_stored_becomes_markup() {
    const EVIL: &str = "</textarea><script>alert(1)</script>\u{202e}";
    fn spoil(value: &mut Value) {
        match value {
            Value::String(text) => *text = EVIL.into(),
            Value::Array(items) => items.iter_mut().for_each(spoil),
            Value::Object(members) => members.values_mut().for_each(spoil),
            _ => {}
        }
    }
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    let mut description = json_of(&cast.adviser);
    spoil(&mut description);
    description[EVIL] = EVIL.into();
    let text = description.to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser
        .post("/console/drafts", &fields)
        .await
        .location
        .unwrap();
    let url = [("service", EVIL), ("url", EVIL)];
    let pages = [
        adviser.get(&draft).await.text,
        adviser.get("/console/services").await.text,
        adviser.post("/console/drafts/check", &fields).await.text,
        adviser.post("/console/webhooks", &url).await.text,
        adviser
            .get("/console/webhooks?service=%3Cscript%3E&url=%22%3E%3Cscript%3E")
            .await
            .text,
    ];
    for page in pages {
        assert!(!page.contains("<script>"), "{page}");
    }
    assert!(
        !adviser
            .get("/console/services")
            .await
            .text
            .contains('\u{202e}')
    );
}

#[tokio::test]
async fn consents_are_counted_and_listed_without_names_and_debts_shown() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    let pair = cast.give(&world, true).await;
    let path = format!("/console/services/{}/consents", id_of(&cast.adviser));
    let shown = adviser.get(&format!("{path}?status=active")).await.text;
    assert!(shown.contains(&pair.sink.to_string()));
    assert!(
        !shown.contains(&pair.source.to_string()),
        "not its own record"
    );
    cast.change(&world, &pair, &Change::Withdraw).await;
    let active = adviser.get(&format!("{path}?status=active")).await.text;
    assert!(!active.contains(&pair.sink.to_string()));
    let withdrawn = adviser.get(&format!("{path}?status=withdrawn")).await.text;
    assert!(withdrawn.contains(&pair.sink.to_string()));
    let owed = format!(
        "/console/services/{}/acknowledgements",
        id_of(&cast.adviser)
    );
    let shown = adviser.get(&owed).await.text;
    assert!(shown.contains(&pair.sink.to_string()) && shown.contains("2026-01-02 00:00:00 UTC"));
    cast.acknowledge(&world, &cast.adviser, pair.sink)
        .await
        .unwrap();
    assert!(
        !adviser
            .get(&owed)
            .await
            .text
            .contains(&pair.sink.to_string())
    );
}

#[tokio::test]
async fn an_endpoint_is_made_tried_stopped_and_removed() {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    let adviser = Browser::provider(&world, &cast, &cast.adviser).await;
    let receiver = crate::receiver::Receiver::start().await;
    let (service, url) = (id_of(&cast.adviser).to_string(), receiver.url());
    let wanted = [("service", service.as_str()), ("url", url.as_str())];
    let made = adviser.post("/console/webhooks", &wanted).await;
    let path = made.location.expect(&made.text);
    assert!(adviser.get(&path).await.text.contains("whpk_"));
    let act = async |action: &str, revision: &str| {
        let fields = [("action", action), ("revision", revision)];
        adviser.post(&path, &fields).await.status
    };
    assert_eq!(act("test", "1").await, 303);
    assert_eq!(receiver.received().len(), 1);
    assert!(adviser.get(&path).await.text.contains("webhook.test"));
    assert_eq!(act("disable", "1").await, 303);
    assert_eq!(act("enable", "1").await, 412, "it was changed meanwhile");
    assert_eq!(act("enable", "2").await, 303);
    assert_eq!(act("explode", "3").await, 404);
    let delivery = receiver.received()[0].header("webhook-id").to_owned();
    let replay = format!("{path}/deliveries/{delivery}/replay");
    assert_eq!(adviser.post(&replay, &[]).await.status, 303);
    assert_eq!(receiver.received().len(), 2);
    assert_eq!(act("remove", "3").await, 303);
    assert_eq!(adviser.get(&path).await.status, 404);
    let wanted = [
        ("service", service.as_str()),
        ("url", "ftp://hooks.example"),
    ];
    let refused = adviser.post("/console/webhooks", &wanted).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("href=\"#url\""));
}

#[tokio::test]
async fn the_operator_sees_health_parties_log_and_settings() {
    let world =
        World::with(|config| config.mail_url = "smtp://who:secret@127.0.0.1:1".into()).await;
    let cast = Cast::enter(&world).await;
    let node = world.running.node();
    let signing = SigningKey::from_seed(node.operator_key.seed());
    let spare = PartyKeys::generate();
    let keys = PartyKeys::of_party(node.operator, signing, spare.recovery, spare.opening);
    let operator = Browser::of(&world, &cast, &keys).await;
    let health = operator.get("/operator").await;
    assert_eq!(health.status, 200);
    assert!(health.text.contains("role=\"status\"") && health.text.contains("assent:test"));
    let parties = operator.get("/operator/parties").await.text;
    let adviser = cast.adviser.keys.party_id().to_string();
    assert!(parties.contains("Organisation") && parties.contains(&adviser));
    let log = operator.get("/operator/log").await.text;
    assert!(log.contains("/v1/log/entries/0") && log.contains("link: created"));
    let services = operator.get("/operator/log?component=service").await.text;
    assert!(services.contains("service: registered") && !services.contains("link: created"));
    let settings = operator.get("/operator/settings").await.text;
    assert!(settings.contains("mail_url = &#34;(hidden)&#34;") && !settings.contains("secret@"));
    assert_eq!(operator.get("/console/services").await.status, 404);
}
