//! Meters in My Home: the node enters the code for a person whose keys it keeps.

use std::sync::Mutex;

use assent_api::v1::accounts::AccountExport;
use assent_client::http::Identified;
use assent_client::pairing::{PairingCode, PairingRefusal};
use assent_crypto::{base64url, domains, sealing};
use assent_model::canonical;
use assent_model::records::stream::{StreamGrant, StreamNaming};
use assent_model::statement;
use assent_model::time::{Span, Timestamp};
use serde_json::json;
use tokio::sync::mpsc;

use super::browser::Browser;
use super::consent_form::Stage;
use super::hosted::given;
use super::relying::{ADVISER, ARCHIVE, Relying};
use crate::household::Cast;
use crate::pairing::{Meter, paired, wrong};
use crate::person::Person;
use crate::world::World;

pub(super) const ADD: &str = "/home/meters/add";
pub(super) const PAIR: &str = "/home/meters/pair";

/// The value of a hidden field.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let behind = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = behind.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("{page}")).to_owned()
}

/// Enters a code, as far as the confirmation.
pub(super) async fn found(browser: &mut Browser, code: &str) -> String {
    let page = browser.post(ADD, &[("code", code)]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.text()
}

/// A meter that a person has paired by pages.
pub(super) async fn pair(world: &World, browser: &mut Browser) -> Meter {
    let meter = Meter::new(world).await;
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let person = async {
        let code = shown.recv().await.unwrap().to_string();
        let page = found(browser, &code.to_lowercase()).await;
        assert!(page.contains("Meter in the hall, ending in 5507"), "{page}");
        let (code, seen) = (hidden(&page, "code"), hidden(&page, "seen"));
        let form = [("code", code.as_str()), ("seen", seen.as_str())];
        let answer = browser.post(PAIR, &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(answer.header("location"), "/home/meters?done=paired");
    };
    let (showed, ()) = tokio::join!(meter.show(world, codes, &refusals), person);
    showed.unwrap();
    meter
}

#[tokio::test]
async fn a_hosted_person_pairs_a_meter_and_unpairs_it() {
    let world = World::new().await;
    let (mut browser, _) = Browser::of_hosted(&world, "ann@example.org").await;
    let empty = browser.get("/home/meters").await.text();
    assert!(empty.contains("id=\"empty\""), "{empty}");
    let meter = pair(&world, &mut browser).await;
    let stream = meter.offer.stream;
    let list = browser.get("/home/meters?done=paired").await.text();
    for part in ["Meter in the hall", "status active", &stream.to_string()] {
        assert!(list.contains(part), "{part}: {list}");
    }

    // Who signed in long ago is asked to do so again, for the page and for the button.
    let at = format!("/home/meters/{stream}/unpair");
    assert_eq!(browser.get(&at).await.status, 200);
    world.clock.advance(Span::from_minutes(11));
    for answer in [browser.get(&at).await, browser.post(&at, &[]).await] {
        assert_eq!(answer.status, 303);
        let to = answer.header("location");
        assert!(
            to.starts_with("/sign-in") && to.contains("again=true"),
            "{to}"
        );
    }
    assert_eq!(meter.client.stream(stream).await.unwrap().status, "open");
}

#[tokio::test]
async fn unpairing_is_final_and_the_persons_alone() {
    let world = World::new().await;
    let (mut browser, _) = Browser::of_hosted(&world, "ann@example.org").await;
    let meter = pair(&world, &mut browser).await;
    let at = format!("/home/meters/{}/unpair", meter.offer.stream);
    // Somebody else, and a meter of somebody who keeps the keys.
    let (mut other, _) = Browser::of_hosted(&world, "eve@example.org").await;
    assert_eq!(other.get(&at).await.status, 404);
    assert_eq!(other.post(&at, &[]).await.status, 404);
    let (elsewhere, _) = paired(&world).await;
    let strange = format!("/home/meters/{}/unpair", elsewhere.offer.stream);
    assert_eq!(browser.post(&strange, &[]).await.status, 404);
    let list = other.get("/home/meters").await.text();
    assert!(!list.contains("Meter in the hall"), "{list}");

    let answer = browser.post(&at, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let view = meter.client.stream(meter.offer.stream).await.unwrap();
    assert_eq!(view.status, "closed");
    assert_eq!(browser.post(&at, &[]).await.status, 404);
    let list = browser.get("/home/meters?done=unpaired").await.text();
    assert!(list.contains("status withdrawn"), "{list}");
}

/// An account that is erased leaves no meter behind that goes on sending, and its export says which it had.
#[tokio::test]
async fn erasing_an_account_unpairs_its_meters() {
    let world = World::new().await;
    let (mut browser, party) = Browser::of_hosted(&world, "ann@example.org").await;
    let [meter, other] = [
        pair(&world, &mut browser).await,
        pair(&world, &mut browser).await,
    ];
    let at = format!("/home/meters/{}/unpair", other.offer.stream);
    assert_eq!(browser.post(&at, &[]).await.status, 303);
    let export = browser.get("/home/account/export").await.text();
    let export: AccountExport = serde_json::from_str(&export).unwrap();
    let mut listed: Vec<_> = export
        .meters
        .iter()
        .map(|one| (one.stream_id, &*one.status))
        .collect();
    listed.sort_unstable();
    let mut expected = vec![(meter.offer.stream, "open"), (other.offer.stream, "closed")];
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let party = party.to_string();
    let erased = browser
        .post("/home/account/erase", &[("party", &party)])
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    let view = meter.client.stream(meter.offer.stream).await.unwrap();
    assert_eq!(view.status, "closed");
}

#[tokio::test]
async fn what_goes_wrong_is_said_where_the_code_is_entered() {
    let world = World::new().await;
    let (mut browser, _) = Browser::of_hosted(&world, "ann@example.org").await;
    let mut check = async |path: &str, form: &[(&str, &str)], words: &str| {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        assert!(answer.text().contains("aria-invalid"), "{}", answer.text());
    };
    check(ADD, &[("code", "ABCD-EFGH")], "This is no code").await;
    check(ADD, &[("code", "BCDF-GHJK")], "No reader shows this code").await;
    let unseen = [("code", "BCDF-GHJK"), ("seen", "")];
    check(PAIR, &unseen, "No reader shows this code").await;

    let meter = Meter::new(&world).await;
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let person = async {
        let code = shown.recv().await.unwrap();
        let guess = wrong(&code).to_string();
        let page = found(&mut browser, &guess).await;
        let seen = hidden(&page, "seen");
        let mut check = async |form: &[(&str, &str)], words: &str| {
            let answer = browser.post(PAIR, form).await;
            assert_eq!(answer.status, 422, "{}", answer.text());
            assert!(answer.text().contains(words), "{words}: {}", answer.text());
        };
        // What was shown is what is paired.
        let other = [("code", guess.as_str()), ("seen", "something else")];
        check(&other, "No reader shows this code").await;
        let form = [("code", guess.as_str()), ("seen", seen.as_str())];
        for _ in 0..3 {
            check(&form, "The reader shows another code").await;
        }
    };
    let (showed, ()) = tokio::join!(meter.show(&world, codes, &refusals), person);
    showed.unwrap_err();
    assert_eq!(*refusals.lock().unwrap(), [PairingRefusal::NotConfirmed; 3]);
    let list = browser.get("/home/meters").await.text();
    assert!(list.contains("id=\"empty\""), "{list}");
}

#[tokio::test]
async fn whose_wallet_no_page_reaches_is_sent_to_the_command_line() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let person = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &person).await;
    for path in ["/home/meters", ADD] {
        let page = browser.get(path).await.text();
        assert!(page.contains("assent meter pair"), "{page}");
        assert!(!page.contains("name=\"code\""), "{page}");
    }
    let form = [("code", "BCDF-GHJK"), ("seen", ""), ("holding", "x")];
    for path in [ADD, PAIR] {
        let answer = browser.post(path, &form).await;
        assert_eq!(answer.status, 403);
        assert!(
            answer.text().contains("assent meter pair"),
            "{}",
            answer.text()
        );
    }
}

/// A person at a source that has what meters measure, and at a service that asks for it.
async fn household(world: World) -> Stage {
    let readings = "\"dataset_id\": \"readings\",";
    let stream = format!("{readings} \"resolution\": \"quarter-hour\",");
    let metered = ARCHIVE.replace(readings, &stream);
    assert_ne!(metered, ARCHIVE);
    let mut archive = Relying::new(&world, &metered).await;
    let mut adviser = Relying::new(&world, ADVISER).await;
    let (mut browser, _) = Browser::of_hosted(&world, "ann@example.org").await;
    archive.link(&world, &mut browser).await;
    adviser.link(&world, &mut browser).await;
    Stage {
        world,
        archive,
        adviser,
        browser,
    }
}

/// Where a form begins that lets a consent read a meter, behind the meter.
const TELL: &str = "/grants\" class=\"inline\"";

/// How many consents the page of meters names, and how many of them the meter has not heard of.
async fn readers(browser: &mut Browser) -> (usize, usize) {
    let page = browser.get("/home/meters").await.text();
    let named = page.matches("href=\"/home/consents/cns_").count();
    (named, page.matches(TELL).count())
}

/// The first form on the page of meters that lets a consent read one: where it is sent, and the consent.
async fn first_form(browser: &mut Browser) -> (String, String) {
    let page = browser.get("/home/meters").await.text();
    let form = page.split(TELL).nth(1).unwrap();
    let consent = form.split("value=\"").nth(1).unwrap();
    let consent = consent.split('"').next().unwrap();
    let at = page.split(TELL).next().unwrap();
    let at = format!("{}/grants", at.rsplit("action=\"").next().unwrap());
    (at, consent.to_owned())
}

#[tokio::test]
async fn a_meter_is_told_of_consents_by_the_person_first() {
    let mut stage = household(World::new().await).await;
    given(&mut stage).await;
    let meter = pair(&stage.world, &mut stage.browser).await;
    // Attack: any source can say that it has streams. The person says whose meter it is.
    assert_eq!(readers(&mut stage.browser).await, (1, 1));
    let (at, consent) = first_form(&mut stage.browser).await;
    let answer = stage.browser.post(&at, &[("consent", &consent)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(readers(&mut stage.browser).await, (1, 0));
    // With two, the person says which of them.
    pair(&stage.world, &mut stage.browser).await;
    assert_eq!(readers(&mut stage.browser).await, (2, 1));
    let (at, consent) = first_form(&mut stage.browser).await;
    let (mut eve, _) = Browser::of_hosted(&stage.world, "eve@example.org").await;
    let asked = [("consent", consent.as_str())];
    assert_eq!(eve.post(&at, &asked).await.status, 404);
    let answer = stage.browser.post(&at, &asked).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(readers(&mut stage.browser).await, (2, 0));
    // The device finds the grant, and can open it.
    let signer = stage.world.signer();
    let device = Identified {
        signer: &signer,
        caller: (&meter.keys).into(),
    };
    let standing = meter
        .client
        .standing(device, meter.offer.stream, None)
        .await;
    assert_eq!(standing.unwrap().grants.len(), 1);
}

/// What the one grant of a meter gives of the past: as the device opens it, and as the person's key said.
async fn past_of(world: &World, meter: &Meter) -> [Option<Timestamp>; 2] {
    let signer = world.signer();
    let device = Identified {
        signer: &signer,
        caller: (&meter.keys).into(),
    };
    let stream = meter.offer.stream;
    let standing = meter.client.standing(device, stream, None).await.unwrap();
    let [view] = &standing.grants[..] else {
        panic!("one grant: {standing:?}");
    };
    let bound = canonical::encode(&json!({"cr_id": view.cr_id, "stream_id": stream}));
    let sealed = base64url::decode(&view.grant).unwrap();
    let info = domains::SEAL_STREAM_GRANT.as_bytes();
    let opened = sealing::open(&meter.keys.opening, info, &bound, &sealed).unwrap();
    let grant = statement::verify::<StreamGrant>(str::from_utf8(&opened).unwrap()).unwrap();
    let naming = statement::verify::<StreamNaming>(&view.naming).unwrap();
    [grant.content().history_from, naming.content().history_from]
}

#[tokio::test]
async fn what_was_measured_before_is_given_from_a_day_on() {
    let mut stage = household(World::new().await).await;
    given(&mut stage).await;
    let meter = pair(&stage.world, &mut stage.browser).await;
    let (at, consent) = first_form(&mut stage.browser).await;
    let browser = &mut stage.browser;
    browser.post(&at, &[("consent", &consent)]).await;
    assert_eq!(past_of(&stage.world, &meter).await, [None; 2]);
    let page = browser.get("/home/meters").await.text();
    assert!(!page.contains("what was measured before, from"), "{page}");

    let from = |day| [("consent", consent.as_str()), ("from", day)];
    for wrong in ["", "9999-12-31", "2026-02-30", "yesterday"] {
        let answer = browser.post(&at, &from(wrong)).await;
        assert_eq!(answer.status, 422, "{wrong}");
        assert!(answer.text().contains("Choose a day"), "{wrong}");
        assert_eq!(past_of(&stage.world, &meter).await, [None; 2], "{wrong}");
    }

    let answer = browser.post(&at, &from("2020-01-01")).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let begin = Some(Timestamp::from_millis(1_577_836_800_000));
    assert_eq!(past_of(&stage.world, &meter).await, [begin; 2]);
    let page = browser.get("/home/meters").await.text();
    // Without the marks that keep what is filled in from turning the line around.
    let page = page.replace(['\u{2068}', '\u{2069}'], "");
    let words = "what was measured before, from 1 January 2020 on";
    assert!(page.contains(words), "{page}");
}

/// Wherever a stream is spoken of, it is said in words how fine it is.
#[tokio::test]
async fn a_person_is_told_how_often() {
    let mut stage = household(World::new().await).await;
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let request = adviser.ask(world, archive, None).await;
    let form = browser.get(&format!("/home/requests/{request}")).await;
    let form = form.text();
    let signed = "<strong data-said=\"how-often\">every quarter of an hour</strong>";
    assert!(form.contains(signed), "{form}");
    assert!(form.contains("Meter readings (every quarter of an hour): "));

    let cr_id = given(&mut stage).await;
    let browser = &mut stage.browser;
    pair(&stage.world, browser).await;
    for (path, words) in [
        (
            format!("/home/consents/{cr_id}"),
            "Meter readings: every quarter of an hour",
        ),
        (
            format!("/receipts/{cr_id}"),
            "Meter readings (every quarter of an hour): ",
        ),
        (
            "/home/meters".into(),
            "(<span data-said=\"how-often\">every quarter of an hour</span>)",
        ),
    ] {
        let page = browser.get(&path).await.text();
        assert!(page.contains(words), "{path}: {page}");
    }
}

#[tokio::test]
async fn a_consent_that_is_given_later_reaches_the_meter_of_its_source() {
    let mut stage = household(World::new().await).await;
    pair(&stage.world, &mut stage.browser).await;
    assert_eq!(readers(&mut stage.browser).await, (0, 0));
    given(&mut stage).await;
    assert_eq!(readers(&mut stage.browser).await, (1, 1));
    let (at, consent) = first_form(&mut stage.browser).await;
    stage.browser.post(&at, &[("consent", &consent)]).await;
    given(&mut stage).await;
    let (named, waiting) = readers(&mut stage.browser).await;
    assert!(named > 0);
    assert_eq!(waiting, 0, "the source is known by now");
}

#[tokio::test]
async fn a_meter_hears_nothing_of_other_consents() {
    let mut stage = Stage::set().await;
    given(&mut stage).await;
    pair(&stage.world, &mut stage.browser).await;
    assert_eq!(readers(&mut stage.browser).await, (0, 0));
}
