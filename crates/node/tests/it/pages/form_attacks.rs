//! What attackers do with redirects and forms.

use assent_api::v1::redirects::Redeem;
use assent_client::errand::{Errand, ReturnError};
use assent_client::http::ClientError;
use assent_model::time::Span;

use super::browser::{Browser, attribute, continues};
use super::consent_form::{Asked, Stage, send};
use super::relying::{ADVISER, Relying, path_of, returned};
use crate::calls::Calls;

fn code(error: &ClientError) -> &str {
    error.code().unwrap_or("no code")
}

#[tokio::test]
async fn people_are_sent_to_registered_addresses_only() {
    let stage = Stage::set().await;
    let Stage {
        world,
        archive,
        adviser,
        ..
    } = &stage;
    let request = adviser.ask(world, archive, None).await;
    for wrong in [
        "https://evil.example/thanks",
        "https://bright-energy.example/thanks/",
        "https://bright-energy.example/thanks?next=https://evil.example",
        "https://bright-energy.example/linked",
        "https://BRIGHT-energy.example/thanks",
        "javascript:alert(1)",
        "//evil.example",
        "",
    ] {
        let refused = adviser
            .try_push(world, request, &Errand::new(), wrong)
            .await;
        assert_eq!(
            code(&refused.unwrap_err()),
            "redirect-unregistered",
            "{wrong}"
        );
    }
    // Another service has no say over this request, even about its own address.
    let uri = &adviser.provider.description.instance.consent_redirect_uris[0];
    let refused = archive.try_push(world, request, &Errand::new(), uri).await;
    assert_eq!(code(&refused.unwrap_err()), "not-found");
}

#[tokio::test]
async fn a_code_is_good_once_for_who_pushed_and_knows_the_verifier() {
    let mut stage = Stage::set().await;
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let request = adviser.ask(world, archive, None).await;
    let (errand, pushed) = adviser.push(world, request).await;
    let (_, second) = adviser.push(world, request).await;
    let path = path_of(&pushed);
    let page = browser.get(&path).await.text();
    let sent = send(browser, &path, &page, &[("answer", "give")]).await;
    let address = continues(&sent.text()).unwrap();
    let node = world.running.node().config.public_url.clone();
    let back = returned(&address);
    assert_eq!(
        Errand::new().redeem(&back, &node),
        Err(ReturnError::WrongState)
    );
    assert_eq!(
        errand.redeem(&back, "https://other.example"),
        Err(ReturnError::WrongNode)
    );
    let redeem = errand.redeem(&back, &node).unwrap();
    let stolen = archive.redeem(world, &redeem).await.unwrap_err();
    assert_eq!(code(&stolen), "code-spent", "another service");
    assert_eq!(
        adviser.redeem(world, &redeem).await.unwrap().outcome,
        "given"
    );
    let again = adviser.redeem(world, &redeem).await.unwrap_err();
    assert_eq!(code(&again), "code-spent");
    // The link is used up, and the other one says that there is an answer.
    let replayed = send(browser, &path, &page, &[("answer", "give")]).await;
    assert_eq!((replayed.status, continues(&replayed.text())), (410, None));
    let other = browser.get(&path_of(&second)).await;
    let told = returned(&continues(&other.text()).unwrap());
    assert_eq!(
        (other.status, told.error.as_deref()),
        (410, Some("already_answered"))
    );
    assert_eq!(told.code, None);
}

#[tokio::test]
async fn a_wrong_verifier_and_time_spend_a_code() {
    let mut stage = Stage::set().await;
    for is_late in [false, true] {
        let Asked {
            errand, path, page, ..
        } = stage.ask().await;
        let sent = send(&mut stage.browser, &path, &page, &[("answer", "give")]).await;
        assert_eq!(sent.status, 200, "{}", sent.text());
        let back = returned(&continues(&sent.text()).unwrap());
        let right = errand
            .redeem(&back, &stage.world.running.node().config.public_url)
            .unwrap();
        if is_late {
            stage.world.clock.advance(Span::from_minutes(5));
        } else {
            let wrong = Redeem {
                code_verifier: "x".repeat(43),
                ..right.clone()
            };
            let refused = stage
                .adviser
                .redeem(&stage.world, &wrong)
                .await
                .unwrap_err();
            assert_eq!(code(&refused), "verifier-wrong");
        }
        let refused = stage
            .adviser
            .redeem(&stage.world, &right)
            .await
            .unwrap_err();
        assert_eq!(code(&refused), "code-spent");
    }
}

#[tokio::test]
async fn nobody_else_sees_or_answers_a_request() {
    let mut stage = Stage::set().await;
    let Asked {
        request,
        path,
        page,
        ..
    } = stage.ask().await;
    let (mut eve, _) = Browser::of_hosted(&stage.world, "eve@example.org").await;
    let seen = eve.get(&path).await;
    assert_eq!(seen.status, 404);
    assert!(!seen.text().contains("Bright") && seen.text().contains("Not you?"));
    assert_eq!(
        eve.get(&format!("/home/requests/{request}")).await.status,
        404
    );
    assert_eq!(
        send(&mut eve, &path, &page, &[("answer", "give")])
            .await
            .status,
        404
    );
    let signed_out = Browser::new(&stage.world).get(&path).await;
    assert_eq!(
        signed_out.header("location"),
        format!("/sign-in?here={path}")
    );
    check_forged(&mut stage.browser, &path).await;
    assert_eq!(
        stage
            .adviser
            .client
            .consent_request(request)
            .await
            .unwrap()
            .status,
        "requested"
    );
    check_tampered(&mut stage.browser, &path, &page).await;
    let answer = stage.browser.get(&path).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
    // Time runs out.
    stage.world.clock.advance(Span::from_minutes(60));
    assert_eq!(stage.browser.get(&path).await.status, 410);
    stage.world.clock.advance(Span::from_days(7));
    assert_eq!(Calls::anonymous(&stage.world).get(&path).await.status, 410);
    assert_eq!(stage.browser.get("/consent/none").await.status, 410);
}

/// A form that another site sends does nothing.
async fn check_forged(browser: &mut Browser, path: &str) {
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
    ] {
        let forged = browser
            .post_from(&headers, path, &[("answer", "refuse")])
            .await;
        assert_eq!(forged.status, 403, "{headers:?}");
    }
}

/// A form whose fields say something else than was on the screen does nothing.
async fn check_tampered(browser: &mut Browser, path: &str, page: &str) {
    for (more, status) in [
        (vec![("answer", "give"), ("optional", "secrets~all")], 400),
        (vec![("answer", "perhaps")], 400),
        (vec![], 400),
        (vec![("answer", "signed")], 409),
    ] {
        let sent = send(browser, path, page, &more).await;
        assert_eq!(sent.status, status, "{more:?}");
    }
    let other = page.replace("name=\"notice\" value=\"", "name=\"notice\" value=\"A");
    let sent = send(browser, path, &other, &[("answer", "give")]).await;
    assert_eq!(
        sent.status, 422,
        "another notice than the one on the screen"
    );
}

/// Puts something hostile into every text that people are shown.
fn hostile() -> String {
    fn poison(value: &mut serde_json::Value, name: &str) {
        let is_free = !matches!(
            name,
            "business_id"
                | "jurisdiction"
                | "url"
                | "linking_redirect_uris"
                | "consent_redirect_uris"
                | "data_endpoint"
                | "dataset_id"
                | "concept_id"
                | "purpose_id"
                | "category"
                | "legal_basis"
                | "processing_categories"
                | "required_concepts"
                | "optional_concepts"
                | "policy_ref"
                | "policy_hash"
                | "location"
                | "duration"
                | "recipients"
                | "org_url"
                | "collection_method"
                | "kind"
                | "issued"
                | "modified"
                | "data_structure_specification"
                | "required"
        );
        match value {
            serde_json::Value::String(text) if is_free => {
                text.push_str("<script>alert(1)</script>\"'\u{202e}&lt;");
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| poison(item, name)),
            serde_json::Value::Object(members) => {
                members
                    .iter_mut()
                    .for_each(|(name, value)| poison(value, name));
            }
            _ => {}
        }
    }
    let mut description: serde_json::Value = serde_json::from_str(ADVISER).unwrap();
    poison(&mut description, "");
    description.to_string()
}

/// Another service of the same look: a Cyrillic letter in the place of a Latin one.
#[tokio::test]
async fn a_name_that_looks_like_another_is_pointed_out() {
    const WARNING: &str = "mixes letters of different alphabets";
    let alike = ADVISER.replace("Bright Energy Advice", "\u{412}right Energy Advice");
    for (description, is_alike) in [(ADVISER, false), (alike.as_str(), true)] {
        let mut stage = Stage::with(description).await;
        let Stage {
            world,
            archive,
            adviser,
            browser,
        } = &mut stage;
        let request = adviser.ask(world, archive, None).await;
        let (_, pushed) = adviser.push(world, request).await;
        let form = browser.get(&path_of(&pushed)).await.text();
        let (_, pushed) = adviser
            .push_link(world, assent_crypto::digest::Digest::of(b"a"))
            .await;
        let link = browser.get(&path_of(&pushed)).await.text();
        for page in [form, link] {
            assert_eq!(page.contains(WARNING), is_alike, "{page}");
            assert!(
                page.contains("https://bright-energy.example"),
                "the site is named"
            );
        }
    }
}

#[tokio::test]
async fn no_text_of_a_description_runs_or_turns_the_page_about() {
    let mut stage = Stage::with(&hostile()).await;
    let Asked { path, .. } = stage.ask().await;
    let page = stage.browser.get(&path).await;
    let receipt = send(
        &mut stage.browser,
        &path,
        &page.text(),
        &[("answer", "give")],
    )
    .await;
    let (_, pushed) = stage
        .adviser
        .push_link(&stage.world, assent_crypto::digest::Digest::of(b"a"))
        .await;
    let link = stage.browser.get(&path_of(&pushed)).await;
    let mut shown = vec![page, receipt, link];
    let list = stage.browser.get("/home/consents").await;
    let consent = attribute(&list.text(), "<article", "href").unwrap();
    let waiting = stage.adviser.ask(&stage.world, &stage.archive, None).await;
    shown.push(list);
    for path in [
        "/home/requests",
        "/home/services",
        &consent,
        &format!("{consent}/withdraw"),
        &format!("/home/requests/{waiting}"),
    ] {
        shown.push(stage.browser.get(path).await);
    }
    for shown in shown {
        let text = shown.text();
        assert_eq!(shown.status, 200, "{text}");
        assert!(text.contains("alert(1)"), "the text is there: {text}");
        // The only scripts are those that the page loads.
        let without = text.replacen(r#"<script type="module" src="/assets/wallet."#, "", 1);
        let without = without.replacen(r#"<script src="/assets/copy."#, "", 1);
        assert!(
            !without.contains("<script") && !without.contains('\u{202e}'),
            "{text}"
        );
        assert!(shown.body.len() < 150_000);
    }
    drop(Relying::new(&stage.world, ADVISER).await);
}
