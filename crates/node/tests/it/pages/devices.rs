//! The pages about devices, as far as they go without a key.

use assent_client::http::NodeClient;
use assent_client::keys::PartyKeys;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::Span;

use super::browser::Browser;
use crate::household::Cast;
use crate::keyring::{KEYRING, keyring};
use crate::person::Person;
use crate::world::World;

/// A person whose keys are held so, signed in at a browser.
async fn entered(world: &World, cast: &Cast, custody: Custody) -> (Person, Browser) {
    let keys = PartyKeys::generate();
    let client = NodeClient::new(&world.url("/")).unwrap();
    let signer = world.signer();
    let enrolled = client.enrol(&signer, &keys, PartyKind::Person, custody);
    enrolled.await.unwrap();
    let person = Person { keys };
    let browser = Browser::of_key(world, cast, &person).await;
    (person, browser)
}

#[tokio::test]
async fn who_has_the_keys_is_listed_for_who_holds_them_in_pages() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (person, mut browser) = entered(&world, &cast, Custody::Page).await;
    let (status, page) = browser.look("/home/devices").await;
    assert_eq!(status, 200);
    assert!(!page.contains("data-device="), "{page}");
    let mut body = keyring();
    body.wrappings[0].label = Some("<b>Ann's</b> \u{202e}telephone".into());
    assert_eq!(person.calls(&world).put(KEYRING, &body).await.status, 200);
    let (_, page) = browser.look("/home/devices").await;
    assert!(page.contains("data-device=\"first\""), "{page}");
    // Fluent puts marks around what it fills in.
    let unmarked = page.replace(['\u{2068}', '\u{2069}'], "");
    assert!(unmarked.contains("since 1 January 2026"), "{page}");
    assert!(
        !page.contains("<b>") && !page.contains('\u{202e}'),
        "{page}"
    );
    let (_, account) = browser.look("/home/account").await;
    assert!(account.contains("One thing opens your keys."), "{account}");
    for step in ["new", "add", "kit"] {
        let (status, page) = browser.look(&format!("/home/devices/{step}")).await;
        assert_eq!(status, 200, "{step}");
        assert!(page.contains("<template>"), "{step}: {page}");
    }
    // What hands keys out is for who has just signed in.
    world.clock.advance(Span::from_minutes(10));
    for step in ["new", "add", "kit"] {
        let answer = browser.get(&format!("/home/devices/{step}")).await;
        assert_eq!(answer.status, 303, "{step}");
        assert!(answer.header("location").contains("again=true"), "{step}");
    }
}

#[tokio::test]
async fn others_are_told_that_they_need_none_here() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (_, independent) = entered(&world, &cast, Custody::Independent).await;
    let (hosted, _) = Browser::of_hosted(&world, "ann@example.org").await;
    for (mut browser, words) in [
        (independent, "in a wallet of your own"),
        (hosted, "the operator keeps your keys"),
    ] {
        let (status, page) = browser.look("/home/devices").await;
        assert_eq!(status, 200);
        assert!(page.contains(words), "{page}");
        assert!(!page.contains("assent-devices"), "{page}");
        assert_eq!(browser.look("/home/devices/kit").await.0, 404);
    }
}
