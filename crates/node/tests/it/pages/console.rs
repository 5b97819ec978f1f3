//! The console: whose it is, what it shows, and what it refuses.

use assent_api::v1::releases::TokenRequest;
use assent_client::keys::PartyKeys;
use assent_client::statements::change::Change;
use assent_crypto::signature::SigningKey;
use assent_model::ids::ServiceId;
use assent_model::time::Span;
use assent_model::vocabulary::LegalBasis;
use assent_node::last_backup::LastBackup;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::browser::Browser;
use crate::calls::Calls;
use crate::household::{Cast, Provider};
use crate::person::Person;
use crate::world::{World, here};

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
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let mut archive = Browser::of_keys(&world, &cast, &cast.archive.keys).await;
    let person = Person::enter(&world).await;
    let mut person = Browser::of_keys(&world, &cast, &person.keys).await;
    let mut anonymous = Browser::new(&world);

    let text = json_of(&cast.adviser).to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let saved = adviser.post("/console/drafts", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let draft = saved.header("location");
    let service = id_of(&cast.adviser);
    let purpose = &cast.adviser.description.purposes[0].purpose_id;
    let paths = [
        "/console/services".to_owned(),
        format!("/console/services/{service}"),
        format!("/console/services/{service}/versions/1"),
        format!("/console/services/{service}/consents"),
        format!("/console/services/{service}/acknowledgements"),
        format!("/console/services/{service}/requests"),
        format!("/console/services/{service}/uses"),
        format!("/console/services/{service}/compare"),
        format!("{draft}/preview/{purpose}"),
        format!("{draft}/compare"),
        format!("/console/services/{service}/versions/1/preview/{purpose}"),
        format!("/console/drafts/new?service={service}"),
        draft.clone(),
        format!("{draft}/file"),
        "/console/webhooks".into(),
        format!("/console/webhooks/{}", endpoint.webhook_id),
    ];
    for path in &paths {
        let own = adviser.get(path).await;
        assert_eq!(own.status, 200, "{path}: {}", own.text());
        assert!(own.text().len() < 150_000, "{path}");
        assert_eq!(person.get(path).await.status, 404, "{path}");
        let sent_away = anonymous.get(path).await;
        assert_eq!(sent_away.status, 303, "{path}");
        assert!(sent_away.header("location").starts_with("/sign-in?here="));
        let is_everybodys = path == "/console/services" || path == "/console/webhooks";
        let expected = if is_everybodys { 200 } else { 404 };
        let others = archive.get(path).await;
        assert_eq!(others.status, expected, "{path}");
        assert!(!others.text().contains(&service.to_string()), "{path}");
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
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    for path in ["/console/drafts", "/console/webhooks"] {
        let site = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ];
        let form = [("text", "{}"), ("action", "save")];
        let refused = adviser.post_from(&site, path, &form).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    assert!(
        !adviser
            .get("/console/services")
            .await
            .text()
            .contains("/console/drafts/A")
    );
}

#[tokio::test]
async fn a_bad_description_gets_errors_that_lead_to_lines() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
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
        assert!(shown.text().contains("id=\"error-summary\""), "{expected}");
        assert!(
            shown.text().contains("href=\"#text\" data-line="),
            "{expected}"
        );
        assert!(
            shown.text().contains(expected),
            "{expected}: {}",
            shown.text()
        );
        let part = adviser.post("/console/drafts/check", &fields).await;
        assert_eq!(part.status, 200);
        assert!(part.text().contains("role=\"alert\"") && !part.text().contains("<html"));
    }
}

#[tokio::test]
async fn a_good_description_is_kept_until_it_is_deleted() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let good = json_of(&cast.adviser);
    let text = good.to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser
        .post("/console/drafts", &fields)
        .await
        .header("location");
    let shown = adviser.get(&draft).await.text();
    assert!(shown.contains("assent service register --description description.json --keys"));
    let preview = format!("{draft}/preview/");
    assert!(shown.contains(&preview), "{shown}");
    let file: Value =
        serde_json::from_str(&adviser.get(&format!("{draft}/file")).await.text()).unwrap();
    assert_eq!(file, good);
    let listed = adviser.get("/console/services").await.text();
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
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let mut description = json_of(&cast.adviser);
    spoil(&mut description);
    description[EVIL] = EVIL.into();
    let text = description.to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser
        .post("/console/drafts", &fields)
        .await
        .header("location");
    let url = [("service", EVIL), ("url", EVIL)];
    let pages = [
        adviser.get(&draft).await.text(),
        adviser.get("/console/services").await.text(),
        adviser.post("/console/drafts/check", &fields).await.text(),
        adviser.post("/console/webhooks", &url).await.text(),
        adviser
            .get("/console/webhooks?service=%3Cscript%3E&url=%22%3E%3Cscript%3E")
            .await
            .text(),
    ];
    for page in pages {
        assert!(!page.contains("<script>"), "{page}");
    }
    assert!(
        !adviser
            .get("/console/services")
            .await
            .text()
            .contains('\u{202e}')
    );
}

#[tokio::test]
async fn consents_are_counted_and_listed_without_names_and_debts_shown() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let pair = cast.give(&world, true).await;
    let path = format!("/console/services/{}/consents", id_of(&cast.adviser));
    let shown = adviser.get(&format!("{path}?status=active")).await.text();
    assert!(shown.contains(&pair.sink.to_string()));
    assert!(
        !shown.contains(&pair.source.to_string()),
        "not its own record"
    );
    cast.change(&world, &pair, &Change::Withdraw).await;
    let active = adviser.get(&format!("{path}?status=active")).await.text();
    assert!(!active.contains(&pair.sink.to_string()));
    let withdrawn = adviser
        .get(&format!("{path}?status=withdrawn"))
        .await
        .text();
    assert!(withdrawn.contains(&pair.sink.to_string()));
    let owed = format!(
        "/console/services/{}/acknowledgements",
        id_of(&cast.adviser)
    );
    let shown = adviser.get(&owed).await.text();
    assert!(shown.contains(&pair.sink.to_string()) && shown.contains("2026-01-02 00:00:00 UTC"));
    cast.acknowledge(&world, &cast.adviser, pair.sink)
        .await
        .unwrap();
    assert!(
        !adviser
            .get(&owed)
            .await
            .text()
            .contains(&pair.sink.to_string())
    );
}

/// Presses a button of an endpoint's page.
async fn act(browser: &mut Browser, path: &str, action: &str, revision: &str) -> u16 {
    let fields = [("action", action), ("revision", revision)];
    browser.post(path, &fields).await.status
}

#[tokio::test]
async fn an_endpoint_is_made_tried_stopped_and_removed() {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let receiver = crate::receiver::Receiver::start().await;
    let (service, url) = (id_of(&cast.adviser).to_string(), receiver.url());
    let wanted = [("service", service.as_str()), ("url", url.as_str())];
    let made = adviser.post("/console/webhooks", &wanted).await;
    let path = made.header("location");
    assert!(adviser.get(&path).await.text().contains("whpk_"));
    assert_eq!(act(&mut adviser, &path, "test", "1").await, 303);
    assert_eq!(receiver.received().len(), 1);
    assert!(adviser.get(&path).await.text().contains("webhook.test"));
    assert_eq!(act(&mut adviser, &path, "disable", "1").await, 303);
    assert_eq!(
        act(&mut adviser, &path, "enable", "1").await,
        412,
        "it was changed meanwhile"
    );
    assert_eq!(act(&mut adviser, &path, "enable", "2").await, 303);
    assert_eq!(act(&mut adviser, &path, "explode", "3").await, 404);
    let delivery = receiver.received()[0].header("webhook-id").to_owned();
    let replay = format!("{path}/deliveries/{delivery}/replay");
    assert_eq!(adviser.post(&replay, &[]).await.status, 303);
    assert_eq!(receiver.received().len(), 2);
    assert_eq!(act(&mut adviser, &path, "remove", "3").await, 303);
    assert_eq!(adviser.get(&path).await.status, 404);
    let wanted = [
        ("service", service.as_str()),
        ("url", "ftp://hooks.example"),
    ];
    let refused = adviser.post("/console/webhooks", &wanted).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("href=\"#url\""));
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
    let mut operator = Browser::of_keys(&world, &cast, &keys).await;
    let health = operator.get("/operator").await;
    assert_eq!(health.status, 200);
    assert!(health.text().contains("role=\"status\"") && health.text().contains("assent:test"));
    let parties = operator.get("/operator/parties").await.text();
    let adviser = cast.adviser.keys.party_id().to_string();
    assert!(parties.contains("Organisation") && parties.contains(&adviser));
    let log = operator.get("/operator/log").await.text();
    assert!(log.contains("/v1/log/entries/0") && log.contains("link: created"));
    let services = operator.get("/operator/log?component=service").await.text();
    assert!(services.contains("service: registered") && !services.contains("link: created"));
    let settings = operator.get("/operator/settings").await.text();
    assert!(settings.contains("mail_url = &#34;(hidden)&#34;") && !settings.contains("secret@"));
    assert_eq!(operator.get("/console/services").await.status, 404);
    assert!(health.text().contains("SQLite"));
    let blocks = health.text().matches("<th scope=\"row\">").count();
    assert!((2..=10).contains(&blocks), "{blocks} blocks");
    assert!(settings.contains("No backup is noted"));
    let last = LastBackup {
        at: world.clock.now(),
        height: 3,
        log_size: 1,
    };
    last.note(&world.config.data_dir).unwrap();
    let party = cast.adviser.keys.party_id();
    for _ in 0..6 {
        let _ =
            assent_node::contacts::ask(node, here(), party, "a@b.example", &"en".parse().unwrap());
    }
    let settings = operator.get("/operator/settings").await.text();
    assert!(settings.contains("2026-01-01 00:00:00 UTC"), "{settings}");
    let row = settings
        .split("Codes for a contact, of one party")
        .nth(1)
        .unwrap();
    let row = row
        .split("</tr>")
        .next()
        .unwrap()
        .replace(['\u{2068}', '\u{2069}'], "");
    assert!(
        row.contains("5 in 60 minutes") && row.contains("<td>1</td>"),
        "{row}"
    );
}

#[tokio::test]
async fn a_preview_is_the_form_of_which_nothing_can_be_sent() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let text = json_of(&cast.adviser).to_string();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser.post("/console/drafts", &fields).await;
    let purpose = &cast.adviser.description.purposes[0];
    let path = format!(
        "{}/preview/{}",
        draft.header("location"),
        purpose.purpose_id
    );
    let shown = adviser.get(&path).await.text();
    for expected in [
        "Preview",
        "Personal energy advice",
        "Data of the source that a request will name",
        "Give consent",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let main = shown.split("<main").nth(1).unwrap();
    let main = main.split("</main>").next().unwrap();
    assert!(!main.contains("<form") && !main.contains("assent-consent-form"));
    assert_eq!(main.matches("<button type=\"button\" disabled>").count(), 2);
    // With the source that the request would name, the data has names.
    let source = format!("{path}?source={}", id_of(&cast.archive));
    let shown = adviser.get(&source).await.text();
    assert!(shown.contains("Meter Archive North"), "{shown}");
    assert!(shown.contains("Electricity used, tariff 1"), "{shown}");
    assert_eq!(adviser.get(&format!("{path}x")).await.status, 404);
    assert_eq!(adviser.post(&path, &[("answer", "give")]).await.status, 405);
}

#[tokio::test]
async fn versions_are_compared_by_what_they_mean() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let mut next = cast.adviser.description.clone();
    next.version = 2;
    next.purposes[0].legal_basis = LegalBasis::Contract;
    let text = serde_json::to_string(&next).unwrap();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser
        .post("/console/drafts", &fields)
        .await
        .header("location");
    let service = id_of(&cast.adviser);
    let check = async |adviser: &mut Browser, path: &str| {
        let shown = adviser.get(path).await.text();
        let is_shown = shown.contains("<del><bdi>your consent (GDPR article 6(1)(a))</bdi></del>")
            && shown.contains("<ins><bdi>a contract with you (GDPR article 6(1)(b))</bdi></ins>")
            && shown.contains("ask them again");
        assert!(is_shown, "{shown}");
        assert_eq!(
            shown.matches("<section").count(),
            1,
            "only what differs: {shown}"
        );
    };
    check(&mut adviser, &format!("{draft}/compare")).await;
    let body = world.signer().register_service(&cast.adviser.keys, &next);
    cast.client.register_service(&body.unwrap()).await.unwrap();
    check(
        &mut adviser,
        &format!("/console/services/{service}/compare?from=1&to=2"),
    )
    .await;
    let same = format!("/console/services/{service}/compare?from=2&to=2");
    assert!(
        adviser
            .get(&same)
            .await
            .text()
            .contains("Both say the same")
    );
    let none = format!("/console/services/{service}/compare?from=1&to=3");
    assert_eq!(adviser.get(&none).await.status, 404);
}

#[tokio::test]
async fn requests_uses_and_keys_are_shown() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let waiting = cast.ask(&world).await;
    let service = id_of(&cast.adviser);
    let requests = format!("/console/services/{service}/requests");
    let shown = adviser.get(&requests).await.text();
    assert!(shown.contains(&waiting.to_string()) && shown.contains("status waiting"));
    assert!(shown.contains("2026-01-08 00:00:00 UTC"), "{shown}");
    let pair = cast.give(&world, true).await;
    let shown = adviser.get(&requests).await.text();
    assert!(shown.contains("status given") && shown.contains(&pair.sink.to_string()));

    let uses = format!("/console/services/{service}/uses");
    assert!(
        adviser
            .get(&uses)
            .await
            .text()
            .contains("used no consent yet")
    );
    let body = TokenRequest { cr_id: pair.sink };
    let token = Calls::of(&world, &cast.adviser)
        .post("/v1/tokens", &body)
        .await;
    assert_eq!(token.status, 200, "{}", token.text());
    world.clock.advance(Span::from_minutes(1));
    world.running.node().fresh_head().await.unwrap();
    let shown = adviser.get(&uses).await.text();
    let is_shown = shown.contains("Got permission") && shown.contains(&pair.sink.to_string());
    assert!(is_shown, "{shown}");

    let shown = adviser.get("/console/keys").await.text();
    let key = cast.adviser.keys.signing.verifying_key().thumbprint();
    assert!(
        shown.matches(&key.to_string()).count() >= 2,
        "now and in the history: {shown}"
    );
    assert!(shown.contains("assent party rotate --keys provider.json"));
}

#[tokio::test]
async fn lists_are_complete_for_a_log_that_was_begun_without_them() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (config, clock) = (world.config.clone(), world.clock.clone());
    world.running.stop().await.unwrap();
    // As an older node left it: no list of parties and of a provider's services, no note of lists.
    let path = config.data_dir.join("assent.sqlite");
    let url = format!("sqlite:{}", path.display());
    let database = sea_orm::Database::connect(url).await.unwrap();
    for statement in [
        "DELETE FROM documents WHERE kind = 'lists'",
        "DELETE FROM listings WHERE list LIKE '%/services' OR list LIKE 'parties%'",
    ] {
        let done = database.execute_unprepared(statement).await.unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
    }
    database.close().await.unwrap();
    let running = assent_node::start(config.clone(), clock.clone())
        .await
        .unwrap();
    let world = World {
        directory: world.directory,
        clock,
        config,
        running,
    };
    let store = &world.running.node().store;
    let provider = cast.adviser.keys.party_id();
    let services = store
        .newest(&format!("{provider}/services"), None, 10)
        .await;
    assert_eq!(services.unwrap()[0].1, id_of(&cast.adviser).to_string());
    assert_eq!(store.count("parties").await.unwrap(), 2);
    let organisations = store.count("parties/organisation/independent").await;
    assert_eq!(organisations.unwrap(), 2);
}
