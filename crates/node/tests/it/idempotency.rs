//! `Idempotency-Key`: a request that is sent twice happens once. And `ETag`: who has the newest
//! answer is not sent it again.

use std::net::Ipv4Addr;

use assent_api::v1::Outcome;
use assent_api::v1::consents::ConsentView;
use assent_api::v1::releases::{TokenAnswer, TokenRequest};
use assent_api::v1::webhooks::{CreateWebhook, WebhookView};
use assent_client::statements::change::Change;
use assent_model::time::Span;
use tokio::net::TcpListener;

use crate::calls::Calls;
use crate::household::Cast;
use crate::pages::browser::Browser;
use crate::world::World;

const KEY: &str = "idempotency-key";

async fn enter() -> (World, Cast) {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    (world, cast)
}

fn endpoint(cast: &Cast, url: &str) -> CreateWebhook {
    CreateWebhook {
        service_id: cast.adviser.description.service_id,
        url: url.into(),
    }
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_happens_once() {
    let (world, cast) = enter().await;
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "\"first\"");
    let body = endpoint(&cast, "https://hooks.example/a");
    let first = calls.post("/v1/webhooks", &body).await;
    assert!(!first.headers.contains_key("idempotency-replayed"));
    // Without its quotes it is the same key.
    let again = calls.with(KEY, "first").post("/v1/webhooks", &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, &again.body), (201, &first.body));
    for name in ["location", "etag", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    let other = calls.with(KEY, "second").post("/v1/webhooks", &body).await;
    assert_ne!(
        other.json::<WebhookView>().webhook_id,
        first.json::<WebhookView>().webhook_id
    );
    let endpoints = world
        .running
        .node()
        .webhooks
        .endpoints
        .of_service(body.service_id);
    assert_eq!(endpoints.len(), 2);

    // Another start of the node knows it too, for a day.
    let world = world.restarted().await;
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "first");
    assert_eq!(calls.post("/v1/webhooks", &body).await.body, first.body);
    world.clock.advance(Span::from_days(1));
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "first");
    assert_ne!(calls.post("/v1/webhooks", &body).await.body, first.body);
}

#[tokio::test]
async fn a_key_is_bound_to_body_target_and_caller() {
    let (world, cast) = enter().await;
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "mine");
    let body = endpoint(&cast, "https://hooks.example/a");
    let made: WebhookView = calls.post("/v1/webhooks", &body).await.json();
    let other = endpoint(&cast, "https://hooks.example/b");
    calls
        .post("/v1/webhooks", &other)
        .await
        .is_problem(422, "idempotency-mismatch");
    // The same key is another one elsewhere, and in other hands.
    let request = cast.question(&world);
    let asked = calls.post("/v1/consent-requests", &request).await;
    assert_eq!(asked.status, 201);
    let others = Calls::of(&world, &cast.archive).with(KEY, "mine");
    others
        .post("/v1/webhooks", &body)
        .await
        .is_problem(403, "forbidden");
    // Nobody is given an answer without showing that it was theirs.
    let anonymous = Calls::anonymous(&world).with(KEY, "mine");
    anonymous
        .post("/v1/webhooks", &body)
        .await
        .is_problem(401, "unauthenticated");
    let forged = anonymous.with("authorization", "Assent e30.e30.e30");
    forged
        .post("/v1/webhooks", &body)
        .await
        .is_problem(401, "unauthenticated");
    let endpoints = world
        .running
        .node()
        .webhooks
        .endpoints
        .of_service(body.service_id);
    assert_eq!(
        endpoints
            .iter()
            .map(|endpoint| endpoint.webhook_id)
            .collect::<Vec<_>>(),
        [made.webhook_id]
    );
}

#[tokio::test]
async fn a_request_that_still_runs_is_not_started_again() {
    let (world, cast) = enter().await;
    // A receiver that takes the connection and says nothing.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let made = Calls::of(&world, &cast.adviser)
        .post("/v1/webhooks", &endpoint(&cast, &url))
        .await;
    let path = format!(
        "/v1/webhooks/{}/test",
        made.json::<WebhookView>().webhook_id
    );
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "slow");
    let again = async {
        let connection = silent.accept().await.unwrap();
        calls
            .post_empty(&path)
            .await
            .is_problem(409, "idempotency-in-flight");
        // Hangs up, and does not take another one.
        drop((connection, silent));
    };
    let (first, ()) = tokio::join!(calls.post_empty(&path), again);
    assert_eq!(first.status, 200);
    let after = calls.post_empty(&path).await;
    assert_eq!(
        (after.header("idempotency-replayed"), after.body),
        ("true".into(), first.body)
    );
}

#[tokio::test]
async fn refusals_are_not_kept_and_bad_keys_not_taken() {
    let (world, cast) = enter().await;
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "retry");
    let bad = endpoint(&cast, "ftp://hooks.example/");
    calls
        .post("/v1/webhooks", &bad)
        .await
        .is_problem(422, "callback-refused");
    let good = endpoint(&cast, "https://hooks.example/");
    assert_eq!(calls.post("/v1/webhooks", &good).await.status, 201);
    for key in ["", "\"\"", "two words", &"k".repeat(256)] {
        let answer = calls.with(KEY, key).post("/v1/webhooks", &good).await;
        answer.is_problem(400, "idempotency-key-invalid");
    }
    // Where it means nothing it is not looked at.
    assert_eq!(calls.with(KEY, "").get("/v1/webhooks").await.status, 200);
}

/// A signed statement needs no key to be safe, and a token no answer that was given before.
#[tokio::test]
async fn statements_and_tokens_stand_for_themselves() {
    let (world, cast) = enter().await;
    let calls = Calls::anonymous(&world);
    let question = cast.question(&world);
    let first: Outcome = calls
        .with(KEY, "ask")
        .post("/v1/consent-requests", &question)
        .await
        .json();
    let replayed = calls
        .with(KEY, "ask")
        .post("/v1/consent-requests", &question)
        .await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    let recorded: Outcome = calls.post("/v1/consent-requests", &question).await.json();
    assert_eq!(
        (replayed.json::<Outcome>(), recorded),
        (first.clone(), first)
    );

    let pair = cast.give(&world, true).await;
    let calls = Calls::of(&world, &cast.adviser).with(KEY, "token");
    let request = TokenRequest { cr_id: pair.sink };
    let one: TokenAnswer = calls.post("/v1/tokens", &request).await.json();
    let other: TokenAnswer = calls.post("/v1/tokens", &request).await.json();
    assert_ne!(one.access_token, other.access_token);
    cast.change(&world, &pair, &Change::Withdraw).await;
    calls
        .post("/v1/tokens", &request)
        .await
        .is_problem(403, "consent-withdrawn");
}

#[tokio::test]
async fn kept_answers_are_sealed_at_rest() {
    let (world, cast) = enter().await;
    let body = endpoint(&cast, "https://hooks.example/");
    let made = Calls::of(&world, &cast.adviser)
        .with(KEY, "my-own-key")
        .post("/v1/webhooks", &body)
        .await;
    assert_eq!(made.status, 201);
    let documents = world
        .running
        .node()
        .store
        .documents("idempotency", "", 10)
        .await
        .unwrap();
    assert_eq!(documents.len(), 1);
    let kept = &documents[0].document;
    assert_eq!(
        kept.expires_at,
        Some(world.clock.now() + Span::from_days(1))
    );
    let text = format!("{}{}", kept.id, String::from_utf8_lossy(&kept.body));
    assert!(!text.contains("my-own-key") && !text.contains("hooks.example"));
}

#[tokio::test]
async fn who_has_the_newest_answer_is_told_so() {
    let (world, cast) = enter().await;
    let pair = cast.give(&world, true).await;
    let calls = Calls::anonymous(&world);
    let path = format!("/v1/consents/{}", pair.source);
    let first = calls.get(&path).await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    let known = calls.with("if-none-match", &tag);
    let unchanged = known.get(&path).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), tag);
    assert_eq!(
        calls.with("if-none-match", "*").get(&path).await.status,
        304
    );
    // Who is told more has another version.
    let provider = Calls::of(&world, &cast.archive).with("if-none-match", &tag);
    let view: ConsentView = provider.get(&path).await.json();
    assert!(view.sealed_alias.is_some());

    cast.change(&world, &pair, &Change::Disable).await;
    let changed = known.get(&path).await;
    assert_eq!(changed.json::<ConsentView>().status, "disabled");
    assert_ne!(changed.header("etag"), tag);

    // What changes without a new record changes the tag as well.
    cast.change(&world, &pair, &Change::Withdraw).await;
    let owed = calls.get(&path).await.header("etag");
    cast.acknowledge(&world, &cast.archive, pair.source)
        .await
        .unwrap();
    let acknowledged = calls.with("if-none-match", &owed).get(&path).await;
    assert_eq!(acknowledged.json::<ConsentView>().closure, "acknowledged");

    for path in ["/v1/services", "/v1/consents/cns_x", "/v1/log/checkpoint"] {
        let tagged = calls.get(path).await.headers.contains_key("etag");
        assert_eq!(tagged, path == "/v1/services", "{path}");
    }
}

/// Browsers are known by a cookie, of which a key says nothing: what one person was answered is kept for
/// nobody, not even for the same person.
#[tokio::test]
async fn no_answer_is_kept_for_browsers() {
    let world = World::new().await;
    let (mut ann, _) = Browser::of_hosted(&world, "ann@example.org").await;
    let (mut bo, _) = Browser::of_hosted(&world, "bo@example.org").await;
    let key = [(KEY, "shared".to_owned())];
    let path = "/home/account/passkeys/begin";
    let mut users = std::collections::BTreeSet::new();
    for turn in 0..3 {
        let browser = if turn == 1 { &mut bo } else { &mut ann };
        let answer = browser.post_json(&key, path, &serde_json::json!({})).await;
        assert!(!answer.headers.contains_key("idempotency-replayed"));
        let asked: serde_json::Value = answer.json();
        users.insert(asked["publicKey"]["user"]["name"].to_string());
    }
    assert_eq!(users.len(), 2, "each got an answer of their own: {users:?}");
    let mut nobody = Browser::new(&world);
    let refused = nobody.post_json(&key, path, &serde_json::json!({})).await;
    assert_eq!(refused.status, 303, "to sign in");
}
