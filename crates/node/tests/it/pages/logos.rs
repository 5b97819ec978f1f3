//! Logos: from the file of a service to the form that a person is asked with, and nothing else on the way.

use assent_model::description::Logo;
use serde_json::{Value, json};

use super::browser::{Browser, attribute};
use super::consent_form::{Asked, Stage};
use super::relying::{ADVISER, path_of};
use crate::calls::Answered;
use crate::household::Cast;
use crate::world::World;

pub(super) const PNG: &[u8] =
    include_bytes!("../../../../../examples/household/energy-adviser.png");
const FORM: &str = "multipart/form-data; boundary=here";

fn with_logo(description: &str, logo: &Value) -> String {
    let mut value: Value = serde_json::from_str(description).unwrap();
    value["logo"] = logo.clone();
    value.to_string()
}

/// A form with a file in it.
fn form(name: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--here\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--here--\r\n"].concat()
}

#[track_caller]
fn check_picture(answer: &Answered) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.body, PNG);
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert_eq!(policy, "default-src 'none'; sandbox");
}

#[tokio::test]
async fn who_asks_is_shown_with_the_picture_of_its_description() {
    let logo = json!(Logo::of(PNG).unwrap());
    let mut stage = Stage::with(&with_logo(ADVISER, &logo)).await;
    let Asked { page, .. } = stage.ask().await;
    let heading = page.split("<h2 id=\"requester\">").nth(1).unwrap();
    let heading = heading.split("</h2>").next().unwrap();
    assert!(!heading.contains("initials"), "{heading}");
    let service = stage.adviser.provider.description.service_id;
    let at = attribute(heading, "<img class=\"logo\"", "src").unwrap();
    assert_eq!(at, format!("/logos/{service}/1"));
    let mut stranger = Browser::new(&stage.world);
    let answer = stranger.get(&at).await;
    check_picture(&answer);
    assert!(answer.header("cache-control").contains("immutable"));
    assert!(!answer.headers.contains_key("set-cookie"));

    let digest = assent_crypto::digest::Digest::of(b"an account");
    let (_, pushed) = stage.adviser.push_link(&stage.world, digest).await;
    let page = stage.browser.get(&path_of(&pushed)).await.text();
    assert!(page.contains(&format!("src=\"{at}\"")), "{page}");

    let archive = stage.archive.provider.description.service_id;
    for path in [
        format!("/logos/{archive}/1"),
        format!("/logos/{service}/2"),
        format!("/logos/{service}/x"),
        "/logos/x/1".to_owned(),
    ] {
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_description_with_something_else_for_a_logo_is_not_registered() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let adviser = &cast.adviser;
    let mut next = adviser.description.clone();
    next.version = 2;
    let mut check = async |logo: Value, code: &str| {
        next.logo = serde_json::from_value(logo).unwrap();
        let body = world.signer().register_service(&adviser.keys, &next);
        let body = serde_json::to_value(body.unwrap()).unwrap();
        let calls = crate::calls::Calls::anonymous(&world);
        let answer = calls.post("/v1/services", &body).await;
        answer.is_problem(422, "description-invalid");
        assert!(answer.text().contains("\"/logo\""), "{}", answer.text());
        assert!(answer.text().contains(code), "{code}: {}", answer.text());
        let path = format!("/v1/services/{}", next.service_id);
        let current: Value = serde_json::from_slice(&calls.get(&path).await.body).unwrap();
        assert_eq!(current["description"]["version"], 1, "{current}");
    };
    let page = assent_crypto::base64url::encode(b"<svg onload=alert(1)>");
    check(json!(page), "logo-not-png").await;
    let behind = [PNG, b"<script>".as_slice()].concat();
    let behind = assent_crypto::base64url::encode(&behind);
    check(json!(behind), "logo-has-more").await;
    check(json!("data:image/png"), "").await;
}

#[tokio::test]
async fn a_picture_goes_into_a_draft_and_out_again() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut adviser = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let text = serde_json::to_string(&cast.adviser.description).unwrap();
    let fields = [("text", text.as_str()), ("action", "save")];
    let draft = adviser.post("/console/drafts", &fields).await;
    let draft = draft.header("location");
    let at = format!("{draft}/logo");
    assert_eq!(adviser.get(&at).await.status, 404);

    for (file, words) in [
        (
            b"<svg onload=alert(1)>".as_slice(),
            "This file is not a PNG",
        ),
        (b"", "This file is not a PNG"),
        (&[0; 9_000], "more than 8 KB"),
        (&[PNG, b"<script>"].concat(), "more in this file"),
        (&PNG[..200], "This file is not a PNG"),
    ] {
        let answer = adviser.post_body(&at, FORM, form("logo", file)).await;
        assert_eq!(answer.status, 422, "{words}");
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        assert_eq!(adviser.get(&at).await.status, 404, "{words}");
    }
    let other = adviser.post_body(&at, FORM, form("other", PNG)).await;
    assert_eq!(other.status, 400);
    let endless = vec![0; 2 * 1024 * 1024];
    let endless = adviser.post_body(&at, FORM, form("logo", &endless)).await;
    assert!(endless.status >= 400, "{}", endless.status);

    let answer = adviser.post_body(&at, FORM, form("logo", PNG)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    check_picture(&adviser.get(&at).await);
    let shown = adviser.get(&draft).await.text();
    assert!(shown.contains(&format!("src=\"{at}\"")), "{shown}");
    let file = adviser.get(&format!("{draft}/file")).await.text();
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["logo"], json!(Logo::of(PNG).unwrap()));
    let purpose = &cast.adviser.description.purposes[0].purpose_id;
    let preview = adviser.get(&format!("{draft}/preview/{purpose}")).await;
    assert!(preview.text().contains(&format!("src=\"{at}\"")));

    // That it is another than before is said where versions are compared.
    let compared = adviser.get(&format!("{draft}/compare")).await.text();
    assert!(compared.contains("Picture") && compared.contains("<ins>"));

    // Nobody else's: neither to look at nor to change.
    let mut archive = Browser::of_keys(&world, &cast, &cast.archive.keys).await;
    assert_eq!(archive.get(&at).await.status, 404);
    let answer = archive.post_body(&at, FORM, form("logo", PNG)).await;
    assert_eq!(answer.status, 404);

    let text = file.to_string();
    let fields = [("text", text.as_str()), ("action", "remove-logo")];
    let without = adviser.post(&draft, &fields).await.text();
    assert!(!without.contains("&quot;logo&quot;") && !without.contains("&#34;logo&#34;"));
}
