//! Known issues of the meter streams that came before ours, each with a test that ours does not
//! have it. What a sibling tests in full is named here and not repeated:
//!
//! | issue | test |
//! |---|---|
//! | anybody floods a public address | `uploads::only_the_device_uploads_and_within_bounds`, `pairing::one_address_looks_up_few_nameplates` |
//! | a short secret is tried on what was overheard | `client`: `pairing::who_has_the_whole_conversation_cannot_try_codes_on_it` |
//! | an observer answers with a root of its own | `client`: `pairing::the_relay_cannot_put_itself_in_the_place_of_the_person` |
//! | the backend is a trusted third party | `attacks::the_whole_disk_and_every_key_of_the_relay_open_nothing` |
//! | a secret of sessions in the source | `insights`: its `secret` is drawn at the first start |
//! | reading by cookie, for sites with a similar name | `wallets`: no answer to another site allows cookies |
//! | a redirect to anywhere | `pages::form_attacks`: only what the service has registered |
//! | who misses a rotation never comes back | `reading::keys_are_the_requesters_alone_and_asked_for_now_and_then` |
//! | a checksum is compared with the next telegram | `meter`: `framing::what_follows_the_checksum_is_noise` |
//! | one telegram in ten twice | `cli`: `streams`: every second once and in order |

use assent_client::channel::{ChannelFault, Lanes, Moment, Publisher};
use assent_client::statements::change::Change;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, StreamId};

use super::scene::{Meter, NEEDED, OPTIONAL, Scene, code, words};

/// Every device reads all events of its owner, and acts on those of other devices.
#[tokio::test]
async fn a_device_is_told_of_its_own_stream_alone() {
    let mut scene = Scene::granted().await;
    let other = Meter::pair(&scene.world, &scene.client).await;
    let signer = scene.signer();
    let first = std::mem::replace(&mut scene.meter, other);
    let idle = scene.standing(None).await;
    assert!(idle.grants.is_empty(), "{idle:?}");
    let foreign = scene
        .client
        .standing(scene.device(&signer), first.stream, None);
    assert_eq!(code(foreign.await), "forbidden");

    // Neither the end of a consent nor of a stream reaches the other device.
    scene.grant().await.unwrap();
    assert_eq!(scene.follow().await.grants.len(), 1);
    let held: Vec<_> = scene.meter.publisher.readers().collect();
    let other = std::mem::replace(&mut scene.meter, first);
    scene.close().await;
    scene.meter = other;
    assert_eq!(scene.follow().await.grants.len(), 1);
    assert_eq!(scene.meter.publisher.readers().collect::<Vec<_>>(), held);
}

/// Old services keep access when a device is deleted and added again.
#[tokio::test]
async fn who_read_a_device_before_it_was_paired_again_reads_no_more() {
    let scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    scene.read(&mut adviser).await.unwrap();
    scene.close().await;
    let token = scene.token().await.unwrap();
    let old = scene.client.read_records(scene.access(&token), 0, 9).await;
    assert_eq!(code(old), "stream-closed");

    // The same device, on a stream of its own.
    let device = SigningKey::from_seed(scene.meter.keys.signing.seed());
    let lanes = Lanes::new([NEEDED, OPTIONAL].map(|name| name.parse().unwrap())).unwrap();
    let at = scene.world.clock.now();
    let moment = Moment { as_of: 1, at };
    let stream = StreamId::random();
    let mut anew = Publisher::open(stream, device, lanes, moment);
    assert_eq!(anew.readers().count(), 0);
    let lane = anew.lanes().all()[0];
    let record = anew.publish(&[(lane, b"0.3 kW".to_vec())], moment);
    let fault = adviser.read(record.bytes()).unwrap_err();
    assert!(matches!(fault, ChannelFault::RecordUnsigned), "{fault:?}");
}

/// A rotation lists those who read.
#[test]
fn a_rotation_says_neither_who_reads_nor_how_many() {
    let moment = Moment {
        as_of: 1,
        at: assent_model::time::Timestamp::from_millis(1_700_000_000_000),
    };
    let rotation = |readers: usize| {
        let lanes = Lanes::new([NEEDED.parse().unwrap()]).unwrap();
        let mut publisher =
            Publisher::open(StreamId::random(), SigningKey::generate(), lanes, moment);
        let all = publisher.lanes().all();
        let consents: Vec<ConsentId> = (0..readers).map(|_| ConsentId::random()).collect();
        for consent in &consents {
            publisher.admit(*consent, &all, moment);
        }
        let before = publisher.position().0;
        publisher.confirm(before);
        publisher.exclude(&consents[..1], moment);
        let records: Vec<Vec<u8>> = publisher
            .unsent()
            .map(|record| record.bytes().to_vec())
            .collect();
        for consent in &consents {
            let named = consent.to_string();
            let is_named = |record: &Vec<u8>| {
                record
                    .windows(named.len())
                    .any(|part| part == named.as_bytes())
            };
            assert!(!records.iter().any(is_named));
        }
        records.iter().map(Vec::len).collect::<Vec<_>>()
    };
    let one = rotation(1);
    assert_eq!(one.len(), 1);
    for readers in [2, 3, 9, 16] {
        assert_eq!(rotation(readers), one, "{readers}");
    }
}

/// Access is given from now on, and times are what the device says.
#[tokio::test]
async fn a_measurement_of_a_block_that_never_was_is_thrown_away() {
    let mut scene = Scene::granted().await;
    let mut adviser = scene.subscriber().await;
    let standing = scene.follow().await;
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Withdraw)
        .await;
    // The device has not heard of it, and pretends to be ahead of every withdrawal.
    let ahead = Moment {
        as_of: standing.height + 1_000_000,
        at: scene.world.clock.now(),
    };
    let taken = scene.publish("0.9 kW", ahead).await;
    assert_eq!(taken.withheld.len(), 1, "{taken:?}");
    let signer = scene.signer();
    let from = adviser.sequence();
    let (device, stream) = (scene.device(&signer), scene.meter.stream);
    let records = scene.client.own_records(device, stream, from, 9).await;
    let readings = records.unwrap();
    assert!(!readings.is_empty());
    for record in readings {
        assert_eq!(words(&adviser.read(&record).unwrap()), None);
    }
}
