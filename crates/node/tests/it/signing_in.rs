//! Signing in and up at a browser: by link, by key, by code; and those who should not get in.

use assent_api::v1::sign_in::SignInLink;
use assent_model::time::Span;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::calls::Calls;
use crate::person::{Mailbox, Person};
use crate::world::World;

const ANN: &str = "ann@example.org";

/// A browser without scripts: it keeps the cookie of its session.
struct Browser {
    http: reqwest::Client,
    base: String,
    cookie: Option<String>,
}

/// What a browser got.
struct Seen {
    status: u16,
    location: String,
    text: String,
}

impl Browser {
    fn new(world: &World) -> Self {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            base: world.url(""),
            cookie: None,
        }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Seen {
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        if let Some(set) = header("set-cookie") {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        Seen {
            status: response.status().as_u16(),
            location: header("location").unwrap_or_default(),
            text: response.text().await.unwrap(),
        }
    }

    async fn get(&mut self, path: &str) -> Seen {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    async fn post(&mut self, path: &str, form: &str) -> Seen {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        self.send(request).await
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/home").await.status == 200
    }
}

/// A link made with the key of a person: its path.
async fn link(world: &World, person: &Person, here: &str) -> String {
    let made: SignInLink = person
        .calls(world)
        .post("/v1/sign-in-links", &json!({ "here": here }))
        .await
        .json();
    let (_, path) = made.url.split_once("/sign-in/link/").unwrap();
    format!("/sign-in/link/{path}")
}

#[tokio::test]
async fn a_link_works_once_and_ends() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let path = link(&world, &ann, "/sign-up").await;
    let (mut first, mut second) = (Browser::new(&world), Browser::new(&world));
    assert_eq!(first.get(&path).await.status, 200, "scanners only look");
    let followed = first.post(&path, "").await;
    assert_eq!(
        (followed.status, followed.location.as_str()),
        (303, "/sign-up")
    );
    assert!(first.is_signed_in().await);
    assert_eq!(second.post(&path, "").await.status, 410);
    assert!(!second.is_signed_in().await);

    let late = link(&world, &ann, "/home").await;
    world.clock.advance(Span::from_minutes(10));
    assert_eq!(second.post(&late, "").await.status, 410);
}

/// Attacks: a link that leads elsewhere; a session id that was known before.
#[tokio::test]
async fn links_lead_nowhere_else_and_sessions_are_not_fixed() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let path = link(&world, &ann, elsewhere).await;
        let followed = Browser::new(&world).post(&path, "").await;
        assert_eq!(followed.location, "/home", "{elsewhere}");
    }
    let mut browser = Browser::new(&world);
    browser.post("/sign-up", "email=eve%40example.org").await;
    let known = browser.cookie.clone().unwrap();
    let path = link(&world, &ann, "/home").await;
    browser.post(&path, "").await;
    assert!(browser.is_signed_in().await);
    assert_ne!(browser.cookie.as_ref(), Some(&known));
    let mut eve = Browser::new(&world);
    eve.cookie = Some(known);
    assert!(!eve.is_signed_in().await);
}

#[tokio::test]
async fn sessions_end() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut browser = Browser::new(&world);
    for end in ["sign-out", "hours", "erasure"] {
        let path = link(&world, &ann, "/home").await;
        browser.post(&path, "").await;
        assert!(browser.is_signed_in().await, "{end}");
        match end {
            "sign-out" => drop(browser.post("/sign-out", "").await),
            "hours" => world.clock.advance(Span::from_minutes(12 * 60)),
            _ => {
                let waiting = link(&world, &ann, "/home").await;
                let body = json!({ "party_id": ann.party() });
                let erased = ann.calls(&world).post("/v1/accounts/erasure", &body).await;
                assert_eq!(erased.status, 200, "{}", erased.text());
                assert_eq!(Browser::new(&world).post(&waiting, "").await.status, 410);
            }
        }
        assert!(!browser.is_signed_in().await, "{end}");
    }
}

/// Attack: make a browser of somebody send the forms.
#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let world = World::new().await;
    for path in [
        "/sign-in",
        "/sign-in/link/token",
        "/sign-in/key",
        "/sign-out",
        "/sign-up",
        "/sign-up/code",
        "/language",
    ] {
        let calls = Calls::anonymous(&world)
            .with("sec-fetch-site", "cross-site")
            .with("content-type", "application/x-www-form-urlencoded");
        let answer = calls
            .post_bytes(path, b"email=a%40b.example".to_vec())
            .await;
        assert_eq!(answer.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_person_whose_keys_are_kept_signs_up_and_is_told_apart_by_nobody() {
    let world = World::new().await;
    let mut mailbox = Mailbox::new(ANN);
    let mut browser = Browser::new(&world);
    let form = "email=Ann%40example.org&here=%2Fhome";
    let asked = browser.post("/sign-up", form).await;
    assert_eq!(
        (asked.status, asked.location.as_str()),
        (303, "/sign-up/code")
    );
    let page = browser.get("/sign-up/code").await;
    let code = mailbox.code(&world).await;
    let wrong = browser.post("/sign-up/code", "code=BBBB-BBBB").await;
    assert_eq!(wrong.status, 422);
    let begun = browser.post("/sign-up/code", &format!("code={code}")).await;
    assert_eq!((begun.status, begun.location.as_str()), (303, "/home"));
    assert!(browser.is_signed_in().await);
    mailbox.wait_for(&world, 1).await;

    let mut other = Browser::new(&world);
    let known = other.post("/sign-up", form).await;
    assert_eq!(
        (known.status, known.location, known.text),
        (asked.status, asked.location, asked.text)
    );
    assert_eq!(other.get("/sign-up/code").await.text, page.text);
    let letters = mailbox.wait_for(&world, 1).await;
    assert!(letters[0].contains("/sign-in/link/"), "{}", letters[0]);
    let tried = other.post("/sign-up/code", "code=BBBB-BBBB").await;
    assert_eq!((tried.status, tried.text), (wrong.status, wrong.text));
}

#[tokio::test]
async fn letters_are_shown_to_this_machine_and_without_a_mail_server_only() {
    let world = World::new().await;
    Browser::new(&world)
        .post("/sign-up", "email=ann%40example.org")
        .await;
    Mailbox::new(ANN).code(&world).await;
    let here = Calls::anonymous(&world);
    let shown = here.get("/mail").await;
    assert!(
        shown.status == 200 && shown.text().contains(ANN),
        "{}",
        shown.text()
    );
    assert_eq!(
        here.with("host", "evil.example").get("/mail").await.status,
        404
    );
    assert_eq!(
        here.with("x-forwarded-for", "192.0.2.1")
            .get("/mail")
            .await
            .status,
        404
    );
    let world = World::with(|config| config.mail_url = "smtp://127.0.0.1:9".into()).await;
    assert_eq!(Calls::anonymous(&world).get("/mail").await.status, 404);
}

/// Attack: over a proxy at the same machine that tells the node nothing of who asks.
#[tokio::test]
async fn letters_of_a_node_that_others_know_by_name_are_not_shown() {
    for (url, expected) in [
        ("https://node.example", 404),
        ("https://localhost.node.example", 404),
        ("http://192.0.2.1:8440", 404),
        ("http://localhost:8440", 200),
        ("http://127.0.0.1:8440", 200),
        ("http://[::1]:8440/", 200),
    ] {
        let world = World::with(|config| config.public_url = url.into()).await;
        let shown = Calls::anonymous(&world).get("/mail").await;
        assert_eq!(shown.status, expected, "{url}");
    }
}
