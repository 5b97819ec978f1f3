//! Notifications: what is told, once, by which way, and what cannot be turned off.

use assent_model::time::Span;

use super::browser::{Browser, attribute};
use super::consent_form::{Stage, let_out, send};
use super::hosted::given;
use crate::person::{Mailbox, subject};
use crate::world::World;

const ANN: &str = "ann@example.org";
const PAGE: &str = "/home/notifications";

/// The page of messages, without the marks that keep directions of writing apart.
async fn messages(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await.text();
    page.replace(['\u{2068}', '\u{2069}'], "")
}

async fn shows(browser: &mut Browser, words: &str) -> String {
    for _ in 0..300 {
        let page = messages(browser).await;
        if page.contains(words) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = messages(browser).await;
    panic!("no message says {words}: {page}")
}

/// Waits for a letter with this subject.
async fn letter(world: &World, mailbox: &mut Mailbox, wanted: &str) -> String {
    for _ in 0..300 {
        let fresh = mailbox.fresh(world);
        let found = fresh.into_iter().find(|letter| subject(letter) == wanted);
        if let Some(found) = found {
            return found.replace("=\r\n", "").replace("=3D", "=");
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no letter says {wanted}")
}

#[tokio::test]
async fn a_request_and_a_first_use_are_told_once_and_marked_until_they_are_seen() {
    let mut stage = Stage::set().await;
    let mut mailbox = Mailbox::new(ANN);
    let cr_id = given(&mut stage).await;
    let dataset: assent_model::names::DatasetId = "readings".parse().unwrap();
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    shows(browser, "Bright Energy Advice asks for your consent").await;
    for _ in 0..2 {
        let_out(world, archive, adviser, cr_id, dataset.clone()).await;
    }
    let first = "Data was used for the first time on your consent for Bright Energy Advice";
    let page = shows(browser, first).await;
    assert_eq!(page.matches(first).count(), 1, "{page}");
    let told = letter(world, &mut mailbox, "Your data was used for the first time").await;
    assert!(!told.contains("Bright") && told.contains(&format!("/home/consents/{cr_id}")));
    let seen = attribute(&page, "action=\"/home/notifications/seen\"", "value").unwrap();
    assert!(browser.get("/home").await.text().contains("class=\"mark\""));
    let pressed = browser
        .post("/home/notifications/seen", &[("id", &seen)])
        .await;
    assert_eq!(pressed.status, 303);
    assert!(!browser.get("/home").await.text().contains("class=\"mark\""));
    // What is still to come cannot be seen in advance.
    let future = "prt_zzz/99999999999999999999";
    browser
        .post("/home/notifications/seen", &[("id", future)])
        .await;
    let_out(world, archive, adviser, cr_id, dataset).await;
    let page = messages(browser).await;
    assert_eq!(page.matches(first).count(), 1, "{page}");
}

#[tokio::test]
async fn what_happens_while_the_node_restarts_is_told_and_nothing_twice() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let asks = "Bright Energy Advice asks for your consent";
    shows(&mut stage.browser, asks).await;
    let withdraw = format!("/home/consents/{cr_id}/withdraw");
    assert_eq!(stage.browser.post(&withdraw, &[]).await.status, 303);
    // The log is stopped before anybody reads of the missed deadline.
    stage.world.clock.advance(Span::from_days(4));
    let mut world = stage.world.restarted().await;
    let mut mailbox = Mailbox::new(ANN);
    mailbox.fresh(&world);
    let mut browser = Browser::new(&world);
    browser.sign_in(&world, &mut mailbox, "/home").await;
    let missed = "The end of your consent for Bright Energy Advice was not confirmed in time";
    shows(&mut browser, missed).await;
    // Both services of the pair owe a word: the second is missed a moment after the first.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let page = messages(&mut browser).await;
    assert_eq!(page.matches(asks).count(), 1, "{page}");
    assert_eq!(page.matches(missed).count(), 1, "one for the pair: {page}");
    world = world.restarted().await;
    let mut browser = Browser::new(&world);
    browser.sign_in(&world, &mut mailbox, "/home").await;
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let page = messages(&mut browser).await;
    assert_eq!(page.matches(missed).count(), 1, "{page}");
    assert_eq!(page.matches(asks).count(), 1, "{page}");
}

#[tokio::test]
async fn a_request_that_waits_is_written_about_and_one_that_was_answered_is_not() {
    let mut stage = Stage::set().await;
    let mut mailbox = Mailbox::new(ANN);
    given(&mut stage).await;
    stage.world.clock.advance(Span::from_minutes(11));
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let request = adviser.ask(world, archive, None).await;
    shows(browser, "asks for your consent").await;
    world.clock.advance(Span::from_minutes(11));
    adviser.ask(world, archive, None).await;
    let wanted = "A service waits for your answer";
    let told = letter(world, &mut mailbox, wanted).await;
    assert!(
        told.contains(&format!("/home/requests/{request}")),
        "{told}"
    );
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let more = mailbox.fresh(world).into_iter();
    assert_eq!(more.filter(|letter| subject(letter) == wanted).count(), 0);
}

#[tokio::test]
async fn an_end_in_fourteen_days_is_told_when_it_comes() {
    let mut stage = Stage::set().await;
    {
        let Stage {
            world,
            archive,
            adviser,
            browser,
        } = &mut stage;
        let request = adviser.ask(world, archive, None).await;
        let path = format!("/home/requests/{request}");
        let page = browser.get(&path).await.text();
        let choice = [("answer", "give"), ("until", "2026-12-31")];
        let receipt = send(browser, &path, &page, &choice).await;
        assert_eq!(receipt.status, 200, "{}", receipt.text());
    }
    let soon = "Your consent for Bright Energy Advice ends in 14 days";
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert!(!messages(&mut stage.browser).await.contains(soon));
    stage.world.clock.advance(Span::from_days(352));
    let Stage {
        world,
        archive,
        adviser,
        ..
    } = &mut stage;
    adviser.ask(world, archive, None).await;
    let mut mailbox = Mailbox::new(ANN);
    mailbox.fresh(world);
    let mut browser = Browser::new(world);
    browser.sign_in(world, &mut mailbox, "/home").await;
    shows(&mut browser, soon).await;
}

#[tokio::test]
async fn letters_of_a_kind_are_ended_by_settings_or_by_the_letter_and_security_is_not() {
    let mut stage = Stage::set().await;
    let page = messages(&mut stage.browser).await;
    assert_eq!(page.matches("type=\"checkbox\"").count(), 10, "{page}");
    let form = [("page", "first-access"), ("letter", "signed-in")];
    let saved = stage
        .browser
        .post("/home/notifications/settings", &form)
        .await;
    assert_eq!(saved.header("location"), "/home/notifications?saved=true");
    let page = messages(&mut stage.browser).await;
    assert_eq!(page.matches(" checked").count(), 1, "{page}");
    let all = [
        ("letter", "first-access"),
        ("page", "first-access"),
        ("letter", "request"),
    ];
    stage
        .browser
        .post("/home/notifications/settings", &all)
        .await;
    let cr_id = given(&mut stage).await;
    let dataset = "readings".parse().unwrap();
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let mut mailbox = Mailbox::new(ANN);
    let_out(world, archive, adviser, cr_id, dataset).await;
    let told = letter(world, &mut mailbox, "Your data was used for the first time").await;
    assert!(
        told.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{told}"
    );
    let begin = told.find("/notifications/first-access/").unwrap();
    let is_path = |letter: &char| letter.is_ascii_alphanumeric() || "/-_".contains(*letter);
    let path: String = told[begin..].chars().take_while(is_path).collect();
    check_unsubscribe(world, browser, &path).await;
}

/// Ends letters about first uses by the address in a letter, as a mail program does.
async fn check_unsubscribe(world: &World, browser: &mut Browser, path: &str) {
    // Looking ends nothing; the button of a mail program, which has no session, does.
    let mut program = Browser::new(world);
    assert_eq!(program.get(path).await.status, 200);
    assert!(
        browser
            .get(PAGE)
            .await
            .text()
            .contains("name=\"letter\" value=\"first-access\" checked")
    );
    let pressed = program
        .post(path, &[("List-Unsubscribe", "One-Click")])
        .await;
    assert_eq!(pressed.status, 200, "{}", pressed.text());
    let page = messages(browser).await;
    assert!(
        !page.contains("name=\"letter\" value=\"first-access\" checked"),
        "{page}"
    );
    assert!(
        page.contains("name=\"page\" value=\"first-access\" checked"),
        "{page}"
    );
    for wrong in [
        path.replace("first-access", "request"),
        path.replace("first-access", "signed-in"),
        format!("{path}0"),
        path[..path.len() - 4].to_owned(),
    ] {
        assert_eq!(program.post(&wrong, &[]).await.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn signing_in_is_told_here_and_by_letter_where_no_letter_led_here() {
    let world = World::new().await;
    let person = crate::person::Person::enter(&world).await;
    let mut mailbox = Mailbox::new("bo@example.org");
    person.confirm(&world, &mut mailbox).await;
    let calls = person.calls(&world);
    assert_eq!(calls.post_empty("/sign-in/key").await.status, 204);
    let told = letter(&world, &mut mailbox, "Somebody signed in to your account").await;
    assert!(!told.contains("List-Unsubscribe"), "{told}");
    let mut browser = Browser::new(&world);
    browser.sign_in(&world, &mut mailbox, "/home").await;
    let page = messages(&mut browser).await;
    assert_eq!(
        page.matches("Somebody signed in to your account").count(),
        2,
        "{page}"
    );
    let more = mailbox.fresh(&world).into_iter();
    let about = more.filter(|letter| subject(letter).contains("signed in"));
    assert_eq!(about.count(), 0, "a mailed link is letter enough");
}

/// The settings of one person are damaged: what has happened is told to that person, and to all others.
#[tokio::test]
async fn settings_that_do_not_open_stop_nothing() {
    let mut stage = Stage::set().await;
    let node = stage.world.running.node();
    let choose = format!("{PAGE}/settings");
    let asks = "Bright Energy Advice asks for your consent";
    let saved = stage.browser.post(&choose, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let kept = node.store.documents("notification-settings", "", 9).await;
    let mut settings = kept.unwrap().remove(0).document;
    settings.body = b"damaged".to_vec();
    node.store.put_documents(vec![settings]).await.unwrap();
    given(&mut stage).await;
    shows(&mut stage.browser, asks).await;
    let saved = stage.browser.post(&choose, &[]).await;
    assert_eq!(saved.status, 303, "they can be chosen anew");
}
