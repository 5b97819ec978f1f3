//! What a device uploads, and what the relay does not take.

use assent_api::v1::streams::RECORDS_MEDIA_TYPE;
use assent_client::channel::{Moment, Publisher};
use assent_client::statements::change::Change;
use assent_crypto::channel::{Body, Head, Record, UnverifiedRecord};
use assent_crypto::signature::SigningKey;
use assent_model::time::Span;
use reqwest::Method;

use super::scene::{Meter, Scene, code};
use crate::calls::Calls;

/// All records that the device has not sent, in their order.
fn unsent(scene: &Scene) -> Vec<Vec<u8>> {
    let unsent = scene.meter.publisher.unsent();
    unsent.map(|record| record.bytes().to_vec()).collect()
}

async fn stored(scene: &Scene, from: u64) -> Vec<Vec<u8>> {
    let signer = scene.signer();
    let (device, stream) = (scene.device(&signer), scene.meter.stream);
    scene
        .client
        .own_records(device, stream, from, 1024)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_records_again_are_taken_once() {
    let mut scene = Scene::granted().await;
    let standing = scene.standing(None).await;
    for text in ["1", "2", "3"] {
        scene.seal(text, scene.moment(&standing));
    }
    let records = unsent(&scene);
    let first = scene.put(&records[..2]).await.unwrap();
    let again = scene.put(&records).await.unwrap();
    assert_eq!(again.next, first.next + 1);
    assert_eq!(scene.put(&records).await.unwrap(), again);
    assert_eq!(scene.put(&[]).await.unwrap(), again);
    assert_eq!(stored(&scene, again.next - 3).await, records);
    // Nothing is lost when the node starts again.
    let scene = Box::pin(restarted(scene)).await;
    assert_eq!(scene.put(&records).await.unwrap(), again);
    assert_eq!(stored(&scene, again.next - 3).await, records);
}

async fn restarted(scene: Scene) -> Scene {
    let world = scene.world.restarted().await;
    let cast = scene.cast.again(&world);
    let client = cast.client.clone();
    Scene {
        world,
        cast,
        client,
        ..scene
    }
}

#[tokio::test]
async fn holes_forks_and_foreign_records_are_refused() {
    let mut scene = Scene::granted().await;
    let moment = scene.moment(&scene.standing(None).await);
    let snapshot = scene.meter.publisher.to_bytes();
    scene.publish("true", moment).await;
    let due = scene.meter.publisher.position();
    for text in ["1", "2"] {
        scene.seal(text, moment);
    }
    let records = unsent(&scene);
    let hole = scene.put(&records[1..]).await;
    assert_eq!(code(hole), "records-missing");

    // A device from a snapshot says something else under a number that it has used.
    let device = || SigningKey::from_seed(scene.meter.keys.signing.seed());
    let mut other = Publisher::from_bytes(&snapshot, device()).unwrap();
    let lane = other.lanes().all()[0];
    other.publish(&[(lane, b"false".to_vec())], moment);
    other.publish(&[(lane, b"more".to_vec())], moment);
    let forked: Vec<Vec<u8>> = other.unsent().map(|one| one.bytes().to_vec()).collect();
    assert_eq!(code(scene.put(&forked).await), "stream-forked");
    assert_eq!(code(scene.put(&forked[1..]).await), "stream-forked");

    let mut turned = records.clone();
    turned.swap(0, 1);
    let mut altered = records[0].clone();
    altered[60] ^= 1;
    let channel = assent_client::channel::channel_tag(scene.meter.stream);
    let head = Head {
        sequence: due.0,
        prev: due.1,
        as_of: moment.as_of,
        at: 0,
    };
    let (from, until) = (0, 1);
    let elsewhere = Record::sign(&[9; 32], &device(), head, Body::Gap { from, until });
    let stranger = SigningKey::generate();
    let strange = Record::sign(&channel, &stranger, head, Body::Gap { from, until });
    let opening = Record::sign(&channel, &device(), head, Body::Opening(Vec::new()));
    let verified = UnverifiedRecord::parse(&records[0]).unwrap();
    let verified = verified.verify(&channel, device().verifying_key()).unwrap();
    let emptied = verified.withhold(&channel).unwrap();
    for (what, records) in [
        ("out of order", turned),
        ("altered", vec![altered]),
        ("for another stream", vec![elsewhere.bytes().to_vec()]),
        ("of somebody else", vec![strange.bytes().to_vec()]),
        ("a second opening", vec![opening.bytes().to_vec()]),
        ("withheld by the device", vec![emptied.bytes().to_vec()]),
        ("no record", vec![b"nothing".to_vec()]),
        ("empty", vec![Vec::new()]),
    ] {
        assert_eq!(code(scene.put(&records).await), "record-invalid", "{what}");
    }
    // None of it left a trace.
    assert_eq!(scene.put(&records).await.unwrap().next, due.0 + 2);
}

#[tokio::test]
async fn measurements_of_before_an_end_are_thrown_away() {
    let mut scene = Scene::granted().await;
    let before = scene.standing(None).await;
    scene.seal("sealed too early", scene.moment(&before));
    let gap = scene.world.clock.now();
    scene.meter.publisher.gap(gap, gap, scene.moment(&before));
    scene.seal("too early as well", scene.moment(&before));
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Withdraw)
        .await;
    let first = scene.meter.publisher.position().0 - 3;
    let records = unsent(&scene);
    let taken = scene.put(&records).await.unwrap();
    assert_eq!(taken.withheld, [first, first + 2]);
    // The answer may have been lost: it is the same again.
    assert_eq!(scene.put(&records).await.unwrap(), taken);
    scene.meter.publisher.confirm(taken.next);

    let kept = stored(&scene, first).await;
    assert!(kept[0].len() < records[0].len() && kept[2].len() < records[2].len());
    assert_eq!(kept[1], records[1], "a gap is kept whole");
    let channel = assent_client::channel::channel_tag(scene.meter.stream);
    for record in &kept {
        let device = scene.meter.keys.signing.verifying_key();
        let record = UnverifiedRecord::parse(record).unwrap();
        record.verify(&channel, device).unwrap();
    }
    // Under what the device is told then, they are taken.
    let standing = scene.follow().await;
    scene
        .meter
        .publisher
        .again(&taken.withheld, scene.moment(&standing));
    let taken = scene
        .publish("sealed in time", scene.moment(&standing))
        .await;
    assert!(taken.withheld.is_empty(), "{taken:?}");
}

#[tokio::test]
async fn a_grant_that_is_taken_back_counts_as_an_end() {
    let mut scene = Scene::granted().await;
    let before = scene.standing(None).await;
    scene.seal("too early", scene.moment(&before));
    scene.take_back().await.unwrap();
    let taken = scene.upload().await.unwrap();
    assert_eq!(taken.withheld.len(), 1);
    let standing = scene.follow().await;
    assert!(standing.grants.is_empty() && standing.height > before.height);
    let taken = scene.publish("in time", scene.moment(&standing)).await;
    assert!(taken.withheld.is_empty(), "{taken:?}");
}

#[tokio::test]
async fn measurements_need_a_young_checkpoint() {
    let mut scene = Scene::granted().await;
    let standing = scene.standing(None).await;
    scene.world.clock.advance(Span::from_seconds(59));
    let taken = scene.publish("young", scene.moment(&standing)).await;
    assert!(taken.withheld.is_empty(), "{taken:?}");
    scene.world.clock.advance(Span::from_seconds(2));
    let taken = scene.publish("old", scene.moment(&standing)).await;
    assert_eq!(taken.withheld.len(), 1);
    let unheard_of = Moment {
        as_of: standing.height + 1000,
        at: scene.world.clock.now(),
    };
    let taken = scene.publish("of the future", unheard_of).await;
    assert_eq!(taken.withheld.len(), 1);
}

fn of<'a>(calls: &Calls<'a>) -> Calls<'a> {
    calls.with("content-type", RECORDS_MEDIA_TYPE)
}

#[tokio::test]
async fn only_the_device_uploads_and_within_bounds() {
    let scene = Scene::with(|config| config.stream_records_per_minute = 100).await;
    let path = format!("/v1/streams/{}/records", scene.meter.stream);
    let adviser = of(&Calls::of(&scene.world, &scene.cast.adviser));
    let answer = adviser.send(Method::PUT, &path, Some(Vec::new())).await;
    answer.is_problem(403, "forbidden");
    let other = Meter::pair(&scene.world, &scene.client).await;
    let other = of(&Calls::by(&scene.world, &other.keys));
    let answer = other.send(Method::PUT, &path, Some(Vec::new())).await;
    answer.is_problem(403, "forbidden");
    let anonymous = of(&Calls::anonymous(&scene.world));
    let answer = anonymous.send(Method::PUT, &path, Some(Vec::new())).await;
    answer.is_problem(401, "unauthenticated");

    let device = Calls::by(&scene.world, &scene.meter.keys);
    let answer = device
        .with("content-type", "application/json")
        .send(Method::PUT, &path, Some(Vec::new()))
        .await;
    answer.is_problem(415, "unsupported-media-type");
    let device = of(&device);
    let large = vec![0; 2 * 1024 * 1024 + 1];
    let answer = device.send(Method::PUT, &path, Some(large)).await;
    answer.is_problem(413, "body-too-large");

    let mut scene = scene;
    let moment = scene.moment(&scene.standing(None).await);
    for number in 0..98 {
        scene.seal(&number.to_string(), moment);
    }
    scene.upload().await.unwrap();
    for number in 0..50 {
        scene.seal(&number.to_string(), moment);
    }
    assert_eq!(code(scene.upload().await), "rate-limited");
}
