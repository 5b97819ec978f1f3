//! Webhooks: who is told what, how often, and what a receiver can rely on.

use std::net::Ipv4Addr;

use assent_api::v1::webhooks::{
    ChangeWebhook, CreateWebhook, DeliveryView, ReplayDeliveries, Replaying, WebhookView,
};
use assent_client::http::{Identified, PageQuery};
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_model::time::Span;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use tokio::net::TcpListener;

use crate::calls::Calls;
use crate::household::{Cast, Provider};
use crate::receiver::{Receiver, eventually};
use crate::world::World;

async fn enter() -> (World, Cast) {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    (world, cast)
}

async fn deliveries(
    world: &World,
    provider: &Provider,
    endpoint: &WebhookView,
) -> Vec<DeliveryView> {
    let path = format!("/v1/webhooks/{}/deliveries", endpoint.webhook_id);
    let page: assent_api::v1::Page<DeliveryView> =
        Calls::of(world, provider).get(&path).await.json();
    page.items
}

fn who<'a>(signer: &'a Signer, provider: &'a Provider) -> Identified<'a> {
    let caller = (&provider.keys).into();
    Identified { signer, caller }
}

/// Waits until the newest delivery to an endpoint has this many attempts.
async fn attempted(
    world: &World,
    provider: &Provider,
    endpoint: &WebhookView,
    attempts: usize,
) -> DeliveryView {
    eventually("an attempt", || async {
        let newest = deliveries(world, provider, endpoint).await.pop();
        newest.filter(|delivery| delivery.attempts.len() >= attempts)
    })
    .await
}

#[tokio::test]
async fn both_services_learn_of_a_withdrawal_from_messages_that_verify() {
    let (world, cast) = enter().await;
    let (at_sink, at_source) = (Receiver::start().await, Receiver::start().await);
    let sink_endpoint = at_sink.listen(&world, &cast, &cast.adviser).await;
    let source_endpoint = at_source.listen(&world, &cast, &cast.archive).await;
    let pair = cast.give(&world, true).await;
    cast.change(&world, &pair, &Change::Withdraw).await;

    let parties = [
        (&at_sink, &sink_endpoint, pair.sink),
        (&at_source, &source_endpoint, pair.source),
    ];
    for (receiver, endpoint, consent) in parties {
        let mut told: Vec<_> = receiver
            .wait_for(2)
            .await
            .iter()
            .map(|received| received.verified(&world, endpoint))
            .collect();
        told.sort_by_key(|webhook| webhook.payload.data.sequence);
        let kinds: Vec<_> = told
            .iter()
            .map(|webhook| webhook.payload.kind.as_str())
            .collect();
        assert_eq!(kinds, ["consent.given", "consent.status-changed"]);
        // Each is told of its own record and never learns the name of the other's.
        assert!(
            told.iter()
                .all(|webhook| webhook.payload.data.id == consent.to_string())
        );
        assert!(told[0].payload.data.sequence < told[1].payload.data.sequence);
        assert_ne!(told[0].id, told[1].id);
        assert_eq!(told[0].payload.timestamp, "2026-01-01T00:00:00Z");
    }
}

#[tokio::test]
async fn an_acknowledgement_is_recorded_and_one_that_does_not_come_too() {
    let (world, cast) = enter().await;
    let receiver = Receiver::start().await;
    receiver.listen(&world, &cast, &cast.archive).await;
    let pair = cast.give(&world, true).await;
    cast.change(&world, &pair, &Change::Withdraw).await;
    for consent in [pair.sink, pair.source] {
        assert_eq!(cast.client.consent(consent).await.unwrap().closure, "owed");
    }

    cast.acknowledge(&world, &cast.adviser, pair.sink)
        .await
        .unwrap();
    assert_eq!(
        cast.client.consent(pair.sink).await.unwrap().closure,
        "acknowledged"
    );
    let again = cast
        .acknowledge(&world, &cast.adviser, pair.sink)
        .await
        .unwrap_err();
    assert_eq!(again.code(), Some("acknowledgement-not-owed"));

    // The source keeps silent: a minute before the deadline nothing is said, after it it is.
    let deadline = world.config.acknowledge_within_hours * 60;
    world.clock.advance(Span::from_minutes(deadline - 1));
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert_eq!(
        cast.client.consent(pair.source).await.unwrap().closure,
        "owed"
    );
    world.clock.advance(Span::from_minutes(1));
    eventually("the deadline", || async {
        let closure = cast.client.consent(pair.source).await.unwrap().closure;
        (closure == "missed").then_some(())
    })
    .await;
    assert_eq!(
        cast.client.consent(pair.sink).await.unwrap().closure,
        "acknowledged"
    );
    // The source is told of that as well.
    let told = receiver.wait_for(3).await;
    let last: assent_api::v1::webhooks::WebhookPayload =
        serde_json::from_slice(&told[2].body).unwrap();
    assert_eq!(last.kind, "consent.acknowledgement-missed");

    // Late is better than never, and does not hide that the deadline was missed: the log has both.
    cast.acknowledge(&world, &cast.archive, pair.source)
        .await
        .unwrap();
    assert_eq!(
        cast.client.consent(pair.source).await.unwrap().closure,
        "acknowledged"
    );
}

#[tokio::test]
async fn a_failed_attempt_is_made_again_by_the_table_with_the_same_id_and_body() {
    let (world, cast) = enter().await;
    let receiver = Receiver::answering(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()).await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    cast.give(&world, true).await;
    let first = attempted(&world, &cast.adviser, &endpoint, 1).await;
    assert_eq!(
        (first.state.as_str(), first.attempts[0].status),
        ("pending", Some(500))
    );

    // Not before its time …
    world.clock.advance(Span::from_seconds(4));
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert_eq!(receiver.received().len(), 1);
    // … which the receiver may put off.
    world.clock.advance(Span::from_seconds(2));
    receiver.answers(|| {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "3600")],
        )
            .into_response()
    });
    let second = attempted(&world, &cast.adviser, &endpoint, 2).await;
    let wait = second.next_attempt_at.unwrap() - second.attempts[1].at;
    assert!((3_600_000..=3_960_000).contains(&wait), "{wait} ms");

    world.clock.advance(Span::from_minutes(70));
    receiver.answers(|| StatusCode::OK.into_response());
    let third = attempted(&world, &cast.adviser, &endpoint, 3).await;
    assert_eq!(
        (third.state.as_str(), third.next_attempt_at),
        ("delivered", None)
    );
    let received = receiver.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|one| one.header("webhook-id") == first.delivery_id)
    );
    assert!(received.iter().all(|one| one.body == received[0].body));
    assert_ne!(
        received[0].header("webhook-timestamp"),
        received[2].header("webhook-timestamp")
    );
    received[2].verified(&world, &endpoint);
}

#[tokio::test]
async fn a_receiver_that_says_nothing_holds_up_no_other() {
    let (world, cast) = enter().await;
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let body = CreateWebhook {
        service_id: cast.adviser.description.service_id,
        url: format!("http://{}/", silent.local_addr().unwrap()),
    };
    let signer = world.signer();
    let adviser = who(&signer, &cast.adviser);
    for _ in 0..8 {
        cast.client.create_webhook(adviser, &body).await.unwrap();
    }
    let receiver = Receiver::start().await;
    receiver.listen(&world, &cast, &cast.archive).await;
    let pair = cast.give(&world, true).await;
    for change in [Change::Disable, Change::Enable, Change::Withdraw] {
        cast.change(&world, &pair, &change).await;
    }
    // Long before the first of the others is given up.
    let patience = std::time::Duration::from_secs(10);
    let received = tokio::time::timeout(patience, receiver.wait_for(4)).await;
    assert_eq!(received.unwrap().len(), 4);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_410_ends_an_endpoint() {
    let (world, cast) = enter().await;
    let receiver =
        Receiver::answering(|| (StatusCode::FOUND, [(header::LOCATION, "/hooks")]).into_response())
            .await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let pair = cast.give(&world, true).await;
    let moved = attempted(&world, &cast.adviser, &endpoint, 1).await;
    assert_eq!(
        (moved.state.as_str(), moved.attempts[0].status),
        ("pending", Some(302))
    );
    assert_eq!(receiver.received().len(), 1, "the redirect was followed");

    receiver.answers(|| StatusCode::GONE.into_response());
    world.clock.advance(Span::from_seconds(6));
    let gone = attempted(&world, &cast.adviser, &endpoint, 2).await;
    assert_eq!(
        (gone.state.as_str(), gone.attempts[1].status),
        ("failed", Some(410))
    );
    let path = format!("/v1/webhooks/{}", endpoint.webhook_id);
    eventually("the end of the endpoint", || async {
        let calls = Calls::of(&world, &cast.adviser);
        let view: WebhookView = calls.get(&path).await.json();
        (!view.enabled).then_some(())
    })
    .await;
    cast.change(&world, &pair, &Change::Withdraw).await;
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert_eq!(
        receiver.received().len(),
        2,
        "a disabled endpoint was called"
    );
}

#[tokio::test]
async fn a_message_can_be_tried_and_sent_again() {
    let (world, cast) = enter().await;
    let receiver = Receiver::start().await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let (signer, id) = (world.signer(), endpoint.webhook_id);
    let adviser = who(&signer, &cast.adviser);
    assert_eq!(cast.client.webhook(adviser, id).await.unwrap(), endpoint);
    let test = cast.client.test_webhook(adviser, id).await.unwrap();
    assert_eq!(
        (test.kind.as_str(), test.state.as_str()),
        ("webhook.test", "delivered")
    );
    let webhook = receiver.wait_for(1).await[0].verified(&world, &endpoint);
    assert_eq!(webhook.payload.data.id, id.to_string());

    receiver.answers(|| StatusCode::BAD_GATEWAY.into_response());
    cast.give(&world, true).await;
    let failed = eventually("an attempt", || async {
        let page = cast
            .client
            .deliveries(adviser, id, &PageQuery::default())
            .await
            .unwrap();
        let is_tried = |one: &DeliveryView| one.kind == "consent.given" && !one.attempts.is_empty();
        page.items.into_iter().find(is_tried)
    })
    .await;
    receiver.answers(|| StatusCode::OK.into_response());
    let replayed = cast
        .client
        .replay_delivery(adviser, id, &failed.delivery_id)
        .await
        .unwrap();
    assert_eq!(
        (replayed.state.as_str(), replayed.attempts.len()),
        ("delivered", 2)
    );
    assert_eq!(
        receiver.received()[2].header("webhook-id"),
        failed.delivery_id
    );
    let unknown = cast
        .client
        .replay_delivery(adviser, id, "evt_1")
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Some("not-found"));
}

#[tokio::test]
async fn an_endpoint_is_its_providers_alone() {
    let (world, cast) = enter().await;
    let receiver = Receiver::start().await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let path = format!("/v1/webhooks/{}", endpoint.webhook_id);
    let others = Calls::of(&world, &cast.archive);
    others.get(&path).await.is_problem(404, "not-found");
    others
        .get(&format!("{path}/deliveries"))
        .await
        .is_problem(404, "not-found");
    others
        .post_empty(&format!("{path}/test"))
        .await
        .is_problem(404, "not-found");
    others.delete(&path).await.is_problem(404, "not-found");
    let foreign = CreateWebhook {
        service_id: cast.adviser.description.service_id,
        url: receiver.url(),
    };
    others
        .post("/v1/webhooks", &foreign)
        .await
        .is_problem(403, "forbidden");
    let signer = world.signer();
    let own = cast
        .client
        .webhooks(who(&signer, &cast.archive), &PageQuery::default())
        .await
        .unwrap();
    assert!(own.items.is_empty());
    let anonymous = Calls::anonymous(&world);
    anonymous
        .get(&path)
        .await
        .is_problem(401, "unauthenticated");
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn endpoints_are_listed_limited_changed_conditionally_and_kept() {
    let (world, cast) = enter().await;
    let receiver = Receiver::start().await;
    let calls = Calls::of(&world, &cast.adviser);
    let mut endpoints = Vec::new();
    for _ in 0..8 {
        endpoints.push(receiver.listen(&world, &cast, &cast.adviser).await);
    }
    let body = CreateWebhook {
        service_id: cast.adviser.description.service_id,
        url: receiver.url(),
    };
    calls
        .post("/v1/webhooks", &body)
        .await
        .is_problem(409, "too-many-webhooks");
    endpoints.sort_by_key(|endpoint| endpoint.webhook_id);
    let signer = world.signer();
    let page = PageQuery {
        cursor: None,
        limit: Some(5),
    };
    let first = cast
        .client
        .webhooks(who(&signer, &cast.adviser), &page)
        .await
        .unwrap();
    let page = PageQuery {
        cursor: first.next.clone(),
        limit: Some(5),
    };
    let second = cast
        .client
        .webhooks(who(&signer, &cast.adviser), &page)
        .await
        .unwrap();
    assert_eq!([first.items, second.items].concat(), endpoints);
    assert_eq!(second.next, None);

    let path = format!("/v1/webhooks/{}", endpoints[0].webhook_id);
    let tag = calls.get(&path).await.header("etag");
    assert_eq!(tag, "\"1\"");
    let refused = calls.with("if-match", "\"7\"").delete(&path).await;
    refused.is_problem(412, "precondition-failed");
    assert_eq!(calls.with("if-match", &tag).delete(&path).await.status, 204);
    calls.get(&path).await.is_problem(404, "not-found");

    // Another start of the same node knows the others.
    let world = world.restarted().await;
    let cast = cast.again(&world);
    let signer = world.signer();
    let kept = cast
        .client
        .webhooks(who(&signer, &cast.adviser), &PageQuery::default())
        .await
        .unwrap();
    assert_eq!(kept.items, endpoints[1..]);
    cast.give(&world, true).await;
    receiver.wait_for(7).await;
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused_at_once() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let service_id = cast.adviser.description.service_id;
    for url in [
        "http://hooks.example/",
        "https://127.0.0.1/",
        "https://0177.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@hooks.example/",
        "https://localhost:8443/",
        "file:///etc/passwd",
        "not an address",
    ] {
        let body = CreateWebhook {
            service_id,
            url: url.into(),
        };
        let answer = Calls::of(&world, &cast.adviser)
            .post("/v1/webhooks", &body)
            .await;
        answer.is_problem(422, "callback-refused");
        assert!(
            !answer.text().contains("169.254"),
            "the address is repeated"
        );
    }
    let body = CreateWebhook {
        service_id,
        url: "https://hooks.example/a?token=b".into(),
    };
    assert_eq!(
        Calls::of(&world, &cast.adviser)
            .post("/v1/webhooks", &body)
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn an_endpoint_is_stopped_and_a_time_is_sent_again() {
    let (world, cast) = enter().await;
    let receiver = Receiver::start().await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let calls = Calls::of(&world, &cast.adviser);
    let path = |what: &str| format!("/v1/webhooks/{}/{what}", endpoint.webhook_id);
    cast.give(&world, true).await;
    let told = receiver.wait_for(1).await.len();
    let change = |enabled| ChangeWebhook { enabled };
    let stopped = calls.post(&path("state"), &change(false)).await;
    let view: WebhookView = stopped.json();
    assert!(!view.enabled);
    let stale = calls.with("if-match", "\"1\"");
    assert_eq!(stale.post(&path("state"), &change(true)).await.status, 412);
    let others = Calls::of(&world, &cast.archive);
    assert_eq!(others.post(&path("state"), &change(true)).await.status, 404);
    let view: WebhookView = calls.post(&path("state"), &change(true)).await.json();
    assert!(view.enabled);

    let again = |from, until, failed_only| ReplayDeliveries {
        from,
        until,
        failed_only,
    };
    let begin = crate::world::BEGIN.as_millis();
    for (wanted, expected) in [
        (again(None, None, true), 0),
        (again(Some(begin + 1), None, false), 0),
        (again(None, Some(begin), false), 0),
        (again(Some(begin), Some(begin + 1), false), told as u64),
    ] {
        let sent: Replaying = calls.post(&path("replays"), &wanted).await.json();
        assert_eq!(sent.deliveries, expected, "{wanted:?}");
    }
    let received = receiver.wait_for(2 * told).await;
    let ids = |from: usize| -> Vec<String> {
        let some = received[from..from + told].iter();
        some.map(|one| one.header("webhook-id").to_owned())
            .collect()
    };
    assert_eq!(ids(0), ids(told), "the same ids in the same order");
}
