//! A relay that is robbed of everything that it has.

use std::fs;
use std::path::{Path, PathBuf};

use assent_client::channel::channel_tag;
use assent_crypto::base64url;
use assent_crypto::channel::{Body, Lane, Record, UnverifiedRecord};
use assent_crypto::domains::{SEAL_PATH_KEYS, SEAL_STREAM_GRANT};
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::vault::SecretKey;
use assent_model::canonical;
use assent_model::records::stream::StreamKeys;
use assent_model::statement;
use assent_node::operator_keys::OperatorKeys;

use super::scene::{Scene, words};

/// What nobody but the adviser and the device may come to know.
const MEASURED: &str = "0.244 kW at a quarter past seven";

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// All that the relay was given of a stream.
struct Loot {
    records: Vec<Vec<u8>>,
    grant: Vec<u8>,
    keys: Vec<u8>,
    bound: Vec<u8>,
}

async fn loot(scene: &Scene) -> Loot {
    let signer = scene.signer();
    let (device, stream) = (scene.device(&signer), scene.meter.stream);
    let standing = scene.client.standing(device, stream, None).await.unwrap();
    let records = scene.client.own_records(device, stream, 0, 100).await;
    let adviser = scene.adviser(&signer);
    let streams = scene
        .client
        .consent_streams(adviser, scene.pair.source)
        .await;
    let keys = streams.unwrap().streams[0].keys.clone().unwrap();
    let keys = statement::verify::<StreamKeys>(&keys).unwrap();
    let bound = serde_json::json!({ "cr_id": scene.pair.source, "stream_id": stream });
    Loot {
        records: records.unwrap(),
        grant: base64url::decode(&standing.grants[0].grant).unwrap(),
        keys: base64url::decode(&keys.content().sealed).unwrap(),
        bound: canonical::encode(&bound),
    }
}

#[tokio::test]
async fn the_whole_disk_and_every_key_of_the_relay_open_nothing() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let moment = scene.moment(&scene.standing(None).await);
    scene.publish(MEASURED, moment).await;
    let loot = loot(&scene).await;
    // It is there, for who has the keys.
    let read = scene.read(&mut adviser).await.unwrap();
    assert!(words(read.last().unwrap()).unwrap().contains(MEASURED));
    let data_dir = scene.world.config.data_dir.clone();
    scene.world.running.stop().await.unwrap();

    let last = loot.records.last().unwrap();
    let on_disk: Vec<Vec<u8>> = files(&data_dir)
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let is_searched = on_disk.iter().any(|file| has(file, &last[..56]));
    assert!(is_searched, "the record is on the disk that is searched");
    for file in &on_disk {
        assert!(!has(file, MEASURED.as_bytes()));
    }

    let operator = OperatorKeys::load(&data_dir).unwrap();
    let vault = operator.vault_key();
    let seeds = [
        operator.signing.seed(),
        operator.token.seed(),
        operator.checkpoint.seed(),
        operator.webhook.seed(),
        operator.opening.seed(),
        operator.index_key(),
        vault.as_bytes(),
    ];
    for seed in seeds {
        let opening = OpeningKey::from_seed(seed);
        for (info, sealed) in [
            (SEAL_STREAM_GRANT, &loot.grant),
            (SEAL_PATH_KEYS, &loot.keys),
        ] {
            let opened = sealing::open(&opening, info.as_bytes(), &loot.bound, sealed);
            assert!(opened.is_err());
        }
    }
    // Anything that it has, taken for the key of an epoch.
    let channel = channel_tag(scene.meter.stream);
    let record = UnverifiedRecord::parse(last).unwrap();
    let device = scene.meter.keys.signing.verifying_key();
    let record = record.verify(&channel, device).unwrap();
    let held = [
        loot.records.concat(),
        loot.grant,
        loot.keys,
        seeds.map(|seed| seed.to_vec()).concat(),
    ];
    for bytes in held {
        for window in bytes.windows(32) {
            let secret = SecretKey::from_bytes(window.try_into().unwrap());
            assert!(!opens(&record, &channel, &secret));
        }
    }
}

fn opens(record: &Record, channel: &[u8; 32], secret: &SecretKey) -> bool {
    let Body::Data(data) = record.body() else {
        panic!("a measurement");
    };
    let opened = data.open(channel, record.head(), Lane(0), secret);
    opened.is_ok()
}
