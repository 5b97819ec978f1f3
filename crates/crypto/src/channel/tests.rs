//! What a relay or a restored device can do to a channel, and what comes of it.

use proptest::prelude::*;

use super::{
    Body, Data, Fork, Head, Lane, NoFork, PartError, Record, RecordError, UnverifiedRecord,
};
use crate::digest::Digest;
use crate::key_tree::KeyTree;
use crate::signature::SigningKey;

const CHANNEL: [u8; 32] = [3; 32];

fn device() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn verify(bytes: &[u8]) -> Result<Record, RecordError> {
    UnverifiedRecord::parse(bytes)?.verify(&CHANNEL, device().verifying_key())
}

fn head(sequence: u64) -> Head {
    Head {
        sequence,
        prev: Digest::of(&sequence.to_be_bytes()),
        as_of: 9,
        at: 1_700_000_000_000,
    }
}

fn measured(head: Head, trees: &[(Lane, &KeyTree)], text: &[u8]) -> Record {
    let lanes = trees.iter().map(|(lane, tree)| (*lane, *tree, text));
    let data = Data::seal(&CHANNEL, &head, lanes);
    Record::sign(&CHANNEL, &device(), head, Body::Data(data))
}

fn data(record: &Record) -> &Data {
    match record.body() {
        Body::Data(data) => data,
        other => panic!("not data: {other:?}"),
    }
}

#[test]
fn every_body_reads_back() {
    let mut tree = KeyTree::new([4; 32]);
    let rotation = tree.admit().1;
    let bodies = [
        Body::Opening(b"[]".to_vec()),
        data(&measured(
            head(1),
            &[(Lane(0), &tree), (Lane(7), &tree)],
            b"1",
        ))
        .clone()
        .into(),
        Body::Rotation {
            lane: Lane(2),
            rotation,
        },
        Body::Gap { from: 1, until: 2 },
        Body::Closing,
        Body::Again { from: 4, until: 9 },
    ];
    for body in bodies {
        let record = Record::sign(&CHANNEL, &device(), head(1), body);
        assert_eq!(verify(record.bytes()), Ok(record));
    }
}

impl From<Data> for Body {
    fn from(data: Data) -> Self {
        Self::Data(data)
    }
}

#[test]
fn no_bit_can_be_changed() {
    let tree = KeyTree::new([4; 32]);
    let record = measured(head(1), &[(Lane(0), &tree)], b"0.244");
    for place in 0..record.bytes().len() * 8 {
        let mut altered = record.bytes().to_vec();
        altered[place / 8] ^= 1 << (place % 8);
        assert!(verify(&altered).is_err(), "bit {place}");
    }
    for length in 0..record.bytes().len() {
        assert!(verify(&record.bytes()[..length]).is_err(), "{length} bytes");
    }
}

/// What is withheld keeps its place, its digest and its signature, and has nothing to open.
#[test]
fn measurements_can_be_thrown_away_and_nothing_else() {
    let tree = KeyTree::new([4; 32]);
    let record = measured(head(1), &[(Lane(0), &tree)], b"0.244");
    let withheld = record.withhold(&CHANNEL).expect("it has measurements");
    let received = verify(withheld.bytes()).expect("the signature holds");
    assert_eq!(received, withheld);
    assert_eq!(received.digest(), record.digest());
    assert_eq!(received.head(), record.head());
    assert_eq!(Fork::of(&record, &received), None);
    assert!(matches!(received.body(), Body::Withheld(_)));
    assert_eq!(received.withhold(&CHANNEL), None);
    for place in 0..withheld.bytes().len() * 8 {
        let mut altered = withheld.bytes().to_vec();
        altered[place / 8] ^= 1 << (place % 8);
        assert!(verify(&altered).is_err(), "bit {place}");
    }
    // A relay cannot hide anything but measurements behind a digest.
    let mut tree = KeyTree::new([4; 32]);
    let rotation = Body::Rotation {
        lane: Lane(0),
        rotation: tree.admit().1,
    };
    let bodies = [rotation, Body::Gap { from: 1, until: 2 }, Body::Closing];
    for body in bodies {
        let record = Record::sign(&CHANNEL, &device(), head(1), body);
        assert_eq!(record.withhold(&CHANNEL), None);
        let bytes = record.bytes();
        let (unsigned, signature) = bytes.split_at(bytes.len() - 64);
        let digest = Digest::tagged(
            crate::domains::STREAM_RECORD,
            &[&CHANNEL, b"body", &unsigned[57..]],
        );
        let hidden = [&bytes[..56], &[255], digest.as_bytes(), signature].concat();
        assert_eq!(verify(&hidden), Err(RecordError::WrongSignature));
    }
}

#[test]
fn a_record_is_of_one_channel_and_one_device() {
    let record = Record::sign(&CHANNEL, &device(), head(1), Body::Closing);
    let other_device = SigningKey::from_seed(&[2; 32]);
    let parsed = || UnverifiedRecord::parse(record.bytes()).expect("it is a record");
    let elsewhere = parsed().verify(&[5; 32], device().verifying_key());
    assert_eq!(elsewhere, Err(RecordError::WrongSignature));
    let by_another = parsed().verify(&CHANNEL, other_device.verifying_key());
    assert_eq!(by_another, Err(RecordError::WrongSignature));
}

#[test]
fn a_part_opens_in_its_place_alone() {
    let (fine, coarse) = (KeyTree::new([4; 32]), KeyTree::new([5; 32]));
    let record = measured(head(1), &[(Lane(0), &fine), (Lane(1), &coarse)], b"0.244");
    let open = |channel: [u8; 32], head: &Head, lane, tree: &KeyTree| {
        data(&record).open(&channel, head, Lane(lane), tree.epoch_key())
    };
    let there = record.head();
    assert_eq!(open(CHANNEL, there, 0, &fine), Ok(b"0.244".to_vec()));
    assert_eq!(open(CHANNEL, there, 1, &coarse), Ok(b"0.244".to_vec()));
    // Who may read the coarse lane has nothing of the fine one.
    assert_eq!(open(CHANNEL, there, 0, &coarse), Err(PartError::Sealed));
    assert_eq!(open(CHANNEL, there, 2, &coarse), Err(PartError::Absent));
    assert_eq!(open([6; 32], there, 0, &fine), Err(PartError::Sealed));
    assert_eq!(open(CHANNEL, &head(2), 0, &fine), Err(PartError::Sealed));
}

/// A device that is restored from a snapshot says the same number again: its keys do not repeat, and
/// it has signed the proof against itself (invariant 6).
#[test]
fn a_restored_device_repeats_no_key_and_is_found_out() {
    let tree = KeyTree::new([4; 32]);
    let one = measured(head(1), &[(Lane(0), &tree)], b"same");
    let other = measured(head(1), &[(Lane(0), &tree)], b"same");
    assert_ne!(data(&one), data(&other));

    let device = device();
    let check = |records: [&Record; 2]| {
        Fork::verify(&CHANNEL, device.verifying_key(), records.map(Record::bytes))
    };
    let fork = check([&one, &other]).expect("two records under one number");
    assert_eq!(fork.records(), [one.bytes(), other.bytes()]);
    assert_eq!(check([&one, &one]), Err(NoFork::NoContradiction));
    let next = measured(one.next_head(9, 1), &[], b"");
    assert_eq!(check([&one, &next]), Err(NoFork::NoContradiction));
    let foreign = Record::sign(&[9; 32], &device, head(1), Body::Closing);
    let refused = Err(NoFork::Record(RecordError::WrongSignature));
    assert_eq!(check([&one, &foreign]), refused);
}

/// One rotation as it is sent, among a hundred thousand readers: the figure of the design.
#[test]
fn a_revocation_among_many_is_small() {
    let mut tree = KeyTree::new([4; 32]);
    let leaves: Vec<_> = (0..1_000).map(|_| tree.admit().0).collect();
    let rotation = tree.exclude(&leaves[..1]);
    let record = Record::sign(
        &CHANNEL,
        &device(),
        head(1),
        Body::Rotation {
            lane: Lane(0),
            rotation,
        },
    );
    assert!(record.bytes().len() < 1_500, "{}", record.bytes().len());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, kind in prop_oneof![0_u8..7, Just(255)]) {
        let _ = UnverifiedRecord::parse(&bytes);
        let mut framed = vec![0; 56];
        framed.push(kind);
        framed.extend(&bytes);
        framed.extend([0; 64]);
        let _ = UnverifiedRecord::parse(&framed);
    }
}
