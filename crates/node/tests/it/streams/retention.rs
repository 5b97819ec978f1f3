//! Old records: in segments first, and gone in the end.

use assent_client::http::TailEvent;
use assent_model::time::Span;
use assent_node::config::Config;
use assent_node::objects::Objects;
use assent_node::streams::Retention;

use super::bucket::BucketServer;
use super::scene::{Scene, code};

async fn sweep(scene: &Scene) {
    let node = scene.world.running.node();
    let retention = Retention::of(&node.config, Objects::open(&node.config).unwrap());
    let now = scene.world.clock.now();
    retention.sweep(&node.store, now).await.unwrap();
}

async fn own(scene: &Scene, from: u64, limit: u32) -> Vec<Vec<u8>> {
    let signer = scene.signer();
    let (device, stream) = (scene.device(&signer), scene.meter.stream);
    let own = scene.client.own_records(device, stream, from, limit).await;
    own.unwrap()
}

fn soon_old(config: &mut Config) {
    config.stream_rows_hours = 1;
    config.stream_kept_days = 2;
}

#[tokio::test]
async fn old_records_are_read_from_files_until_they_are_gone() {
    let scene = Box::pin(old_records_are_read(soon_old)).await;
    let stream = scene.meter.stream.to_string();
    let data_dir = &scene.world.config.data_dir;
    let folder = data_dir.join("objects/streams").join(&stream);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn old_records_are_read_from_a_bucket_until_they_are_gone() {
    let bucket = BucketServer::start().await;
    let set = |config: &mut Config| {
        soon_old(config);
        bucket.configure(config);
    };
    let scene = Box::pin(old_records_are_read(set)).await;
    assert_eq!(bucket.names().await, Vec::<String>::new());
    assert!(!scene.world.config.data_dir.join("objects").exists());
    let printed = scene.world.config.printed();
    assert!(
        !printed.contains("hush-hush") && printed.contains("(hidden)"),
        "{printed}"
    );
}

#[tokio::test]
async fn old_records_lie_sealed_under_the_prefix_of_the_bucket() {
    let bucket = BucketServer::start().await;
    let mut scene = Box::pin(Scene::with(|config| {
        soon_old(config);
        bucket.configure(config);
    }))
    .await;
    scene.grant().await.unwrap();
    scene.follow().await;
    publish_and_age(&mut scene, 0).await;
    let stream = scene.meter.stream.to_string();
    let expected = format!("of/a-node/streams/{stream}/{:020}", 0);
    assert_eq!(bucket.names().await, [expected]);
    // Without its place, the relay refuses and loses nothing.
    drop(bucket);
    let signer = scene.signer();
    let own = scene
        .client
        .own_records(scene.device(&signer), scene.meter.stream, 0, 9);
    assert_eq!(code(own.await), "store-unavailable");
    let node = scene.world.running.node();
    assert!(
        node.store
            .stream_segment(&stream, 0)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn old_records_are_read_beside_postgres_until_they_are_gone() {
    let set = |config: &mut Config| {
        soon_old(config);
        config.store_url = crate::on_postgres::server::server().create_database();
    };
    Box::pin(old_records_are_read(set)).await;
}

/// Publishes a hundred readings, lets an hour pass, and sweeps.
async fn publish_and_age(scene: &mut Scene, round: u32) {
    let moment = scene.moment(&scene.standing(None).await);
    for number in 0..100 {
        scene.seal(&format!("{round} {number}"), moment);
    }
    scene.upload().await.unwrap();
    scene.world.clock.advance(Span::from_minutes(61));
    sweep(scene).await;
}

async fn old_records_are_read(set: impl FnOnce(&mut Config)) -> Scene {
    let mut scene = Box::pin(Scene::with(set)).await;
    scene.grant().await.unwrap();
    scene.follow().await;
    for round in 0..3 {
        publish_and_age(&mut scene, round).await;
    }
    let next = scene.meter.publisher.position().0;
    let stream = scene.meter.stream.to_string();
    let node = scene.world.running.node();
    let rows = node.store.stream_records(&stream, 0, 1000).await.unwrap();
    assert_eq!(rows.len(), 1, "the last record says how the stream goes on");

    let all = own(&scene, 0, 1024).await;
    assert_eq!(all.len() as u64, next);
    for (from, limit) in [
        (0, 1),
        (99, 5),
        (100, 150),
        (next - 1, 9),
        (next, 9),
        (3, 1024),
    ] {
        let place = usize::try_from(from).unwrap();
        let until = all.len().min(place + limit as usize);
        assert_eq!(own(&scene, from, limit).await, all[place..until], "{from}");
    }
    reads_over_the_seams(&mut scene, next).await;
    all_is_gone(&scene, next).await;
    scene
}

/// The stream goes on, and a reader reads over the seams.
async fn reads_over_the_seams(scene: &mut Scene, next: u64) {
    let moment = scene.moment(&scene.standing(None).await);
    scene.publish("new", moment).await;
    let token = scene.token().await.unwrap();
    let mut tail = scene
        .client
        .tail(scene.access(&token), next - 2)
        .await
        .unwrap();
    for expected in next - 2..=next {
        let event = tail.next().await.unwrap();
        let Some(TailEvent::Record { sequence, .. }) = event else {
            panic!("a record: {event:?}");
        };
        assert_eq!(sequence, expected);
    }
}

async fn all_is_gone(scene: &Scene, next: u64) {
    scene.world.clock.advance(Span::from_days(3));
    sweep(scene).await;
    assert_eq!(own(scene, next, 9).await.len(), 1, "the last one stays");
    let signer = scene.signer();
    let device = scene.device(&signer);
    let gone = scene
        .client
        .own_records(device, scene.meter.stream, 5, 9)
        .await;
    assert_eq!(code(gone), "records-gone");
    let token = scene.token().await.unwrap();
    let gone = scene.client.tail(scene.access(&token), 5).await;
    assert_eq!(code(gone), "records-gone");
}

#[tokio::test]
async fn a_place_that_takes_nothing_more_is_still_cleared_of_what_is_too_old() {
    let mut scene = Box::pin(Scene::with(soon_old)).await;
    scene.grant().await.unwrap();
    scene.follow().await;
    publish_and_age(&mut scene, 0).await;
    let moment = scene.moment(&scene.standing(None).await);
    scene.publish("later", moment).await;
    scene.publish("and later", moment).await;
    scene.world.clock.advance(Span::from_days(2));
    let stream = scene.meter.stream.to_string();
    let folder = scene
        .world
        .config
        .data_dir
        .join("objects/streams")
        .join(&stream);
    // Something stands in the way of the next segment.
    let node = scene.world.running.node();
    let rows = node.store.stream_records(&stream, 0, 1000).await.unwrap();
    let next = folder.join(format!("{:020}", rows[0].sequence));
    std::fs::create_dir_all(next.join("in-the-way")).unwrap();
    let retention = Retention::of(&node.config, Objects::open(&node.config).unwrap());
    let swept = retention.sweep(&node.store, scene.world.clock.now()).await;
    assert!(swept.is_err(), "{swept:?}");
    assert!(
        !folder.join(format!("{:020}", 0)).exists(),
        "what is too old"
    );
    let kept = node.store.stream_records(&stream, 0, 1000).await.unwrap();
    assert_eq!(kept.len(), rows.len(), "nothing is lost");
}
