//! Attacks on all pages at once: from another site, in a frame, by where to go on, by asking who is
//! known. A page that is added is attacked too: the pages are those of the router.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assent_node::http::router::router;

use super::browser::{Browser, location};
use super::consent_form::Stage;
use super::hosted::given;
use crate::household::Cast;
use crate::openapi::routes;
use crate::person::{Mailbox, Person};
use crate::world::World;

const ANN: &str = "ann@example.org";
/// What is no place of this node.
const ELSEWHERE: [&str; 8] = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "javascript:alert(1)",
    "evil.example",
];

/// The pages that are met by a method, with something in the place of each parameter.
fn pages(world: &World, method: &str) -> Vec<String> {
    let router = router(Arc::clone(world.running.node()));
    let all = routes(&format!("{router:?}"));
    let is_page = |path: &str| !path.starts_with("/v1/") && !path.starts_with("/openapi");
    let filled = |path: &str| {
        let segments = path.split('/');
        let filled = segments.map(|part| if part.starts_with('{') { "none" } else { part });
        filled.collect::<Vec<_>>().join("/")
    };
    let pages = all
        .iter()
        .filter(|(offered, path)| offered == method && is_page(path));
    pages.map(|(_, path)| filled(path)).collect()
}

#[tokio::test]
async fn no_page_takes_anything_from_another_site() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (mut person, _) = Browser::of_hosted(&world, ANN).await;
    let mut organisation = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let forged = [
        [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ],
        [("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
        [("origin", "https://evil.example"), ("sec-fetch-mode", "")],
        [("origin", "null"), ("sec-fetch-mode", "")],
    ];
    let paths = pages(&world, "post");
    assert!(paths.len() >= 25, "{paths:?}");
    for path in paths {
        for headers in &forged {
            for browser in [&mut person, &mut organisation] {
                let answer = browser.post_from(headers, &path, &[]).await;
                assert_eq!(answer.status, 403, "{path} {headers:?}");
            }
        }
    }
    assert_eq!(
        person.get("/home").await.status,
        200,
        "nobody was signed out"
    );
    assert_eq!(organisation.get("/console/services").await.status, 200);
}

#[tokio::test]
async fn no_page_is_framed_cached_or_runs_what_is_not_ours() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (person, _) = Browser::of_hosted(&world, ANN).await;
    let organisation = Browser::of_keys(&world, &cast, &cast.adviser.keys).await;
    let paths = pages(&world, "get");
    assert!(paths.len() >= 30, "{paths:?}");
    for mut browser in [Browser::new(&world), person, organisation] {
        for path in paths.iter().filter(|path| !path.starts_with("/assets/")) {
            let answer = browser.get(path).await;
            assert!(answer.status < 500, "{path}");
            let policy = answer.header("content-security-policy");
            for part in [
                "default-src 'self'",
                "frame-ancestors 'none'",
                "form-action 'self'",
                "base-uri 'none'",
                "object-src 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(answer.header(name), value, "{path}");
            }
        }
    }
}

/// Every place that takes where to go on: signed in or not, by link, by code, after a choice.
#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let world = World::new().await;
    let (mut browser, _) = Browser::of_hosted(&world, ANN).await;
    for elsewhere in ELSEWHERE {
        for page in ["/sign-in", "/sign-up"] {
            let address =
                reqwest::Url::parse_with_params("http://a.example", [("here", elsewhere)]);
            let query = address.unwrap().query().unwrap().to_owned();
            let sent = browser.get(&format!("{page}?{query}")).await;
            assert_eq!(location(&sent), "/home", "{page} {elsewhere:?}");
            let shown = Browser::new(&world)
                .get(&format!("{page}?{query}"))
                .await
                .text();
            assert!(!shown.contains("evil.example"), "{page} {elsewhere:?}");
        }
        let form = [("language", "nl"), ("here", elsewhere)];
        let chosen = browser.post("/language", &form).await;
        assert_eq!(location(&chosen), "/home", "{elsewhere:?}");
        browser
            .post("/language", &[("language", "en"), ("here", "/")])
            .await;
    }
    let mut mailbox = Mailbox::new(ANN);
    mailbox.wait_for(&world, 2).await;
    for elsewhere in &ELSEWHERE[..4] {
        let followed = Browser::new(&world)
            .sign_in(&world, &mut mailbox, elsewhere)
            .await;
        assert_eq!(followed, "/home", "{elsewhere:?}");
    }
    let mut mailbox = Mailbox::new("new@example.org");
    let mut new = Browser::new(&world);
    new.post(
        "/sign-up",
        &[("email", mailbox.address), ("here", ELSEWHERE[1])],
    )
    .await;
    let code = mailbox.code(&world).await;
    let begun = new.post("/sign-up/code", &[("code", &code)]).await;
    assert_eq!(location(&begun), "/home");
}

/// Known and unknown addresses are answered with the same page, not before the same time; who is known
/// is found out only after the answer.
#[tokio::test]
async fn who_is_known_shows_neither_in_the_answer_nor_in_its_time() {
    const ANSWER_AFTER: Duration = Duration::from_millis(5);
    let world = World::new().await;
    Browser::of_hosted(&world, ANN).await;
    let ask = async |address: &str| {
        let begin = Instant::now();
        let mut browser = Browser::new(&world);
        let answer = browser.post("/sign-in", &[("email", address)]).await;
        assert!(begin.elapsed() >= ANSWER_AFTER, "{address}");
        let cookies = browser.cookie("assent-session");
        let length = answer.header("content-length");
        (answer.status, answer.text(), length, cookies)
    };
    let known = ask(ANN).await;
    assert_eq!(ask("nobody@example.org").await, known);
    assert_eq!(known.0, 200);
    // Even where nothing can be read about anybody.
    for address in ["Ann@EXAMPLE.org", "ann@example.com"] {
        assert_eq!(ask(address).await, known, "{address}");
    }
    for _ in 0..9 {
        ask("nobody@example.org").await;
        ask(ANN).await;
    }
    let mut browser = Browser::new(&world);
    let known = browser.post("/sign-in", &[("email", ANN)]).await;
    let unknown = browser
        .post("/sign-in", &[("email", "nobody@example.org")])
        .await;
    assert_eq!(
        (known.status, known.text()),
        (429, unknown.text()),
        "the same limit for both"
    );
}

/// A session that was known before somebody signed in is nobody's, by whichever way in; and what it kept
/// for one party is not there for the next.
#[tokio::test]
async fn a_session_is_new_for_who_signs_in() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let person = Person::enter(&world).await;
    let mut browser = Browser::new(&world);
    browser
        .post("/sign-up", &[("email", "eve@example.org")])
        .await;
    let mut before = browser.cookie("assent-session").unwrap();
    for keys in [&person.keys, &cast.adviser.keys] {
        let signer = world.signer();
        let made = cast.client.sign_in_link(&signer, keys, None).await.unwrap();
        let token = made.url.rsplit('/').next().unwrap().to_owned();
        browser.post(&format!("/sign-in/link/{token}"), &[]).await;
        let now = browser.cookie("assent-session").unwrap();
        assert_ne!(now, before);
        let mut eve = Browser::new(&world);
        eve.set_cookie("assent-session", &before);
        assert_eq!(eve.get("/home").await.status, 303, "the old id is nobody's");
        before = now;
    }
    let code = browser.get("/sign-up/code").await;
    assert_eq!(
        location(&code),
        "/sign-up",
        "what was begun for another is gone"
    );
    browser.set_cookie("assent-session", "AAAAAAAAAAAAAAAAAAAAAA");
    browser
        .post("/sign-up", &[("email", "eve@example.org")])
        .await;
    let chosen = browser.cookie("assent-session").unwrap();
    assert_ne!(chosen, "AAAAAAAAAAAAAAAAAAAAAA", "nobody chooses an id");
}

/// A code belongs to the browser that asked for it: who knows the address voids nothing, uses up no
/// attempts, and has no use for a code that was asked for elsewhere.
#[tokio::test]
async fn nobody_voids_or_uses_the_code_of_another() {
    let world = World::new().await;
    let mut mailbox = Mailbox::new("new@example.org");
    let form = [("email", mailbox.address)];
    let (mut new, mut eve) = (Browser::new(&world), Browser::new(&world));
    assert_eq!(new.post("/sign-up", &form).await.status, 303);
    let code = mailbox.code(&world).await;
    assert_eq!(eve.post("/sign-up", &form).await.status, 303);
    let of_eve = mailbox.code(&world).await;
    for typed in [code.as_str(), "BBBB-BBBB", "CCCC-CCCC", "DDDD-DDDD"] {
        let tried = eve.post("/sign-up/code", &[("code", typed)]).await;
        assert_eq!(tried.status, 422, "{typed}");
    }
    // Asking again at the same browser voids what was asked for there before.
    assert_eq!(new.post("/sign-up", &form).await.status, 303);
    let newest = mailbox.code(&world).await;
    for (typed, expected) in [(code, 422), (of_eve, 422), (newest, 303)] {
        let tried = new.post("/sign-up/code", &[("code", &typed)]).await;
        assert_eq!(tried.status, expected, "{typed}");
    }
}

/// Two codes for one address, redeemed at the same time: one account begins, and nothing is made for who
/// came second.
#[tokio::test]
async fn two_codes_for_an_address_begin_one_account() {
    let world = World::new().await;
    let mut mailbox = Mailbox::new("new@example.org");
    let form = [("email", mailbox.address)];
    let (mut one, mut other) = (Browser::new(&world), Browser::new(&world));
    assert_eq!(one.post("/sign-up", &form).await.status, 303);
    let first = mailbox.code(&world).await;
    assert_eq!(other.post("/sign-up", &form).await.status, 303);
    let second = mailbox.code(&world).await;
    let entries = || world.running.node().head.borrow().header.log_size;
    let before = entries();
    let (first, second) = ([("code", &*first)], [("code", &*second)]);
    let (one, other) = tokio::join!(
        one.post("/sign-up/code", &first),
        other.post("/sign-up/code", &second)
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410], "{} {}", one.text(), other.text());
    assert_eq!(entries(), before + 1, "one party");
}

/// Whoever is sent a link of somebody else's account sees whose it is before the button is pressed.
#[tokio::test]
async fn a_link_says_into_which_account_it_leads() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    ann.confirm(&world, &mut Mailbox::new(ANN)).await;
    let unnamed = Person::enter(&world).await;
    for (person, shown) in [
        (&ann, "a\u{2026}@example.org".to_owned()),
        (&unnamed, unnamed.party().to_string()),
    ] {
        let path = person.sign_in_path(&world).await;
        let page = Browser::new(&world).get(&path).await.text();
        assert!(page.contains(&shown), "{page}");
        assert!(!page.contains(ANN), "not the whole address: {page}");
        let followed = Browser::new(&world).post(&path, &[]).await;
        assert_eq!(followed.status, 303, "looking has not used it up");
        let spent = Browser::new(&world).get(&path).await.text();
        assert!(!spent.contains(&shown), "{spent}");
    }
}

/// Attack: another host of the domain, or a page that was reached without encryption, sets the cookie of a
/// session of its own.
#[tokio::test]
async fn over_https_no_other_host_sets_a_session() {
    const COOKIE: &str = "__Host-assent-session";
    let world = World::with(|config| config.public_url = "https://node.example".into()).await;
    let (mut browser, _) = Browser::of_hosted(&world, ANN).await;
    let sent = browser
        .post("/sign-up", &[("email", "eve@example.org")])
        .await;
    let cookie = sent.header("set-cookie");
    let mut parts = cookie.split("; ");
    assert!(parts.next().unwrap().starts_with("__Host-assent-session="));
    let parts: Vec<&str> = parts.collect();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(parts.contains(&part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let session = browser.cookie(COOKIE).unwrap();
    let mut tossed = Browser::new(&world);
    tossed.set_cookie("assent-session", &session);
    assert_eq!(tossed.get("/home").await.status, 303);
    assert_eq!(browser.get("/home").await.status, 200);
    assert!(browser.cookie("assent-session").is_none());
}

/// Attack: a request that is under way while its person signs out, with which somebody who has the cookie
/// keeps the session alive.
#[tokio::test]
async fn a_session_that_ended_stays_ended() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let person = Person::enter(&world).await;
    let mut refused = 0;
    for round in 0..20 {
        let mut browser = Browser::of_key(&world, &cast, &person).await;
        let session = browser.cookie("assent-session").unwrap();
        let taken = || {
            let mut eve = Browser::new(&world);
            eve.set_cookie("assent-session", &session);
            eve
        };
        let (mut one, mut two, mut three) = (taken(), taken(), taken());
        let email = format!("eve{round}@example.org");
        let form = [("email", email.as_str())];
        let wait = Duration::from_micros(round * 150);
        let sign_out = async {
            tokio::time::sleep(wait).await;
            browser.post("/sign-out", &[]).await
        };
        let (_, _, _, out) = tokio::join!(
            one.post("/sign-up", &form),
            two.post("/sign-up", &form),
            three.post("/sign-up", &form),
            sign_out,
        );
        assert_eq!(out.status, 303);
        let answer = taken().get("/home").await;
        refused += usize::from(answer.status == 303);
    }
    assert_eq!(refused, 20);
}

/// Attack, or a browser that goes away: a request that is given up in the midst of reading what a person has
/// leaves the pages of this person half empty.
#[tokio::test]
async fn requests_that_are_given_up_take_nothing_away() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let browser = &mut stage.browser;
    let whole = browser.get("/home/consents").await.text();
    assert!(whole.contains(&cr_id.to_string()), "{whole}");
    for round in 0..40 {
        // Something new in each round, so that there is something to read.
        let button = if round % 2 == 0 { "pause" } else { "resume" };
        let pressed = browser
            .post(&format!("/home/consents/{cr_id}/{button}"), &[])
            .await;
        assert_eq!(pressed.status, 303);
        let patience = Duration::from_micros(200 + 100 * (round % 20));
        let given_up = tokio::time::timeout(patience, browser.get("/home/consents"));
        let _ = given_up.await;
        let page = browser.get("/home/consents").await.text();
        assert!(page.contains(&cr_id.to_string()), "round {round}: {page}");
    }
}
