//! The timeline: every change and every access, filtered, page by page, and as files.

use assent_exchange::consent::state::{Consent, Role};
use assent_model::ids::ConsentId;
use assent_model::time::Span;
use serde_json::Value;

use super::browser::attribute;
use super::consent_form::{Stage, let_out};
use super::hosted::given;

/// A consent that was used, paused, tried in vain, resumed and withdrawn.
async fn lived(stage: &mut Stage) -> ConsentId {
    let cr_id = given(stage).await;
    let dataset = "readings".parse().unwrap();
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = stage;
    let_out(world, archive, adviser, cr_id, dataset).await;
    world.clock.advance(Span::from_minutes(1));
    for button in ["pause", "resume", "withdraw"] {
        let address = format!("/home/consents/{cr_id}/{button}");
        assert_eq!(browser.post(&address, &[]).await.status, 303, "{button}");
    }
    cr_id
}

/// Waits until the log has taken in what is written in batches.
async fn shows(stage: &mut Stage, path: &str, words: &str) -> String {
    for _ in 0..200 {
        let page = stage.browser.get(path).await.text();
        if page.contains(words) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} never shows {words}")
}

#[tokio::test]
async fn every_change_and_every_access_says_who_what_and_why() {
    let mut stage = Stage::set().await;
    let empty = stage.browser.get("/home/activity").await.text();
    assert!(empty.contains("opened this account") && empty.contains("linked the service"));
    let cr_id = lived(&mut stage).await;
    let page = shows(&mut stage, "/home/activity", "handed data out").await;
    for words in [
        "<bdi>Meter Archive North</bdi></strong> handed data out.",
        "<bdi>You</bdi></strong> gave consent. Signed with your key, which the operator keeps",
        "<bdi>You</bdi></strong> paused the consent.",
        "<bdi>You</bdi></strong> resumed the consent.",
        "<bdi>You</bdi></strong> withdrew the consent.",
        "<bdi>Bright Energy Advice</bdi></strong> asked for your consent.",
        "Personal energy advice",
        "Electricity used, tariff 1 · Electricity used, tariff 2",
        "now: Withdrawn",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(&format!("/home/consents/{cr_id}")), "{page}");
}

#[tokio::test]
async fn a_filter_takes_what_fits_and_an_empty_one_everything() {
    let mut stage = Stage::set().await;
    lived(&mut stage).await;
    let all = shows(&mut stage, "/home/activity", "handed data out").await;
    let archive = stage.archive.provider.description.service_id;
    let rows = |page: &str| page.matches("<li class=").count();
    for (query, expected) in [
        ("kind=access".to_owned(), 1),
        ("kind=change".to_owned(), 4),
        ("kind=refusal".to_owned(), 0),
        ("kind=nonsense".to_owned(), 0),
        ("kind=link".to_owned(), 2),
        ("status=active".to_owned(), 0),
        ("from=2026-01-01&to=2026-01-01".to_owned(), rows(&all)),
        ("from=2026-01-02".to_owned(), 0),
        ("to=2025-12-31".to_owned(), 0),
        (format!("kind=link&service={archive}"), 1),
        ("service=nonsense".to_owned(), 0),
    ] {
        let page = stage.browser.get(&format!("/home/activity?{query}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(rows(&page.text()), expected, "{query}: {}", page.text());
    }
    let wrong = stage
        .browser
        .get("/home/activity?from=tomorrow")
        .await
        .text();
    assert!(wrong.contains("could not be read"), "{wrong}");
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_while_more_happens() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    for _ in 0..16 {
        for button in ["pause", "resume"] {
            let address = format!("/home/consents/{cr_id}/{button}");
            assert_eq!(stage.browser.post(&address, &[]).await.status, 303);
        }
    }
    let rows = |page: &str| page.matches("<li class=\"change\">").count();
    let first = stage.browser.get("/home/activity?kind=change").await.text();
    assert_eq!(rows(&first), 25);
    let older = attribute(&first, "rel=\"next\"", "href").unwrap();
    // What is new does not move what is on the page after.
    let pause = format!("/home/consents/{cr_id}/pause");
    assert_eq!(stage.browser.post(&pause, &[]).await.status, 303);
    let second = stage.browser.get(&older).await.text();
    assert_eq!(rows(&second), 33 - 25, "{second}");
    assert!(second.contains("gave consent"), "{second}");
    let newest = attribute(&second, "aria-label=\"Pages\"", "href").unwrap();
    assert_eq!(newest, "/home/activity?kind=change");
}

#[tokio::test]
async fn files_hold_what_the_filter_takes_and_name_it_for_programs() {
    let mut stage = Stage::set().await;
    let cr_id = lived(&mut stage).await;
    shows(&mut stage, "/home/activity", "handed data out").await;
    let json = "/home/activity/export/json?kind=access";
    let file = stage.browser.get(json).await;
    assert!(
        file.header("content-disposition")
            .contains("my-activity.json")
    );
    let file: Value = file.json();
    assert_eq!(file["format"], "assent-activity/1");
    assert_eq!(file["filter"]["kind"], "access");
    let entries = file["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["about"], cr_id.to_string());
    assert_eq!(entries[0]["status"], "withdrawn");
    assert!(entries[0]["log_entry"].is_u64());
    let csv = stage.browser.get("/home/activity/export/csv").await;
    assert_eq!(csv.status, 200);
    assert!(csv.header("content-type").starts_with("text/csv"));
    let table = csv.text();
    let lines: Vec<&str> = table.split_terminator("\r\n").collect();
    assert!(lines[0].starts_with("\"time\",\"kind\",\"who\""), "{table}");
    assert!(lines.len() > 8, "{table}");
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with('"') && line.ends_with('"'))
    );
    let none = stage.browser.get("/home/activity/export/xml").await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_refused_attempt_is_shown_with_its_reason() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let pause = format!("/home/consents/{cr_id}/pause");
    assert_eq!(stage.browser.post(&pause, &[]).await.status, 303);
    let node = stage.world.running.node();
    let consent = node.state.get::<Consent>(&cr_id).await.unwrap().unwrap();
    let Role::Sink { counterpart, .. } = consent.role else {
        panic!("a pair")
    };
    let asked = assent_api::v1::releases::DecisionRequest {
        cr_id: counterpart,
        holder: stage
            .adviser
            .provider
            .keys
            .signing
            .verifying_key()
            .thumbprint(),
        token: assent_model::names::Jti::random(),
        purpose_id: consent.usage_rules.purpose_id.clone(),
        dataset_id: "readings".parse().unwrap(),
    };
    let keys = &stage.archive.provider.keys;
    let asked = stage.world.signer().sign(&keys.signing, asked);
    let body = assent_api::v1::releases::Decide {
        request: asked.compact().to_owned(),
    };
    assert!(!stage.archive.client.decide(&body).await.unwrap().allowed);
    let page = shows(&mut stage, "/home/activity?kind=refusal", "was refused").await;
    assert!(page.contains("The consent was paused.") && page.contains("consent-disabled"));
    let detail = stage.browser.get(&format!("/home/consents/{cr_id}")).await;
    assert!(detail.text().contains("The consent was paused."));
}

#[tokio::test]
async fn numbers_count_what_is_active_and_say_so_when_there_is_nothing() {
    let mut stage = Stage::set().await;
    let none = stage.browser.get("/home/numbers").await.text();
    assert!(
        none.contains("id=\"empty\"") && !none.contains("<table"),
        "{none}"
    );
    let cr_id = given(&mut stage).await;
    let page = stage.browser.get("/home/numbers").await.text();
    assert!(page.contains("One active consent is counted."), "{page}");
    assert_eq!(page.matches("<table").count(), 4, "{page}");
    assert!(
        page.contains("your consent (GDPR article 6(1)(a))"),
        "{page}"
    );
    let pause = format!("/home/consents/{cr_id}/pause");
    assert_eq!(stage.browser.post(&pause, &[]).await.status, 303);
    let paused = stage.browser.get("/home/numbers").await.text();
    assert!(
        paused.contains("One is paused and not counted."),
        "{paused}"
    );
    assert!(!paused.contains("<table"), "{paused}");
}

#[tokio::test]
async fn a_consent_shows_the_notice_of_then_and_the_way_to_a_new_one() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let address = format!("/home/consents/{cr_id}");
    let page = stage.browser.get(&address).await.text();
    let receipt = stage
        .browser
        .get(&format!("/receipts/{cr_id}"))
        .await
        .text();
    let digest = attribute(&receipt, "SHA-256 <code", "x");
    assert_eq!(digest, None);
    let digest = receipt.split("SHA-256 <code>").nth(1).unwrap();
    let digest = digest.split('<').next().unwrap();
    assert!(page.contains(&format!("SHA-256 <code>{digest}")), "{page}");
    assert!(page.contains("What you were shown when you consented"));
    assert!(page.contains(&format!("<code id=\"consent-id\">{cr_id}</code>")));
    let withdraw = format!("{address}/withdraw");
    assert_eq!(stage.browser.post(&withdraw, &[]).await.status, 303);
    let page = stage.browser.get(&address).await.text();
    assert!(page.contains("id=\"again\"") && page.contains("https://bright-energy.example"));
    assert!(page.contains("waiting for its signed word"), "{page}");
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let request = adviser.ask(world, archive, None).await;
    let page = browser.get(&address).await.text();
    assert!(
        page.contains(&format!("/home/requests/{request}")),
        "{page}"
    );
}
