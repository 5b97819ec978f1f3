//! Grant, read, withdraw, shut out.

use assent_client::channel::{Moment, Reading};
use assent_client::http::TailEvent;
use assent_client::statements::change::Change;

use super::scene::{Scene, code, words};

#[tokio::test]
async fn a_reader_is_let_in_and_shut_out_again() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let moment = scene.moment(&scene.standing(None).await);
    let taken = scene.publish("0.244 kW", moment).await;
    assert!(taken.withheld.is_empty(), "{taken:?}");
    let read = scene.read(&mut adviser).await.unwrap();
    assert_eq!(words(read.last().unwrap()).unwrap(), "0.244 kW 0.244 kW");

    let token = scene.token().await.unwrap();
    let from = adviser.sequence();
    let mut tail = scene.client.tail(scene.access(&token), from).await.unwrap();
    scene.publish("0.245 kW", moment).await;
    let Some(TailEvent::Record { sequence, bytes }) = tail.next().await.unwrap() else {
        panic!("a record");
    };
    assert_eq!(sequence, from);
    let reading = adviser.read(&bytes).unwrap();
    assert_eq!(words(&reading).unwrap(), "0.245 kW 0.245 kW");

    // The device waits for what is said anew while the household withdraws.
    let known = scene.standing(None).await;
    let (standing, ()) = tokio::join!(
        scene.standing(Some(&known.mark)),
        scene
            .cast
            .change(&scene.world, &scene.pair, &Change::Withdraw),
    );
    assert!(standing.grants.is_empty() && standing.height > known.height);
    assert_eq!(
        tail.next().await.unwrap(),
        Some(TailEvent::Ended("consent-withdrawn".into()))
    );
    assert_eq!(tail.next().await.unwrap(), None);
    let access = scene.access(&token);
    let refused = scene.client.read_records(access, from + 1, 10).await;
    assert_eq!(code(refused), "consent-withdrawn");
    let refused = scene.client.tail(scene.access(&token), from + 1).await;
    assert_eq!(code(refused), "consent-withdrawn");

    // What comes later opens with no key that the reader has, wherever it has the records from.
    let standing = scene.follow().await;
    let moment = scene.moment(&standing);
    let taken = scene.publish("0.246 kW", moment).await;
    assert!(taken.withheld.is_empty(), "{taken:?}");
    let signer = scene.signer();
    let (stream, next) = (scene.meter.stream, adviser.sequence());
    let stolen = scene
        .client
        .own_records(scene.device(&signer), stream, next, 100)
        .await
        .unwrap();
    let readings: Vec<Reading> = stolen
        .iter()
        .map(|one| adviser.read(one).unwrap())
        .collect();
    assert!(
        readings
            .iter()
            .any(|one| matches!(one, Reading::Excluded { .. }))
    );
    assert!(
        readings.iter().all(|one| words(one).is_none()),
        "{readings:?}"
    );
    assert!(!adviser.is_authorised());
}

#[tokio::test]
async fn who_narrows_a_consent_closes_a_lane() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let [sink, _] = scene.cast.views(&scene.pair).await;
    let mut narrower = sink.resource_set.clone();
    for concepts in narrower.values_mut() {
        concepts.retain(|concept| sink.required.contains(concept));
    }
    narrower.retain(|_, concepts| !concepts.is_empty());
    let change = Change::Narrow(narrower);
    scene.cast.change(&scene.world, &scene.pair, &change).await;
    let standing = scene.follow().await;
    let moment = scene.moment(&standing);
    scene.publish("1 kWh", moment).await;
    let read = scene.read(&mut adviser).await.unwrap();
    assert_eq!(words(read.last().unwrap()).unwrap(), "1 kWh", "one lane");
}

#[tokio::test]
async fn a_pause_shuts_out_and_its_end_lets_in_again() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    scene.read(&mut adviser).await.unwrap();
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Disable)
        .await;
    let paused = scene.follow().await;
    assert!(paused.grants.is_empty());
    let moment = scene.moment(&paused);
    scene.publish("unseen", moment).await;
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Enable)
        .await;
    let resumed = scene.follow().await;
    assert_eq!(resumed.grants.len(), 1);
    let moment = scene.moment(&resumed);
    let mut again = scene.subscriber().await;
    scene.publish("seen", moment).await;
    let read = scene.read(&mut again).await.unwrap();
    let seen: Vec<String> = read.iter().filter_map(words).collect();
    assert_eq!(seen, ["seen seen"]);
    // The keys of before are good for nothing any more.
    let read = scene.read(&mut adviser).await.unwrap();
    assert!(read.iter().all(|one| words(one).is_none()), "{read:?}");
}

#[tokio::test]
async fn the_end_of_the_stream_ends_everything() {
    let mut scene = Scene::granted().await;
    let token = scene.token().await.unwrap();
    let next = scene.meter.publisher.position().0;
    let mut tail = scene.client.tail(scene.access(&token), next).await.unwrap();
    scene.close().await;
    assert_eq!(
        tail.next().await.unwrap(),
        Some(TailEvent::Ended("stream-closed".into()))
    );
    let read = scene.client.read_records(scene.access(&token), 0, 1).await;
    assert_eq!(code(read), "stream-closed");
    let signer = scene.signer();
    let device = scene.device(&signer);
    let standing = scene
        .client
        .standing(device, scene.meter.stream, None)
        .await;
    assert_eq!(code(standing), "stream-closed");
    assert_eq!(code(scene.grant().await), "stream-closed");
    let at = scene.world.clock.now();
    scene.meter.publisher.gap(at, at, Moment { as_of: 1, at });
    assert_eq!(code(scene.upload().await), "stream-closed");
    // Sealed grants and keys are gone.
    let (store, owner) = (
        &scene.world.running.node().store,
        scene.meter.stream.to_string(),
    );
    for kind in ["stream-grant", "stream-given"] {
        let left = store.documents_of(kind, &owner, "", 9).await.unwrap();
        assert!(left.is_empty(), "{kind}");
    }
}
