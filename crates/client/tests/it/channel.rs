//! A device publishes, readers come and go, and relays and restored devices do what they should not.

use std::collections::{BTreeMap, BTreeSet};

use assent_client::channel::fault::{Contradiction, Culprit};
use assent_client::channel::keys::{self, OpenedKeys};
use assent_client::channel::{
    ChannelFault, LaneName, Lanes, Moment, Publisher, Reading, SnapshotError, Subscriber,
};
use assent_client::statements::Signer;
use assent_crypto::channel::{Lane, Record};
use assent_crypto::digest::Digest;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::stream::{StreamAnchor, StreamKeys};
use assent_model::statement;
use assent_model::time::Timestamp;
use proptest::prelude::*;

pub(crate) const STREAM: StreamId = StreamId::from_bytes([7; 20]);

pub(crate) fn device() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

pub(crate) fn moment(as_of: u64) -> Moment {
    let at = Timestamp::from_millis(1_700_000_000_000 + as_of * 1_000);
    Moment { as_of, at }
}

pub(crate) fn consent(number: u8) -> ConsentId {
    ConsentId::from_bytes([number; 20])
}

pub(crate) fn lanes() -> Lanes {
    let names = ["live/power_delivered", "live/power_received", "days/energy"];
    Lanes::new(names.map(|name| name.parse().unwrap())).unwrap()
}

pub(crate) fn meter() -> Publisher {
    Publisher::open(STREAM, device(), lanes(), moment(1))
}

/// Admits a consent and takes its keys through sealing, as they travel.
fn join(meter: &mut Publisher, consent: ConsentId, lanes: &[Lane]) -> Subscriber {
    let admission = meter.admit(consent, lanes, moment(1));
    Subscriber::join(
        STREAM,
        *device().verifying_key(),
        handed(consent, &admission),
    )
}

pub(crate) fn handed(
    consent: ConsentId,
    admission: &assent_client::channel::Admission,
) -> OpenedKeys {
    let reader = OpeningKey::generate();
    let signer = Signer::new("assent:test".parse().unwrap(), moment(1).at);
    let handover = keys::Handover {
        stream: STREAM,
        consent,
        grant: Digest::of(b"a grant"),
        to: reader.sealing_key(),
    };
    let sealed = keys::seal(&signer, &device(), handover, admission);
    assert!(keys::open(&sealed, &OpeningKey::generate()).is_err());
    keys::open(&sealed, &reader).unwrap()
}

pub(crate) fn data(text: &str) -> Vec<(Lane, Vec<u8>)> {
    let part = |lane: Lane| (lane, format!("{text} {}", lane.0).into_bytes());
    lanes().all().into_iter().map(part).collect()
}

/// What the meter has not sent yet, as the relay gives it out.
pub(crate) fn sent(meter: &mut Publisher) -> Vec<Record> {
    let records: Vec<Record> = meter.unsent().cloned().collect();
    meter.confirm(meter.position().0);
    records
}

#[test]
fn a_reader_reads_its_lanes_from_its_admission_until_it_goes() {
    let mut meter = meter();
    meter.publish(&data("before"), moment(1));
    sent(&mut meter);
    let mut reader = join(&mut meter, consent(1), &[Lane(0), Lane(2)]);
    sent(&mut meter);
    meter.publish(&data("during"), moment(2));
    meter.exclude(&[consent(1)], moment(3));
    meter.publish(&data("after"), moment(3));

    let readings: Vec<Reading> = sent(&mut meter)
        .iter()
        .map(|record| reader.read(record.bytes()).unwrap())
        .collect();
    let parts = vec![
        (Lane(0), b"during 0".to_vec()),
        (Lane(2), b"during 2".to_vec()),
    ];
    let at = moment(2).at;
    assert_eq!(
        readings,
        [
            Reading::Measured { at, parts },
            Reading::Excluded { lane: Lane(0) },
            Reading::Excluded { lane: Lane(2) },
            Reading::Nothing,
        ]
    );
    assert!(!reader.is_authorised());
}

#[test]
fn narrowing_takes_lanes_away_and_leaves_the_rest() {
    let mut meter = meter();
    let mut reader = join(&mut meter, consent(1), &[Lane(0), Lane(1)]);
    let mut other = join(&mut meter, consent(2), &[Lane(0), Lane(1)]);
    let (sequence, _) = meter.position();
    meter.narrow(consent(1), &[Lane(1)], moment(2));
    meter.publish(&data("narrow"), moment(2));
    let records = sent(&mut meter);
    let read = |reader: &mut Subscriber| {
        let due = records
            .iter()
            .filter(|r| r.head().sequence >= reader.sequence());
        let due: Vec<&Record> = due.collect();
        let readings = due
            .into_iter()
            .map(|record| reader.read(record.bytes()).unwrap());
        readings.last().unwrap()
    };
    let of = |reading| match reading {
        Reading::Measured { parts, .. } => parts.into_iter().map(|(lane, _)| lane.0).collect(),
        other => panic!("{other:?}"),
    };
    assert!(sequence > 0);
    let (narrowed, whole): (Vec<u16>, Vec<u16>) = (of(read(&mut reader)), of(read(&mut other)));
    assert_eq!((narrowed, whole), (vec![1], vec![0, 1]));
    assert!(reader.is_authorised());
}

#[test]
fn a_resource_set_names_lanes() {
    let check = |set: &[(&str, &[&str])], expected: &[u16]| {
        let concepts = |all: &[&str]| all.iter().map(|one| one.parse().unwrap()).collect();
        let set = set
            .iter()
            .map(|(dataset, all)| (dataset.parse().unwrap(), concepts(all)));
        let within = lanes().within(&set.collect::<ResourceSet>());
        let within: Vec<u16> = within.into_iter().map(|lane| lane.0).collect();
        assert_eq!(within, expected);
    };
    check(&[], &[]);
    check(&[("days", &["energy"])], &[2]);
    check(&[("days", &["power_delivered"])], &[]);
    check(
        &[("live", &["power_received", "gas"]), ("days", &["energy"])],
        &[1, 2],
    );
    let name: LaneName = "live/power_received".parse().unwrap();
    assert_eq!(lanes().number(&name), Some(Lane(1)));
    assert_eq!(
        lanes().name(Lane(1)).unwrap().to_string(),
        "live/power_received"
    );
    for names in [vec![], vec![name.clone(), name]] {
        assert!(Lanes::new(names).is_err());
    }
}

/// A reader and the five records that a relay has for it.
fn relayed() -> (Subscriber, Vec<Record>, Publisher) {
    let mut meter = meter();
    let reader = join(&mut meter, consent(1), &[Lane(0)]);
    sent(&mut meter);
    for number in 0..5 {
        meter.publish(&data(&number.to_string()), moment(2 + number));
    }
    (reader, sent(&mut meter), meter)
}

/// Reads records in the order of `places`; the last one is at fault.
fn check_fault(places: &[usize], code: &str, culprit: Culprit) {
    let (mut reader, records, _) = relayed();
    let (last, before) = places.split_last().unwrap();
    for place in before {
        reader.read(records[*place].bytes()).unwrap();
    }
    let fault = reader.read(records[*last].bytes()).unwrap_err();
    assert_eq!(
        (fault.code(), fault.culprit()),
        (code, culprit),
        "{places:?}"
    );
    // Who waits for the right record goes on.
    let next = before.len();
    assert!(reader.read(records[next].bytes()).is_ok());
}

#[test]
fn what_a_relay_does_is_noticed() {
    check_fault(&[0, 2], "record-missing", Culprit::Relay);
    check_fault(&[1], "record-missing", Culprit::Relay);
    check_fault(&[0, 1, 0], "record-repeated", Culprit::Relay);
    check_fault(&[0, 1, 1], "record-repeated", Culprit::Relay);
}

#[test]
fn what_a_relay_makes_up_is_not_read() {
    let (mut reader, records, _) = relayed();
    let check = |reader: &mut Subscriber, bytes: &[u8], code: &str| {
        assert_eq!(reader.read(bytes).unwrap_err().code(), code);
    };
    let mut altered = records[0].bytes().to_vec();
    altered[90] ^= 1;
    check(&mut reader, &altered, "record-unsigned");
    check(&mut reader, &records[0].bytes()[..40], "record-malformed");
    let mut foreign = Publisher::open(StreamId::from_bytes([8; 20]), device(), lanes(), moment(1));
    let foreign = foreign.publish(&data("elsewhere"), moment(2));
    check(&mut reader, foreign.bytes(), "record-unsigned");
}

#[test]
fn what_a_relay_withholds_stands_in_the_ledger() {
    let (mut reader, records, _) = relayed();
    for record in &records[..3] {
        reader.read(record.bytes()).unwrap();
    }
    let anchor = |record: &Record| StreamAnchor {
        stream_id: STREAM,
        sequence: record.head().sequence,
        head: record.digest(),
    };
    assert_eq!(reader.check_anchor(&anchor(&records[2])), Ok(()));
    let withheld = reader.check_anchor(&anchor(&records[4])).unwrap_err();
    assert_eq!(withheld.code(), "stream-truncated");
    // The device anchored another record than it gave out: its own signature shows it.
    let mut lie = anchor(&records[1]);
    lie.head = records[0].digest();
    let forked = reader.check_anchor(&lie).unwrap_err();
    assert_eq!(
        (forked.code(), forked.culprit()),
        ("stream-forked", Culprit::Device)
    );
}

/// A device that hands out keys which begin after another record than it has published.
#[test]
fn keys_that_contradict_their_first_record_are_the_devices_fault() {
    let mut meter = meter();
    let mut admission = meter.admit(consent(1), &[Lane(0)], moment(1));
    sent(&mut meter);
    meter.publish(&data("now"), moment(2));
    let first = sent(&mut meter).remove(0);
    admission.prev = Digest::of(b"another record");
    let opened = handed(consent(1), &admission);
    let reader = Subscriber::join(STREAM, *device().verifying_key(), opened);
    // Also where it was stopped in between.
    let mut reader = Subscriber::from_bytes(&reader.to_bytes()).unwrap();
    let fault = reader.read(first.bytes()).unwrap_err();
    assert_eq!(fault.culprit(), Culprit::Device);
    match fault {
        ChannelFault::Forked(found) => match *found {
            Contradiction::Keys { keys, record } => {
                let keys = statement::verify::<StreamKeys>(&keys).unwrap();
                assert_eq!(keys.content().prev, admission.prev);
                assert_eq!(keys.signer(), device().verifying_key());
                assert_eq!(record, first);
            }
            found => panic!("{found:?}"),
        },
        fault => panic!("{fault:?}"),
    }
}

/// A device that is restored from a snapshot, and not told so, signs two histories.
#[test]
fn a_device_that_signs_two_histories_is_shown_to_have_done_it() {
    let mut meter = meter();
    let mut reader = join(&mut meter, consent(1), &[Lane(0)]);
    sent(&mut meter);
    let snapshot = meter.to_bytes();
    meter.publish(&data("one"), moment(2));
    let first = sent(&mut meter).remove(0);
    let mut restored = Publisher::from_bytes(&snapshot, device()).unwrap();
    restored.publish(&data("other"), moment(2));
    restored.publish(&data("next"), moment(3));
    let other = sent(&mut restored);

    reader.read(first.bytes()).unwrap();
    match reader.read(other[0].bytes()).unwrap_err() {
        ChannelFault::Forked(found) => match *found {
            Contradiction::Records(fork) => {
                assert_eq!(fork.records(), [first.bytes(), other[0].bytes()]);
            }
            found => panic!("{found:?}"),
        },
        fault => panic!("{fault:?}"),
    }
    match reader.read(other[1].bytes()).unwrap_err() {
        ChannelFault::Forked(found) => {
            assert!(matches!(*found, Contradiction::Break { .. }), "{found:?}");
        }
        fault => panic!("{fault:?}"),
    }
}

/// A device that is told so goes on after its own records, with keys that nobody had before.
#[test]
fn a_restored_device_goes_on_with_fresh_keys() {
    let mut meter = meter();
    let mut gone = join(&mut meter, consent(1), &[Lane(0)]);
    let mut stays = join(&mut meter, consent(2), &[Lane(0)]);
    let joined = sent(&mut meter);
    for reader in [&mut gone, &mut stays] {
        let due = reader.sequence();
        for record in joined.iter().filter(|record| record.head().sequence >= due) {
            reader.read(record.bytes()).unwrap();
        }
    }
    let snapshot = meter.to_bytes();
    meter.exclude(&[consent(1)], moment(2));
    meter.publish(&data("forgotten"), moment(2));
    let forgotten = sent(&mut meter);

    // The snapshot still serves who was left out after it was taken.
    let mut restored = Publisher::from_bytes(&snapshot, device()).unwrap();
    restored.resume_after(&forgotten, moment(3)).unwrap();
    assert_eq!(restored.readers().count(), 0);
    let admission = restored.admit(consent(2), &[Lane(0)], moment(3));
    let mut again = Subscriber::join(
        STREAM,
        *device().verifying_key(),
        handed(consent(2), &admission),
    );
    restored.publish(&data("later"), moment(4));
    for record in forgotten.iter().chain(&sent(&mut restored)) {
        let reading = gone.read(record.bytes()).unwrap();
        assert!(!matches!(reading, Reading::Measured { .. }));
        let _ = stays.read(record.bytes()).unwrap();
        if record.head().sequence >= again.sequence() {
            assert!(matches!(
                again.read(record.bytes()),
                Ok(Reading::Measured { .. })
            ));
        }
    }
    assert!(
        !stays.is_authorised(),
        "who lost the thread asks for keys again"
    );

    let mut other = Publisher::from_bytes(&snapshot, device()).unwrap();
    let refused = other.resume_after(&forgotten[1..], moment(3));
    assert_eq!(refused, Err(SnapshotError::OtherHistory));
}

#[test]
fn records_are_sent_until_they_are_confirmed() {
    let mut meter = meter();
    meter.publish(&data("one"), moment(2));
    meter.publish(&data("two"), moment(2));
    meter.confirm(2);
    let stored = Publisher::from_bytes(&meter.to_bytes(), device()).unwrap();
    let unsent = |meter: &Publisher| -> Vec<u64> {
        meter
            .unsent()
            .map(|record| record.head().sequence)
            .collect()
    };
    assert_eq!(unsent(&stored), [2]);
    assert_eq!(stored.position(), meter.position());
    let damaged = &meter.to_bytes()[1..];
    assert_eq!(
        Publisher::from_bytes(damaged, device()).unwrap_err(),
        SnapshotError::Damaged
    );
}

#[test]
fn a_closed_channel_says_nothing_more() {
    let (mut reader, records, mut meter) = relayed();
    for record in &records {
        reader.read(record.bytes()).unwrap();
    }
    let closing = meter.close(moment(9));
    assert_eq!(reader.read(closing.bytes()), Ok(Reading::Closed));
    let more = meter.publish(&data("more"), moment(9));
    assert_eq!(reader.read(more.bytes()).unwrap_err(), ChannelFault::Closed);
    assert!(!reader.is_authorised());
}

#[test]
fn a_device_does_not_go_back_in_time() {
    let (mut reader, records, mut meter) = relayed();
    for record in &records {
        reader.read(record.bytes()).unwrap();
    }
    let gap = meter.gap(moment(1).at, moment(2).at, moment(7));
    let (from, until) = (moment(1).at, moment(2).at);
    assert_eq!(reader.read(gap.bytes()), Ok(Reading::Gap { from, until }));
    let back = meter.publish(&data("back"), moment(6));
    let fault = reader.read(back.bytes()).unwrap_err();
    assert_eq!(fault, ChannelFault::CheckpointWentBack);
}

/// What came too late for the relay to give out comes again; what it throws away besides is shown.
#[test]
fn what_a_relay_withholds_comes_again_or_is_shown() {
    let mut meter = meter();
    let mut reader = join(&mut meter, consent(1), &[Lane(0)]);
    sent(&mut meter);
    let tag = |record: &Record| {
        let stream = STREAM.to_string();
        let domain = assent_crypto::domains::STREAM_CHANNEL;
        let tag = Digest::tagged(domain, &[stream.as_bytes()]);
        record.withhold(tag.as_bytes()).unwrap()
    };
    let late = tag(&meter.publish(&data("late"), moment(2)));
    let anchor = |meter: &Publisher| {
        let (next, head) = meter.position();
        StreamAnchor {
            stream_id: STREAM,
            sequence: next - 1,
            head,
        }
    };
    assert_eq!(reader.read(late.bytes()), Ok(Reading::Withheld));
    let sequence = late.head().sequence;
    let next = meter.publish(&data("next"), moment(3));
    reader.read(next.bytes()).unwrap();
    let fault = reader.check_anchor(&anchor(&meter)).unwrap_err();
    assert_eq!(fault, ChannelFault::Withheld { sequence });
    assert_eq!(fault.culprit(), Culprit::Relay);
    sent(&mut meter);
    meter.again(&[sequence, sequence, 900], moment(4));
    meter.publish(&data("late"), moment(4));
    let readings: Vec<Reading> = sent(&mut meter)
        .iter()
        .map(|record| reader.read(record.bytes()).unwrap())
        .collect();
    assert!(matches!(
        readings[..],
        [Reading::Nothing, Reading::Measured { .. }]
    ));
    assert_eq!(reader.check_anchor(&anchor(&meter)), Ok(()));
}

/// What upstream makes of grants (`decentralized-auth`, `policies-test.js`): who may read which device.
#[derive(Debug, Clone, Copy)]
enum Policy {
    Authorised(u8, u8),
    Revoked(u8, u8),
    Deleted(u8),
    Added(u8),
}

#[test]
fn grants_are_those_that_stand_on_devices_that_are_paired() {
    use Policy::{Added, Authorised, Deleted, Revoked};
    let check = |policies: &[Policy], expected: &[(u8, u8)]| {
        let mut devices: BTreeMap<u8, Publisher> = (1..=3).map(|id| (id, meter())).collect();
        let mut pairs: BTreeMap<ConsentId, (u8, u8)> = BTreeMap::new();
        for policy in policies {
            let (provider, device) = match *policy {
                Authorised(provider, device) | Revoked(provider, device) => (provider, device),
                Deleted(device) | Added(device) => (0, device),
            };
            let id = consent(provider * 10 + device);
            let publisher = devices.get_mut(&device).unwrap();
            match policy {
                Authorised(..) => {
                    pairs.insert(id, (provider, device));
                    publisher.admit(id, &[Lane(0)], moment(1));
                }
                Revoked(..) => publisher.exclude(&[id], moment(2)),
                Deleted(_) => drop(publisher.close(moment(2))),
                // Who is paired again writes another stream, under keys that nobody has.
                Added(_) => *publisher = meter(),
            }
        }
        let readers = devices.values().flat_map(Publisher::readers);
        let mut readers: Vec<(u8, u8)> = readers.map(|(id, _)| pairs[&id]).collect();
        readers.sort_unstable();
        assert_eq!(readers, expected, "{policies:?}");
    };
    let revoked = [
        Authorised(1, 1),
        Authorised(2, 2),
        Revoked(1, 1),
        Authorised(3, 3),
    ];
    check(&revoked, &[(2, 2), (3, 3)]);
    let all = [Authorised(1, 1), Authorised(2, 1), Authorised(2, 2)];
    check(&[&all[..], &[Deleted(1)]].concat(), &[(2, 2)]);
    check(&[&all[..], &[Added(1)]].concat(), &[(2, 2)]);
}

/// What happens next to a channel.
#[derive(Debug, Clone)]
enum Step {
    Grant(u8, BTreeSet<u16>),
    Revoke(u8),
    Narrow(u8, u16),
    Measure,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lanes = prop::collection::btree_set(0..3_u16, 1..=3);
    let step = prop_oneof![
        3 => (0..6_u8, lanes).prop_map(|(who, lanes)| Step::Grant(who, lanes)),
        2 => (0..6_u8).prop_map(Step::Revoke),
        1 => (0..6_u8, 0..3_u16).prop_map(|(who, lane)| Step::Narrow(who, lane)),
        4 => Just(Step::Measure),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Everybody reads exactly the lanes that were granted, for exactly as long.
    #[test]
    fn who_is_granted_reads_and_nobody_else(steps in steps()) {
        let mut meter = meter();
        let mut granted: BTreeMap<u8, BTreeSet<u16>> = BTreeMap::new();
        let mut readers: Vec<(u8, Subscriber)> = Vec::new();
        let mut log: Vec<Record> = Vec::new();
        for step in steps {
            match step {
                Step::Grant(who, lanes) => {
                    let numbers: Vec<Lane> = lanes.iter().copied().map(Lane).collect();
                    let reader = join(&mut meter, consent(who), &numbers);
                    readers.push((who, reader));
                    granted.insert(who, lanes);
                }
                Step::Revoke(who) => {
                    meter.exclude(&[consent(who)], moment(1));
                    granted.remove(&who);
                }
                Step::Narrow(who, lane) => {
                    meter.narrow(consent(who), &[Lane(lane)], moment(1));
                    if let Some(lanes) = granted.get_mut(&who) {
                        lanes.retain(|held| *held == lane);
                    }
                }
                Step::Measure => drop(meter.publish(&data("now"), moment(1))),
                Step::Restart => {
                    meter = Publisher::from_bytes(&meter.to_bytes(), device()).unwrap();
                }
            }
            log.extend(sent(&mut meter));
            // All who ever had keys go on trying; the last of each has the right to.
            let latest: BTreeMap<u8, usize> =
                readers.iter().enumerate().map(|(place, (who, _))| (*who, place)).collect();
            for (place, (who, reader)) in readers.iter_mut().enumerate() {
                let due = usize::try_from(reader.sequence()).unwrap();
                for record in &log[due.min(log.len())..] {
                    let read = match reader.read(record.bytes()).unwrap() {
                        Reading::Measured { parts, .. } => {
                            parts.into_iter().map(|(lane, _)| lane.0).collect()
                        }
                        _ => BTreeSet::new(),
                    };
                    if let assent_crypto::channel::Body::Data(_) = record.body() {
                        let is_latest = latest[who] == place;
                        let wanted = granted.get(who).filter(|_| is_latest);
                        prop_assert_eq!(read, wanted.cloned().unwrap_or_default());
                    }
                }
            }
        }
    }
}

#[test]
fn a_reader_that_is_stored_goes_on() {
    let (mut whole, records, mut meter) = relayed();
    let halves = relayed_to(&records[..2], &mut whole);
    let mut halves = Subscriber::from_bytes(&halves).unwrap();
    let guest = consent(9);
    meter.admit(guest, &[Lane(0)], moment(9));
    meter.exclude(&[guest], moment(9));
    meter.publish(&data("last"), moment(10));
    for record in records[2..].iter().chain(&sent(&mut meter)) {
        let expected = whole.read(record.bytes());
        assert_eq!(halves.read(record.bytes()), expected, "rotations included");
        assert!(expected.is_ok());
    }
    assert_eq!(*halves.to_bytes(), *whole.to_bytes());
    assert_eq!(
        halves.read(records[4].bytes()),
        Err(ChannelFault::RecordRepeated)
    );
    let damaged = Subscriber::from_bytes(b"{}");
    assert_eq!(damaged.unwrap_err(), SnapshotError::Damaged);
}

/// Reads records, and gives what is stored then.
fn relayed_to(records: &[Record], reader: &mut Subscriber) -> Vec<u8> {
    for record in records {
        reader.read(record.bytes()).unwrap();
    }
    reader.to_bytes().to_vec()
}
