//! Meters in My Home of somebody whose keys are in the browser: the node enters the code, with the word
//! of a key that it does not have.

use std::sync::Mutex;

use assent_api::v1::accounts::AccountExport;
use assent_api::v1::streams::CloseStream;
use assent_client::http::{Identified, NodeClient};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::pairing::{PairingCode, PairingRefusal};
use assent_client::statements::Signer;
use assent_client::streams::{Granting, Streamed, granted};
use assent_crypto::signature::SigningKey;
use assent_model::ids::{PartyId, StreamId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::records::stream::{StreamGrant, StreamHolding};
use assent_model::time::Span;
use tokio::sync::mpsc;

use super::browser::{Browser, attribute};
use super::meters::{ADD, PAIR, found, hidden};
use crate::calls::Answered;
use crate::household::{Cast, Pair};
use crate::pairing::{Meter, wrong};
use crate::person::Person;
use crate::world::World;

/// A person whose keys are in the browser, signed in at it.
struct Resident {
    person: Person,
    browser: Browser,
}

impl Resident {
    async fn enter(world: &World, cast: &Cast) -> Self {
        let keys = PartyKeys::generate();
        let client = NodeClient::new(&world.url("/")).unwrap();
        let signer = world.signer();
        let enrolled = client.enrol(&signer, &keys, PartyKind::Person, Custody::Page);
        enrolled.await.unwrap();
        let browser = Browser::of_keys(world, cast, &keys).await;
        let person = Person { keys };
        Self { person, browser }
    }

    /// A key for a stream, of which the account knows, as a wallet makes one.
    async fn key(&self, world: &World) -> Pseudonym {
        let holder = Pseudonym::generate();
        let named = self.person.add(world, &holder).await;
        assert_eq!(named.status, 200, "{}", named.text());
        holder
    }

    /// Confirms a meter that the page shows, with this word.
    async fn confirm(&mut self, code: &PairingCode, seen: &str, holding: &str) -> Answered {
        let code = code.to_string();
        let form = [
            ("code", code.as_str()),
            ("seen", seen),
            ("holding", holding),
        ];
        self.browser.post(PAIR, &form).await
    }

    /// What names the meter that shows a code.
    async fn seen(&mut self, code: &PairingCode) -> String {
        hidden(&found(&mut self.browser, &code.to_string()).await, "seen")
    }
}

fn holding(world: &World, meter: &Meter, holder: &Pseudonym) -> String {
    let signer = world.signer();
    let holding = signer.stream_holding(holder, meter.offer.stream, meter.offer.device);
    holding.compact().to_owned()
}

/// A meter that somebody has paired by the page.
async fn paired(world: &World, resident: &mut Resident) -> (Meter, Pseudonym) {
    let (meter, holder) = (Meter::new(world).await, resident.key(world).await);
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let word = holding(world, &meter, &holder);
    let person = async {
        let code = shown.recv().await.unwrap();
        let page = found(&mut resident.browser, &code.to_string()).await;
        let offered = attribute(&page, "<assent-pair-meter", "data-offer").unwrap();
        let offered = offered.replace("&#34;", "\"").replace("&quot;", "\"");
        let offered = serde_json::from_str(&offered).unwrap();
        assert_eq!(meter.offer, offered);
        let seen = hidden(&page, "seen");
        let answer = resident.confirm(&code, &seen, &word).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(answer.header("location"), "/home/meters?done=paired");
    };
    let (showed, ()) = tokio::join!(meter.show(world, codes, &refusals), person);
    assert_eq!(showed.unwrap().holding, word);
    (meter, holder)
}

#[tokio::test]
async fn a_meter_is_paired_with_a_key_that_the_node_does_not_have() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut ann = Resident::enter(&world, &cast).await;
    let empty = ann.browser.get("/home/meters").await.text();
    assert!(empty.contains("id=\"empty\"") && empty.contains(ADD));
    let (meter, holder) = paired(&world, &mut ann).await;
    let stream = meter.offer.stream;
    let view = meter.client.stream(stream).await.unwrap();
    assert_eq!(view.holder_key, *holder.key.verifying_key());
    let list = ann.browser.get("/home/meters?done=paired").await.text();
    for part in [
        "Meter in the hall",
        "status active",
        "custody=\"page\"",
        &stream.to_string(),
    ] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let export = ann.browser.get("/home/account/export").await.text();
    let export: AccountExport = serde_json::from_str(&export).unwrap();
    let exported = &export.meters[0];
    assert_eq!((exported.stream_id, exported.holder), (stream, view.holder));

    let erasing = ann.browser.get("/home/account/erase").await.text();
    assert!(erasing.contains("Unpair your meters first"), "{erasing}");

    // Only the key can end it: a form without its word does nothing.
    let at = format!("/home/meters/{stream}/unpair");
    let page = ann.browser.get(&at).await;
    assert!(
        page.text().contains("data-change=\"unpair\""),
        "{}",
        page.text()
    );
    assert_eq!(ann.browser.post(&at, &[]).await.status, 403);
    let mut eve = Resident::enter(&world, &cast).await;
    assert_eq!(eve.browser.get(&at).await.status, 404);
    assert!(
        !eve.browser
            .get("/home/meters")
            .await
            .text()
            .contains("Meter in")
    );
    assert_eq!(meter.client.stream(stream).await.unwrap().status, "open");
    let signer = world.signer();
    let body = CloseStream {
        statement: signer.stream_closing(&holder.key, stream).compact().into(),
    };
    meter.client.close_stream(stream, &body).await.unwrap();
    let list = ann.browser.get("/home/meters?done=unpaired").await.text();
    assert!(list.contains("status withdrawn"), "{list}");
    assert_eq!(ann.browser.get(&at).await.status, 404);
}

/// Words that say something else than that this key holds this meter, and how each is answered.
fn wrong_words(world: &World, meter: &Meter, holder: &Pseudonym) -> Vec<(String, u16)> {
    let said = |change: fn(&mut StreamHolding)| {
        let mut said = StreamHolding {
            stream_id: meter.offer.stream,
            device: meter.offer.device,
            holder: holder.surrogate_id(),
        };
        change(&mut said);
        world.signer().sign(&holder.key, said).compact().to_owned()
    };
    let elsewhere = Signer::new("assent:elsewhere".parse().unwrap(), world.clock.now());
    let elsewhere = elsewhere.stream_holding(holder, meter.offer.stream, meter.offer.device);
    let right = holding(world, meter, holder);
    let broken = format!("{}AAAA", &right[..right.len() - 4]);
    vec![
        // About another stream or device, or in the name of another.
        (said(|said| said.stream_id = StreamId::random()), 400),
        (said(|said| said.device = other_party()), 400),
        (said(|said| said.holder = other_holder()), 400),
        // For another chain, of nobody, and nothing at all.
        (elsewhere.compact().to_owned(), 400),
        (broken, 400),
        ("x".to_owned(), 400),
        (String::new(), 422),
        // Of a key that the person has not named as their own.
        (holding(world, meter, &Pseudonym::generate()), 403),
    ]
}

/// Attack: confirm with the word about anything else, of somebody else, from another site, or of
/// another time. The meter hears of none of it.
#[tokio::test]
async fn a_word_about_anything_else_pairs_nothing() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let mut ann = Resident::enter(&world, &cast).await;
    let mut eve = Resident::enter(&world, &cast).await;
    let meter = Meter::new(&world).await;
    let holder = ann.key(&world).await;
    let right = holding(&world, &meter, &holder);
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let person = async {
        let code = shown.recv().await.unwrap();
        let seen = ann.seen(&code).await;
        for (word, status) in wrong_words(&world, &meter, &holder) {
            let answer = ann.confirm(&code, &seen, &word).await;
            assert_eq!(answer.status, status, "{word}: {}", answer.text());
        }
        let answer = eve.confirm(&code, &seen, &right).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
        let text = code.to_string();
        let form = [("code", &*text), ("seen", &*seen), ("holding", &*right)];
        let site = [("sec-fetch-site", "cross-site")];
        let forged = ann.browser.post_from(&site, PAIR, &form).await;
        assert_eq!(forged.status, 403);
        let gone = meter.client.stream(meter.offer.stream).await.unwrap_err();
        assert_eq!(gone.code(), Some("not-found"));
        // A guess counts.
        let guess = wrong(&code);
        let seen_of_guess = ann.seen(&guess).await;
        let answer = ann.confirm(&guess, &seen_of_guess, &right).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        world.clock.advance(Span::from_minutes(6));
        let answer = ann.confirm(&code, &seen, &right).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let fresh = holding(&world, &meter, &holder);
        let answer = ann.confirm(&code, &seen, &fresh).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    };
    let (showed, ()) = tokio::join!(meter.show(&world, codes, &refusals), person);
    showed.unwrap();
    // One wrong guess is all that the meter was told of.
    assert_eq!(*refusals.lock().unwrap(), [PairingRefusal::NotConfirmed]);
    let list = eve.browser.get("/home/meters").await.text();
    assert!(!list.contains("Meter in"), "{list}");
}

fn other_party() -> PartyId {
    PartyId::of(SigningKey::generate().verifying_key())
}

fn other_holder() -> SurrogateId {
    SurrogateId::of(SigningKey::generate().verifying_key())
}

/// Attack: have the node hold a stream for somebody whose keys it keeps with a key that it does not have.
#[tokio::test]
async fn whose_keys_are_kept_here_holds_with_these() {
    let world = World::new().await;
    let (mut browser, _) = Browser::of_hosted(&world, "ann@example.org").await;
    let (meter, holder) = (Meter::new(&world).await, Pseudonym::generate());
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let word = holding(&world, &meter, &holder);
    let person = async {
        let code = shown.recv().await.unwrap().to_string();
        let page = found(&mut browser, &code).await;
        let seen = hidden(&page, "seen");
        let form = [("code", &*code), ("seen", &*seen), ("holding", &*word)];
        assert_eq!(browser.post(PAIR, &form).await.status, 303);
    };
    let (showed, ()) = tokio::join!(meter.show(&world, codes, &refusals), person);
    showed.unwrap();
    let view = meter.client.stream(meter.offer.stream).await.unwrap();
    assert_ne!(view.holder, holder.surrogate_id());
    let list = browser.get("/home/meters").await.text();
    assert!(list.contains("status active"), "{list}");
}

/// Lets a consent read a meter, as the wallet does.
async fn let_read(world: &World, cast: &Cast, pair: &Pair, meter: &Meter, holder: &Pseudonym) {
    let view = cast.client.consent(pair.source).await.unwrap();
    let streamed = Streamed::of(&cast.archive.description, &view.resource_set);
    let grant = StreamGrant {
        stream_id: meter.offer.stream,
        cr_id: pair.source,
        requester: cast.adviser.keys.party_id(),
        sealing_key: cast.adviser.keys.opening.sealing_key().clone(),
        resource_set: streamed.resource_set,
        resolutions: streamed.resolutions,
        history_from: None,
    };
    let keys = Granting {
        holder: &holder.key,
        consent: &pair.alias.alias.key,
        device: meter.keys.opening.sealing_key(),
    };
    let signer = world.signer();
    let body = granted(&signer, keys, grant);
    let who = Identified {
        signer: &signer,
        caller: holder.into(),
    };
    let stream = meter.offer.stream;
    let put = cast.client.put_grant(who, stream, pair.source, &body);
    put.await.unwrap();
}

#[tokio::test]
async fn the_page_says_what_reads_a_meter_and_what_could() {
    let world = World::new().await;
    let cast = Cast::enter_metered(&world, Custody::Page).await;
    let mut ann = Resident::enter(&world, &cast).await;
    let pair = cast.give(&world, true).await;
    for pseudonym in [&cast.adviser_link.pseudonym, &pair.alias.alias] {
        assert_eq!(ann.person.add(&world, pseudonym).await.status, 200);
    }
    let (meter, holder) = paired(&world, &mut ann).await;
    let page = ann.browser.get("/home/meters").await.text();
    for part in [
        "<bdi data-said=\"source\">",
        "<bdi data-said=\"service\">",
        "<span data-said=\"how-often\">every quarter of an hour</span>",
        "data-change=\"grant\"",
        "name=\"assent-vocabulary\"",
        &format!("name=\"consent\" value=\"{}\"", pair.source),
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The node has no key to grant with.
    let at = format!("/home/meters/{}/grants", meter.offer.stream);
    let consent = pair.source.to_string();
    let answer = ann.browser.post(&at, &[("consent", &consent)]).await;
    assert_eq!(answer.status, 403);
    let mut eve = Resident::enter(&world, &cast).await;
    let answer = eve.browser.post(&at, &[("consent", &consent)]).await;
    assert_eq!(answer.status, 404);

    let_read(&world, &cast, &pair, &meter, &holder).await;
    let page = ann.browser.get("/home/meters?done=granted").await.text();
    assert!(page.contains("data-said=\"how-often\""), "{page}");
    assert!(
        !page.contains("class=\"inline\" data-change=\"grant\""),
        "{page}"
    );
}
