//! Who may read what a relay has.

use assent_api::v1::releases::TokenRequest;
use assent_client::http::{Identified, StreamAccess, TailEvent};
use assent_client::statements::change::Change;
use assent_crypto::signature::SigningKey;
use assent_model::ids::ConsentId;
use assent_model::time::Span;

use super::scene::{Meter, Scene, code, words};
use crate::calls::Calls;
use crate::household::Cast;

async fn refused(scene: &Scene, what: &str, access: StreamAccess<'_>, expected: &str) {
    let read = scene.client.read_records(access, 0, 1).await;
    assert_eq!(code(read), expected, "{what}");
    let tail = scene.client.tail(access, 0).await;
    assert_eq!(code(tail), expected, "{what}");
}

#[tokio::test]
async fn a_reading_needs_the_token_and_the_key_of_this_consent() {
    let scene = Scene::granted().await;
    let token = scene.token().await.unwrap();
    let good = scene.access(&token);
    assert!(scene.client.read_records(good, 0, 1).await.is_ok());
    let mut bad = good;
    bad.token = "e30";
    refused(&scene, "no token", bad, "unauthenticated").await;
    let stranger = SigningKey::generate();
    let mut bad = good;
    bad.key = &stranger;
    refused(&scene, "another key", bad, "unauthenticated").await;
    let mut bad = good;
    bad.now = good.now - Span::from_seconds(120);
    refused(&scene, "an old proof", bad, "unauthenticated").await;
    for cr_id in [scene.pair.sink, ConsentId::random()] {
        let mut bad = good;
        bad.cr_id = cr_id;
        refused(&scene, "no source's record", bad, "unauthenticated").await;
    }
    let neighbour = Meter::pair(&scene.world, &scene.client).await;
    let mut bad = good;
    bad.stream = neighbour.stream;
    refused(&scene, "a stream that was not granted", bad, "not-found").await;
    scene.world.clock.advance(Span::from_seconds(301));
    let late = scene.access(&token);
    refused(&scene, "a token that has run out", late, "unauthenticated").await;
}

#[tokio::test]
async fn a_requester_reads_under_its_own_consents_alone() {
    let scene = Scene::granted().await;
    let others = Cast::enter(&scene.world).await;
    let pair = others.give(&scene.world, true).await;
    let signer = scene.signer();
    let other = Identified {
        signer: &signer,
        caller: (&others.adviser.keys).into(),
    };
    let request = TokenRequest { cr_id: pair.sink };
    let theirs = scene.client.token(other, &request).await.unwrap();
    let ours = scene.token().await.unwrap();
    let good = scene.access(&ours);
    let mut bad = good;
    bad.cr_id = pair.source;
    refused(&scene, "a consent of others", bad, "unauthenticated").await;
    let mut bad = good;
    (bad.token, bad.key) = (&theirs.access_token, &others.adviser.keys.signing);
    refused(&scene, "a token of others", bad, "unauthenticated").await;
    bad.cr_id = pair.source;
    refused(&scene, "nothing granted to them", bad, "not-found").await;
}

#[tokio::test]
async fn a_proof_is_good_for_one_reading() {
    let scene = Scene::granted().await;
    let token = scene.token().await.unwrap();
    let (stream, source) = (scene.meter.stream, scene.pair.source);
    let path = format!("/v1/streams/{stream}/records?from=0&limit=1&cr_id={source}");
    let key = &scene.cast.adviser.keys.signing;
    let now = scene.world.clock.now();
    let proof = |url: &str| assent_client::sink::dpop_proof(key, &token, "GET", url, now).unwrap();
    let calls = Calls::anonymous(&scene.world)
        .with("authorization", &assent_client::sink::authorization(&token));
    let with = |proof: &str| calls.with("dpop", proof);
    let proven = proof(&scene.world.url(&path));
    let answer = with(&proven).get(&path).await;
    assert_eq!(answer.status, 200);
    with(&proven)
        .get(&path)
        .await
        .is_problem(401, "proof-replayed");
    for elsewhere in [
        "http://relay.example/v1/streams".to_owned(),
        scene.world.url("/v1/streams"),
        scene.world.url(&path).replace("records", "tail"),
        scene.world.url(&path).replace("http:", "https:"),
    ] {
        let answer = with(&proof(&elsewhere)).get(&path).await;
        answer.is_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn every_reading_and_every_refusal_leaves_a_receipt() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let moment = scene.moment(&scene.standing(None).await);
    scene.publish("0.1 kW", moment).await;
    scene.read(&mut adviser).await.unwrap();
    let token = scene.token().await.unwrap();
    let next = adviser.sequence();
    drop(scene.client.tail(scene.access(&token), next).await.unwrap());
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Disable)
        .await;
    let refused = scene.client.read_records(scene.access(&token), 0, 1).await;
    assert_eq!(code(refused), "consent-disabled");
    let bundle = scene.client.evidence(scene.pair.source).await.unwrap();
    let trust = assent_client::evidence::Trust::Operator(scene.trust.operator);
    let report = assent_client::evidence::verify(&bundle, &trust).unwrap();
    let mut uses: Vec<String> = report
        .receipts
        .iter()
        .map(|one| format!("{:?} {}", one.action, one.refusal.as_deref().unwrap_or("")))
        .collect();
    uses.sort_unstable();
    assert_eq!(uses, ["Refused consent-disabled", "Released ", "Released "]);
}

#[tokio::test]
async fn a_tail_goes_on_where_it_ended() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let moment = scene.moment(&scene.standing(None).await);
    for text in ["1", "2", "3"] {
        scene.publish(text, moment).await;
    }
    let token = scene.token().await.unwrap();
    let from = adviser.sequence();
    let mut tail = scene.client.tail(scene.access(&token), from).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let Some(TailEvent::Record { bytes, .. }) = tail.next().await.unwrap() else {
            panic!("a record");
        };
        seen.extend(words(&adviser.read(&bytes).unwrap()));
    }
    drop(tail);
    let mut tail = scene
        .client
        .tail(scene.access(&token), adviser.sequence())
        .await
        .unwrap();
    let Some(TailEvent::Record { bytes, .. }) = tail.next().await.unwrap() else {
        panic!("a record");
    };
    seen.extend(words(&adviser.read(&bytes).unwrap()));
    assert_eq!(seen, ["1 1", "2 2", "3 3"]);
    // The token runs out, and so does the tail; the holder takes the grant back, and so does it.
    scene.world.clock.advance(Span::from_seconds(301));
    let ended = tail.next().await.unwrap();
    assert_eq!(ended, Some(TailEvent::Ended("token-expired".into())));
    let token = scene.token().await.unwrap();
    let next = adviser.sequence();
    let mut tail = scene.client.tail(scene.access(&token), next).await.unwrap();
    scene.take_back().await.unwrap();
    let ended = tail.next().await.unwrap();
    assert_eq!(ended, Some(TailEvent::Ended("not-granted".into())));
    let read = scene.client.read_records(scene.access(&token), 0, 1).await;
    assert_eq!(code(read), "not-found");
}

#[tokio::test]
async fn a_requester_has_only_so_many_tails() {
    let scene = Scene::granted().await;
    let token = scene.token().await.unwrap();
    let next = scene.meter.publisher.position().0;
    let mut tails = Vec::new();
    for _ in 0..64 {
        tails.push(scene.client.tail(scene.access(&token), next).await.unwrap());
    }
    let refused = scene.client.tail(scene.access(&token), next).await;
    assert_eq!(code(refused), "rate-limited");
}

#[tokio::test]
async fn keys_are_the_requesters_alone_and_asked_for_now_and_then() {
    let mut scene = Scene::granted().await;
    let (stream, source) = (scene.meter.stream, scene.pair.source);
    let list = format!("/v1/consents/{source}/streams");
    let ask = format!("/v1/streams/{stream}/keys/{source}/requests");
    for calls in [
        Calls::of(&scene.world, &scene.cast.archive),
        Calls::by(&scene.world, &scene.meter.keys),
    ] {
        calls.get(&list).await.is_problem(404, "not-found");
        calls.post_empty(&ask).await.is_problem(404, "not-found");
    }
    let holder = Calls::by(&scene.world, &scene.meter.holder);
    holder.get(&list).await.is_problem(403, "forbidden");
    let adviser = Calls::of(&scene.world, &scene.cast.adviser);
    let sinks = format!("/v1/consents/{}/streams", scene.pair.sink);
    adviser.get(&sinks).await.is_problem(404, "not-found");

    let before = scene.subscriber().await.sequence();
    let signer = scene.signer();
    let ask = || {
        scene
            .client
            .ask_stream_keys(scene.adviser(&signer), stream, source)
    };
    ask().await.unwrap();
    ask().await.unwrap();
    assert!(scene.standing(None).await.grants[0].wants_keys);
    scene.follow().await;
    let again = scene.subscriber().await.sequence();
    assert!(again > before, "new keys begin later");
    assert!(!scene.standing(None).await.grants[0].wants_keys);
    let signer = scene.signer();
    let ask = || {
        scene
            .client
            .ask_stream_keys(scene.adviser(&signer), stream, source)
    };
    assert_eq!(code(ask().await), "rate-limited");
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Withdraw)
        .await;
    assert_eq!(code(ask().await), "consent-withdrawn");
    let list = scene
        .client
        .consent_streams(scene.adviser(&signer), source)
        .await;
    assert_eq!(code(list), "consent-withdrawn");
}
