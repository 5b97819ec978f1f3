//! A device believes its relay nothing, and is framed by nobody: also after it lost power.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use assent_api::v1::streams::PutKeys;
use assent_client::channel::{LaneName, Measured, Period, Publisher, keys};
use assent_client::http::NodeClient;
use assent_client::key_format::{self, KeptKeys};
use assent_client::keys::PartyKeys;
use assent_client::statements::change::Change;
use assent_client::uplink::{Parcel, Station, Uplink, UplinkError, begin};
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_model::records::stream::StreamKeys;
use assent_model::statement;
use assent_model::time::{Span, Timestamp};
use reqwest::Method;
use serde_json::json;

use super::relay::{Disk, Relay};
use super::scene::{NEEDED, Scene, code, words};

/// A household whose device has begun at a relay, and is granted.
struct Stage {
    scene: Scene,
    relay: Relay,
    disk: Disk,
}

impl Stage {
    async fn set() -> Self {
        let scene = Box::pin(Scene::new()).await;
        scene.grant().await.unwrap();
        let relay = Relay::before(scene.world.url("")).await;
        let disk = Disk::default();
        let device = SigningKey::from_seed(scene.meter.keys.signing.seed());
        let publisher = Publisher::from_bytes(&scene.meter.publisher.to_bytes(), device).unwrap();
        begin(publisher, &mut disk.clone()).unwrap();
        Self { scene, relay, disk }
    }

    /// The device, as it starts.
    fn device(&self) -> Uplink<Disk> {
        self.device_with(&self.disk)
    }

    fn device_with(&self, disk: &Disk) -> Uplink<Disk> {
        let (meter, clock) = (&self.scene.meter, self.scene.world.clock.clone());
        let station = Station {
            node: NodeClient::new(&self.relay.url).unwrap(),
            trust: self.scene.trust.clone(),
            keys: Arc::new(copy(&meter.keys)),
            stream: meter.stream,
            holder: *meter.holder.key.verifying_key(),
            archived: BTreeSet::new(),
            clock: Arc::new(move || clock.now()),
        };
        let past = disk.past();
        Uplink::resume(station, &disk.memory(), past.as_deref(), disk.clone()).unwrap()
    }

    /// How many numbers the device has signed two records for.
    fn forks(&self) -> usize {
        let meter = &self.scene.meter;
        let heard = self
            .relay
            .heard(meter.stream, meter.keys.signing.verifying_key());
        heard.values().filter(|records| records.len() > 1).count()
    }

    /// The newest number that the relay was sent.
    fn newest(&self) -> u64 {
        let meter = &self.scene.meter;
        let heard = self
            .relay
            .heard(meter.stream, meter.keys.signing.verifying_key());
        *heard.last_key_value().unwrap().0
    }
}

fn copy(keys: &PartyKeys) -> PartyKeys {
    match key_format::decode(&key_format::encode_party(keys)) {
        Ok(KeptKeys::Party(keys)) => keys,
        _ => panic!("the keys of a party"),
    }
}

/// Publishes one measurement.
async fn publish(device: &mut Uplink<Disk>, number: u64, text: &str) -> Result<u64, UplinkError> {
    let now = (device.station().clock)();
    publish_of(device, number, text, now).await
}

/// Publishes what was measured then.
async fn publish_of(
    device: &mut Uplink<Disk>,
    number: u64,
    text: &str,
    measured: Timestamp,
) -> Result<u64, UplinkError> {
    let lane: LaneName = NEEDED.parse().unwrap();
    let period = Period::at(measured);
    let bytes = text.as_bytes().to_vec();
    let part = Measured { period, bytes };
    let parcel = Parcel {
        series: "live",
        first: number,
        dated: &[period.into()],
        parts: &|_| BTreeMap::from([(lane.clone(), part.clone())]),
    };
    device.publish(parcel).await
}

/// Attack: a relay that says after a power cut that it never got the last record has the device sign
/// another one under its number, and shows both.
#[tokio::test]
async fn a_device_that_lost_power_signs_no_second_record_of_a_number() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    assert_eq!(publish(&mut device, 0, "before").await.unwrap(), 1);
    forget_newest(&stage);
    drop(device);
    lose_power(&stage).await;
}

/// The same with a record that the device signs because the relay says to have thrown one away.
#[tokio::test]
async fn nor_of_one_that_it_sealed_again() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    let is_first = AtomicBool::new(true);
    stage
        .relay
        .meddle_json(Method::PUT, "/records", move |taken| {
            let last = taken["next"].as_u64().unwrap() - 1;
            if last > 2 && is_first.swap(false, Ordering::Relaxed) {
                taken["withheld"] = json!([last]);
            }
        });
    publish(&mut device, 0, "before").await.unwrap();
    forget_newest(&stage);
    drop(device);
    lose_power(&stage).await;
}

/// The relay says that it never got the newest record.
fn forget_newest(stage: &Stage) {
    let newest = stage.newest();
    stage.relay.meddle(move |method, path, body| {
        if *method != Method::GET {
            return;
        }
        if path.ends_with("/records") {
            body.clear();
        } else if !path.ends_with("/standing") {
            let mut view: serde_json::Value = serde_json::from_slice(body).unwrap();
            view["next"] = json!(newest);
            *body = serde_json::to_vec(&view).unwrap();
        }
    });
}

/// Power is lost and comes back, and the meter says something else.
async fn lose_power(stage: &Stage) {
    let mut device = stage.device_with(&stage.disk.after_power_cut());
    // Whatever becomes of it.
    let _ = device.catch_up().await;
    let _ = publish(&mut device, 0, "after").await;
    assert_eq!(stage.forks(), 0);
}

/// Attack: show the standing of before a withdrawal once more.
#[tokio::test]
async fn a_standing_that_goes_back_lets_nobody_in() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    publish(&mut device, 0, "0.244 kW").await.unwrap();
    assert_eq!(device.readers(), 1);
    let before = device.watch().next().await.unwrap();
    let shown_before = stage.relay.answer_at("/standing");
    let (scene, withdraw) = (&stage.scene, Change::Withdraw);
    scene
        .cast
        .change(&scene.world, &scene.pair, &withdraw)
        .await;
    let after = device.watch().next().await.unwrap();
    assert!(before.height < after.height);
    device.follow(after).await.unwrap();
    assert_eq!(device.readers(), 0);
    device.follow(before).await.unwrap();
    assert_eq!(device.readers(), 0);
    drop(device);
    // A device that starts anew knows how far it was.
    stage.relay.meddle(move |_, path, body| {
        if path.ends_with("/standing") {
            body.clone_from(&shown_before);
        }
    });
    let mut device = stage.device();
    let caught_up = device.catch_up().await;
    assert!(matches!(caught_up, Err(UplinkError::StandingOld)));
    let published = publish(&mut device, 1, "0.245 kW").await;
    assert!(matches!(published, Err(UplinkError::StandingOld)));
    assert_eq!(device.readers(), 0);
}

/// Attack: say to have taken more than was sent, less than was there, or to have thrown away what was no
/// measurement, so that the device drops what nobody has.
#[tokio::test]
async fn a_relay_that_took_what_it_was_not_sent_is_not_believed() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    let lies: [fn(&mut serde_json::Value); 4] = [
        |taken| taken["next"] = json!(taken["next"].as_u64().unwrap() + 1),
        |taken| taken["next"] = json!(u64::MAX),
        |taken| taken["next"] = json!(0),
        |taken| taken["withheld"] = json!([0]),
    ];
    for (number, lie) in (0..).zip(lies) {
        stage.relay.meddle_json(Method::PUT, "/records", lie);
        let text = format!("measurement {number}");
        let published = publish(&mut device, number, &text).await;
        assert!(
            matches!(published, Err(UplinkError::RelayConfused)),
            "{number}"
        );
        stage.relay.be_honest();
        let published = publish(&mut device, number, &text).await.unwrap();
        assert_eq!(published, number + 1, "and nothing is lost");
    }
    assert_eq!(stage.forks(), 0);
}

/// A reader whose key was stolen has another: whoever has the old one gets nothing from then on, without
/// anybody's asking.
#[tokio::test]
async fn keys_are_sealed_anew_to_a_key_that_changed() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    publish(&mut device, 0, "before").await.unwrap();
    let scene = &stage.scene;
    let fresh = OpeningKey::generate();
    let body = scene.grant_body_to(fresh.sealing_key()).await;
    scene.put_grant(&body).await.unwrap();
    let standing = device.watch().next().await.unwrap();
    device.follow(standing).await.unwrap();
    let keys = handed(scene).await.expect("keys for the new key");
    assert!(keys::open(&keys, &fresh).is_ok());
    assert!(keys::open(&keys, &scene.cast.adviser.keys.opening).is_err());
}

/// What the reader finds at the relay.
async fn handed(scene: &Scene) -> Option<statement::Verified<StreamKeys>> {
    let signer = scene.signer();
    let (adviser, consent) = (scene.adviser(&signer), scene.pair.source);
    let streams = scene.client.consent_streams(adviser, consent).await;
    let keys = streams.unwrap().streams[0].keys.clone()?;
    Some(statement::verify(&keys).unwrap())
}

/// Keys that were under way when the holder granted anew are good for what was granted before alone.
#[tokio::test]
async fn keys_are_taken_for_the_grant_that_they_were_made_for() {
    let mut scene = Box::pin(Scene::granted()).await;
    let old = handed(&scene).await.unwrap();
    assert!(!scene.standing(None).await.grants[0].wants_keys);
    scene.world.clock.advance(Span::from_seconds(1));
    scene.grant().await.unwrap();
    assert!(handed(&scene).await.is_none());
    let put = async |scene: &Scene, keys: &statement::Verified<StreamKeys>| {
        let signer = scene.signer();
        let body = PutKeys {
            statement: keys.compact().to_owned(),
        };
        let (device, stream) = (scene.device(&signer), scene.meter.stream);
        let consent = scene.pair.source;
        scene
            .client
            .put_stream_keys(device, stream, consent, &body)
            .await
    };
    assert_eq!(code(put(&scene, &old).await), "keys-invalid");
    assert!(handed(&scene).await.is_none());
    Box::pin(scene.follow()).await;
    let new = handed(&scene).await.unwrap();
    put(&scene, &new).await.unwrap();
    assert!(!scene.standing(None).await.grants[0].wants_keys);
}

/// What the adviser reads, with the keys that it finds.
async fn read(scene: &Scene) -> Vec<String> {
    let mut subscriber = scene.subscriber().await;
    let readings = scene.read(&mut subscriber).await.unwrap();
    readings.iter().filter_map(words).collect()
}

/// A meter that was offline sends later what it measured before anybody was granted it.
#[tokio::test]
async fn a_backlog_from_before_a_grant_is_not_sent() {
    let stage = Stage::set().await;
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    let before = stage.scene.world.clock.now() - Span::from_minutes(5);
    let done = publish_of(&mut device, 0, "of before", before).await;
    assert_eq!(done.unwrap(), 1, "it need not be offered again");
    publish(&mut device, 1, "of now").await.unwrap();
    assert_eq!(read(&stage.scene).await, ["of now"]);
}

/// The holder grants the past as well: it is at the relay, and the keys for it come with those of now. Also after
/// the device was started anew.
#[tokio::test]
async fn the_past_is_read_where_the_holder_grants_it() {
    let mut stage = Stage::set().await;
    let begin = stage.scene.world.clock.now();
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    publish(&mut device, 0, "first").await.unwrap();
    stage.scene.world.clock.advance(Span::from_days(1));
    publish(&mut device, 1, "second").await.unwrap();
    drop(device);
    let mut device = stage.device();
    device.catch_up().await.unwrap();
    for (history_from, expected) in [
        (None, &["third"][..]),
        (Some(begin + Span::from_minutes(1)), &["second", "third"]),
        (Some(begin), &["first", "second", "third"]),
    ] {
        stage.scene.world.clock.advance(Span::from_seconds(2));
        stage.scene.history_from = history_from;
        stage.scene.grant().await.unwrap();
        let standing = device.watch().next().await.unwrap();
        device.follow(standing).await.unwrap();
        if history_from.is_none() {
            publish(&mut device, 2, "third").await.unwrap();
        }
        assert_eq!(read(&stage.scene).await, expected, "{history_from:?}");
    }
}
