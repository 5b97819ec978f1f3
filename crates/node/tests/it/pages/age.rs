//! The rule of age: what a person is told, confirms, and cannot be made to confirm.

use assent_api::v1::consents::GiveConsent;
use assent_crypto::digest::commitment;
use assent_crypto::domains;
use assent_model::canonical;
use assent_model::description::MinimumAge;
use assent_model::records::consent::ConsentRecord;
use assent_model::statement::{self, Envelope};
use serde_json::{Value, json};

use super::browser::{Browser, continues};
use super::consent_form::{Asked, Stage, send};
use super::relying::ADVISER;
use crate::calls::Calls;
use crate::household::Cast;
use crate::world::World;

const RULE: &str = "From the age of 16 you decide about this consent yourself.";
const STATEMENT: &str = "I am 16 years old or older.";

fn with_age(description: &str, years: u8) -> String {
    let mut value: Value = serde_json::from_str(description).unwrap();
    value["minimum_age"] = json!(years);
    value.to_string()
}

/// The box that confirms.
fn confirming(page: &str) -> &str {
    let box_ = page.split("<input type=\"checkbox\" id=\"age\"").nth(1);
    box_.and_then(|rest| rest.split('>').next()).unwrap_or("")
}

#[tokio::test]
async fn a_person_confirms_the_statement_and_the_receipt_says_so() {
    let mut stage = Stage::with(&with_age(ADVISER, 16)).await;
    let Asked {
        request,
        path,
        page,
        ..
    } = stage.ask().await;
    // In the short layer and in the full notice.
    assert_eq!(page.matches(RULE).count(), 2, "{page}");
    assert_eq!(page.matches(STATEMENT).count(), 2, "{page}");
    let field = confirming(&page);
    assert!(
        field.contains("required") && !field.contains("checked"),
        "{field}"
    );
    let choices = [("answer", "give"), ("until", "2026-06-30")];
    let optional = super::browser::attribute(&page, "name=\"optional\"", "value").unwrap();
    for wrong in [None, Some(""), Some("on"), Some("17")] {
        let mut sent = choices.to_vec();
        sent.push(("optional", &optional));
        sent.extend(wrong.map(|said| ("age", said)));
        let again = send(&mut stage.browser, &path, &page, &sent).await;
        assert_eq!(again.status, 422, "{wrong:?}");
        let again = again.text();
        assert!(again.contains("href=\"#age\""), "{again}");
        assert!(confirming(&again).contains("aria-invalid"), "{again}");
        // Nothing is lost.
        assert!(again.contains("value=\"2026-06-30\""), "{again}");
        assert!(again.contains("\" checked> <span><bdi data-said=\"optional\">"));
        let waits = stage.adviser.client.consent_request(request).await.unwrap();
        assert_eq!(waits.status, "requested");
    }
    let mut sent = choices.to_vec();
    sent.push(("age", "confirmed"));
    let receipt = send(&mut stage.browser, &path, &page, &sent).await;
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let receipt = receipt.text();
    assert!(receipt.contains("You confirmed"), "{receipt}");
    assert!(receipt.contains(RULE) && receipt.contains(STATEMENT));
    assert!(continues(&receipt).is_some());
}

/// A service cannot send somebody to a form where the box is ticked already; a mistake elsewhere does not
/// untick it.
#[tokio::test]
async fn nobody_else_ticks_the_box() {
    let mut stage = Stage::with(&with_age(ADVISER, 18)).await;
    let Asked { path, page, .. } = stage.ask().await;
    let led = stage.browser.get(&format!("{path}?age=confirmed")).await;
    assert!(!confirming(&led.text()).contains("checked"));
    let other = [("language", "nl"), ("age", "confirmed")];
    let moved = send(&mut stage.browser, &path, &page, &other).await;
    assert_eq!(
        moved.header("location"),
        path,
        "it is confirmed in words that were read"
    );
    let dutch = stage.browser.get(&path).await.text();
    assert!(dutch.contains("Ik ben 18 jaar of ouder."), "{dutch}");
    assert!(!confirming(&dutch).contains("checked"));
    let wrong = [("answer", "give"), ("age", "confirmed"), ("until", "soon")];
    let again = send(&mut stage.browser, &path, &dutch, &wrong).await;
    assert_eq!(again.status, 422);
    assert!(confirming(&again.text()).contains("checked"));
    let refuse = [("answer", "refuse")];
    let refused = send(&mut stage.browser, &path, &dutch, &refuse).await;
    assert_eq!(refused.status, 200, "who refuses confirms nothing");
}

#[tokio::test]
async fn where_there_is_no_rule_nothing_is_asked() {
    let mut stage = Stage::set().await;
    let Asked { path, page, .. } = stage.ask().await;
    assert!(!page.contains("id=\"age\"") && !page.contains("data-said=\"age\""));
    // And nothing is noted that nobody asked for.
    let sent = [("answer", "give"), ("age", "confirmed")];
    let receipt = send(&mut stage.browser, &path, &page, &sent).await;
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    assert!(!receipt.text().contains("You confirmed"));
}

/// The same answer with another form under the same signature.
fn with_form(given: &GiveConsent, cast: &Cast, age_confirmed: bool) -> GiveConsent {
    let mut other = given.clone();
    other.form.age_confirmed = age_confirmed;
    let form = canonical::encode(&other.form);
    let record = statement::verify::<ConsentRecord>(&given.record).unwrap();
    let mut said = record.content().clone();
    said.common_part.form = commitment(domains::COMMITMENT_FORM, &given.form_salt, &form);
    let before = record.envelope();
    let envelope = Envelope {
        aud: before.aud.clone(),
        exp: before.exp,
        iat: before.iat,
        jti: assent_model::names::Jti::random(),
        signer: before.signer,
        statement: said,
    };
    let signed = statement::sign(envelope, &cast.adviser_link.pseudonym.key);
    signed.compact().clone_into(&mut other.record);
    other
}

/// A wallet that leaves the statement out, signed as it may be.
#[tokio::test]
async fn a_form_without_the_statement_is_refused_over_http() {
    let world = World::new().await;
    let mut cast = Cast::enter(&world).await;
    let calls = Calls::anonymous(&world);
    // Nobody was asked, and the form says that somebody confirmed.
    let asked = cast.ask(&world).await;
    let given = cast.answer(&world, asked, false).await;
    assert!(!given.request.form.age_confirmed);
    let more = with_form(&given.request, &cast, true);
    let answer = calls.post("/v1/consents", &more).await;
    answer.is_problem(422, "commitment-mismatch");

    let mut next = cast.adviser.description.clone();
    next.version = 2;
    next.minimum_age = Some(MinimumAge::YOUNGEST);
    let body = world.signer().register_service(&cast.adviser.keys, &next);
    cast.client.register_service(&body.unwrap()).await.unwrap();
    cast.adviser.description = next;
    let asked = cast.ask(&world).await;
    let given = cast.answer(&world, asked, false).await;
    assert!(given.request.form.age_confirmed);
    let less = with_form(&given.request, &cast, false);
    let answer = calls.post("/v1/consents", &less).await;
    answer.is_problem(422, "age-unconfirmed");
    let waits = cast.client.consent_request(asked).await.unwrap();
    assert_eq!(waits.status, "requested", "nothing is lost");
    cast.client.give_consent(&given.request).await.unwrap();
}

#[tokio::test]
async fn the_console_adds_checks_compares_and_previews_the_rule() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let text = serde_json::to_string(&cast.adviser.description).unwrap();
    let fields = [("text", text.as_str()), ("action", "add-age")];
    let added = adviser.post("/console/drafts", &fields).await;
    assert_eq!(added.status, 200, "{}", added.text());
    assert!(
        added.text().contains("&#34;minimum_age&#34;: 16"),
        "{}",
        added.text()
    );
    for wrong in [json!(12), json!(19), json!(16.5), json!("16"), json!(null)] {
        let mut described: Value = serde_json::from_str(&text).unwrap();
        described["minimum_age"] = wrong.clone();
        let described = described.to_string();
        let fields = [("text", described.as_str()), ("action", "check")];
        let shown = adviser.post("/console/drafts", &fields).await;
        assert_eq!(shown.status, 422, "{wrong}");
        assert!(shown.text().contains("/minimum_age"), "{wrong}");
    }
    let mut next = cast.adviser.description.clone();
    next.version = 2;
    next.minimum_age = Some(MinimumAge::OLDEST);
    let text = serde_json::to_string(&next).unwrap();
    let fields = [("text", text.as_str()), ("action", "save")];
    let saved = adviser.post("/console/drafts", &fields).await;
    let draft = saved.header("location");
    let compared = adviser.get(&format!("{draft}/compare")).await.text();
    assert!(
        compared.contains("People consent by themselves from the age of \u{2068}18\u{2069}"),
        "{compared}"
    );
    let purpose = &next.purposes[0].purpose_id;
    let form = adviser.get(&format!("{draft}/preview/{purpose}")).await;
    assert!(form.text().contains("I am 18 years old or older."));
}
