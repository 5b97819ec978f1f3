//! What pages of the node may ask of the API by the session of their browser, and no other site may.

use assent_api::v1::keyring::KeptKeyring;

use super::browser::Browser;
use crate::calls::Calls;
use crate::household::Cast;
use crate::keyring::{KEYRING, keyring};
use crate::person::Person;
use crate::world::World;

/// What a request of another site looks like, or of something that is no browser of today.
fn foreign(world: &World) -> Vec<Vec<(&'static str, String)>> {
    let own = world.running.node().config.public_url.clone();
    let other_port = "http://localhost:1".to_owned();
    vec![
        vec![("sec-fetch-site", "cross-site".into())],
        vec![("sec-fetch-site", "same-site".into())],
        vec![("sec-fetch-site", "none".into())],
        vec![("sec-fetch-site", "cross-site".into()), ("origin", own)],
        vec![("origin", "https://evil.example".into())],
        vec![("origin", other_port)],
        vec![("origin", "null".into())],
    ]
}

#[tokio::test]
async fn a_session_opens_the_keyring_to_pages_of_the_node_alone() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let ann = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &ann).await;
    let own = [("sec-fetch-site", "same-origin".to_owned())];
    assert_eq!(browser.get_from(&own, KEYRING).await.status, 404);
    for headers in foreign(&world) {
        browser
            .put_from(&headers, KEYRING, &keyring())
            .await
            .is_problem(401, "unauthenticated");
    }
    assert_eq!(browser.get_from(&own, KEYRING).await.status, 404);
    let body = keyring();
    assert_eq!(browser.put_from(&own, KEYRING, &body).await.status, 200);
    for headers in foreign(&world) {
        browser
            .get_from(&headers, KEYRING)
            .await
            .is_problem(401, "unauthenticated");
    }
    let kept: KeptKeyring = browser.get_from(&own, KEYRING).await.json();
    assert_eq!(kept.keyring, body.keyring);
    // The same that the key of the party reads.
    let by_key: KeptKeyring = ann.calls(&world).get(KEYRING).await.json();
    assert_eq!(by_key, kept);
    assert_eq!(
        Browser::new(&world).get_from(&own, KEYRING).await.status,
        401
    );
    // A session is for what says so: elsewhere in the API it is nothing.
    for target in ["/v1/accounts/export", "/v1/contacts"] {
        browser
            .get_from(&own, target)
            .await
            .is_problem(401, "unauthenticated");
    }
    let spoilt = Calls::anonymous(&world).with("authorization", "Assent e30.e30.e30");
    spoilt.get(KEYRING).await.is_problem(401, "unauthenticated");
}
