//! Who may read days reads days, whatever the relay hands out.

use assent_client::channel::{Reading, keys};
use assent_crypto::channel::{Body, UnverifiedRecord};
use assent_crypto::key_tree::Reader;
use assent_model::names::DatasetId;
use assent_model::records::stream::StreamKeys;
use assent_model::statement;
use assent_model::vocabulary::Resolution;

use super::scene::Scene;

/// The lanes of the scene's meter that are of a resolution.
fn lanes_of(scene: &Scene, dataset: &str) -> Vec<String> {
    let lanes = scene.meter.publisher.lanes();
    let names = lanes.all().into_iter().filter_map(|lane| lanes.name(lane));
    let names = names.filter(|name| name.dataset_id.as_str() == dataset);
    names.map(ToString::to_string).collect()
}

/// A scene whose consent is granted at this resolution.
async fn granted_at(resolution: Resolution) -> Scene {
    let mut scene = Box::pin(Scene::new()).await;
    scene.resolution = Some(resolution);
    scene.grant().await.unwrap();
    Box::pin(scene.follow()).await;
    scene
}

#[tokio::test]
async fn each_resolution_opens_its_own_lanes_alone() {
    for (resolution, dataset) in [
        (Resolution::Second, "live"),
        (Resolution::QuarterHour, "quarter-hours"),
        (Resolution::Day, "days"),
    ] {
        let mut scene = granted_at(resolution).await;
        let mut subscriber = scene.subscriber().await;
        let readable: Vec<String> = subscriber.readable().map(ToString::to_string).collect();
        assert_eq!(readable, lanes_of(&scene, dataset), "{resolution:?}");
        let standing = scene.standing(None).await;
        let moment = scene.moment(&standing);
        scene.publish("measured", moment).await;
        let read = scene.read(&mut subscriber).await.unwrap();
        let [Reading::Measured { parts, .. }] = &read[..] else {
            panic!("one record: {read:?}");
        };
        let names = parts
            .iter()
            .map(|(lane, _)| subscriber.lanes().name(*lane).unwrap());
        let names: Vec<String> = names.map(ToString::to_string).collect();
        assert_eq!(names, readable);
    }
}

/// The relay gives a reader of days every record. None of the keys that it was given opens anything
/// finer in them.
#[tokio::test]
async fn keys_of_days_open_no_quarter_hour_and_no_second() {
    let mut scene = granted_at(Resolution::Day).await;
    let standing = scene.standing(None).await;
    let moment = scene.moment(&standing);
    scene.publish("measured", moment).await;
    let signer = scene.signer();
    let adviser = scene.adviser(&signer);
    let source = scene.pair.source;
    let offered = scene.client.consent_streams(adviser, source).await.unwrap();
    let handed = offered.streams[0].keys.as_deref().unwrap();
    let handed = statement::verify::<StreamKeys>(handed).unwrap();
    let opened = keys::open(&handed, &scene.cast.adviser.keys.opening).unwrap();
    let first = opened.sequence();
    let held: Vec<Reader> = opened
        .paths
        .into_iter()
        .map(|(_, path)| Reader::new([0; 32], path))
        .collect();

    let token = scene.token().await.unwrap();
    let access = scene.access(&token);
    let records = scene.client.read_records(access, first, 16).await.unwrap();
    let channel = assent_client::channel::channel_tag(scene.meter.stream);
    let (mut opens, mut closed) = (0, 0);
    for bytes in records {
        let record = UnverifiedRecord::parse(&bytes).unwrap();
        let device = scene.meter.keys.signing.verifying_key();
        let record = record.verify(&channel, device).unwrap();
        let Body::Data(data) = record.body() else {
            continue;
        };
        for part in data.parts() {
            let lane = part.lane();
            let name = scene.meter.publisher.lanes().name(lane).unwrap();
            let is_days = name.dataset_id.as_str() == "days";
            for reader in &held {
                let tried = data.open(&channel, record.head(), lane, reader.epoch_key());
                assert_eq!(tried.is_ok(), is_days, "{name}");
                if is_days { opens += 1 } else { closed += 1 }
            }
        }
    }
    assert_eq!((opens, closed), (1, 3));
}

/// What a source calls its datasets opens nothing: a dataset `live` that is described as days gives
/// days, and one without a resolution gives nothing.
#[tokio::test]
async fn a_name_gives_nothing() {
    let mut scene = granted_at(Resolution::Day).await;
    let standing = scene.standing(None).await;
    let [grant] = &standing.grants[..] else {
        panic!("one grant");
    };
    let given: Vec<&str> = grant.resource_set.keys().map(DatasetId::as_str).collect();
    assert_eq!(given, ["days"]);
    scene.resolution = None;
    scene.grant().await.unwrap();
    Box::pin(scene.follow()).await;
    let standing = scene.standing(None).await;
    assert!(standing.grants[0].resource_set.is_empty());
}
