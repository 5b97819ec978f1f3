//! A reader that is granted the past reads on from there into the present.

use assent_client::channel::{Admission, ChannelFault, Period, Publisher, Reading, Subscriber};
use assent_crypto::channel::{Body, Lane, Record};
use assent_crypto::vault::SecretKey;

use crate::channel::{STREAM, consent, data, device, handed, meter, moment, sent};

/// A meter that has published in three epochs of its first lane, and what it sent.
fn with_a_past() -> (Publisher, Vec<Record>) {
    let mut meter = meter();
    meter.admit(consent(9), &[Lane(0)], moment(1));
    meter.publish(&data("first"), moment(2));
    meter.exclude(&[consent(9)], moment(3));
    meter.publish(&data("second"), moment(4));
    meter.admit(consent(8), &[Lane(0)], moment(5));
    let log = sent(&mut meter);
    (meter, log)
}

fn admitted(meter: &mut Publisher, may_read: impl Fn(Period) -> bool) -> Admission {
    let mut admission = meter.admit(consent(1), &[Lane(0)], moment(6));
    admission.past = meter.past_keys(&[Lane(0)], may_read);
    admission
}

fn join(admission: &Admission) -> Subscriber {
    let opened = handed(consent(1), admission);
    Subscriber::join(STREAM, *device().verifying_key(), opened)
}

/// The words that it reads, from where it is.
fn words(reader: &mut Subscriber, log: &[Record]) -> Vec<String> {
    let due = usize::try_from(reader.sequence()).unwrap();
    let readings = log[due..].iter().map(|record| reader.read(record.bytes()));
    let words = readings.filter_map(|reading| match reading.unwrap() {
        Reading::Measured { parts, .. } => Some(String::from_utf8(parts[0].1.clone()).unwrap()),
        _ => None,
    });
    words.collect()
}

#[track_caller]
fn check(may_read: impl Fn(Period) -> bool, expected: &[&str]) {
    let (mut meter, mut log) = with_a_past();
    let mut reader = join(&admitted(&mut meter, may_read));
    meter.publish(&data("now"), moment(7));
    log.extend(sent(&mut meter));
    let due = usize::try_from(reader.sequence()).unwrap();
    for cut in due..=log.len() {
        // Wherever it is stopped, it goes on there.
        let mut resumed = Subscriber::from_bytes(&reader.to_bytes()).unwrap();
        let mut read = words(&mut resumed, &log[..cut]);
        let mut resumed = Subscriber::from_bytes(&resumed.to_bytes()).unwrap();
        read.extend(words(&mut resumed, &log));
        assert_eq!(read, expected, "{cut}");
    }
    assert_eq!(words(&mut reader, &log), expected);
}

#[test]
fn the_past_is_read_as_far_as_it_is_given() {
    check(|_| true, &["first 0", "second 0", "now 0"]);
    check(|period| period.from >= moment(4).at, &["second 0", "now 0"]);
    check(|period| period.until < moment(4).at, &["first 0", "now 0"]);
    check(|_| false, &["now 0"]);
}

#[test]
fn the_past_that_was_read_or_is_gone_is_passed_over() {
    let (mut meter, mut log) = with_a_past();
    let admission = admitted(&mut meter, |_| true);
    let mut read_before = join(&admission);
    let second = log.iter().rev().nth(1).unwrap().head().sequence;
    read_before.skip_past_until(second);
    let (mut first_gone, mut gone) = (join(&admission), join(&admission));
    assert!(first_gone.skip_past());
    while gone.skip_past() {}
    meter.publish(&data("now"), moment(7));
    log.extend(sent(&mut meter));
    assert_eq!(words(&mut read_before, &log), ["second 0", "now 0"]);
    assert_eq!(words(&mut first_gone, &log), ["second 0", "now 0"]);
    assert_eq!(words(&mut gone, &log), ["now 0"]);
}

/// A reader that has read all of the past, and then learns that the relay does not have what comes next.
#[test]
fn the_past_that_was_read_to_its_end_is_passed_over_once() {
    let (mut meter, mut log) = with_a_past();
    let admission = admitted(&mut meter, |_| true);
    log.extend(sent(&mut meter));
    let mut reader = join(&admission);
    assert_eq!(words(&mut reader, &log), ["first 0", "second 0"]);
    assert_eq!(reader.sequence(), admission.sequence);
    assert!(reader.skip_past());
    assert_eq!(reader.sequence(), admission.sequence);
    assert!(!reader.skip_past());
}

/// Attack: show a past that the device has signed in another history than the one that the keys follow on.
#[test]
fn a_past_that_does_not_lead_to_the_keys_is_not_read_on() {
    let (meter, log) = with_a_past();
    let snapshot = meter.to_bytes();
    let past = {
        let mut meter = meter;
        meter.exclude(&[], moment(6));
        meter.publish(&data("left out"), moment(6));
        meter.publish(&data("one"), moment(6));
        sent(&mut meter)
    };
    let mut restored = Publisher::from_bytes(&snapshot, device()).unwrap();
    restored.publish(&data("other"), moment(6));
    let mut other = sent(&mut restored);
    let mut admission = restored.admit(consent(1), &[Lane(0)], moment(6));
    admission.past = restored.past_keys(&[Lane(0)], |_| true);
    restored.publish(&data("now"), moment(7));
    other.extend(sent(&mut restored));
    let mut reader = join(&admission);
    let until = usize::try_from(admission.sequence).unwrap();
    let due = usize::try_from(reader.sequence()).unwrap();
    let forged: Vec<&Record> = log.iter().chain(&past).take(until).skip(due).collect();
    for record in forged {
        reader.read(record.bytes()).unwrap();
    }
    let now = other.last().unwrap();
    assert_eq!(now.head().sequence, admission.sequence);
    let fault = reader.read(now.bytes()).unwrap_err();
    assert!(matches!(fault, ChannelFault::Forked(_)), "{fault:?}");
}

/// What is kept of the past is enough to give it after a restart.
#[test]
fn the_past_survives_a_restart() {
    let (mut meter, log) = with_a_past();
    let past = meter.changed_past().unwrap();
    meter.past_is_kept();
    assert!(meter.changed_past().is_none(), "nothing has changed since");
    let mut resumed = Publisher::from_bytes(&meter.to_bytes(), device()).unwrap();
    resumed.remember_past(&past).unwrap();
    assert!(resumed.remember_past(b"{").is_err());
    let mut reader = join(&admitted(&mut resumed, |_| true));
    assert_eq!(words(&mut reader, &log), ["first 0", "second 0"]);
}

/// A device that gives a wrong key of the past keeps nobody from what comes now.
#[test]
fn a_past_that_does_not_open_is_passed_over() {
    let (mut meter, mut log) = with_a_past();
    let mut admission = admitted(&mut meter, |_| true);
    for key in &mut admission.past {
        key.key = SecretKey::generate();
    }
    let mut reader = join(&admission);
    meter.publish(&data("now"), moment(7));
    log.extend(sent(&mut meter));
    assert_eq!(words(&mut reader, &log), ["now 0"]);
}

/// A snapshot from before epochs were written down does not say what was sealed in the present one.
#[test]
fn an_epoch_that_nobody_wrote_down_is_given_to_nobody() {
    let (mut meter, _) = with_a_past();
    let third = meter.publish(&data("third"), moment(6));
    let Body::Data(third) = third.body() else {
        panic!("{third:?}");
    };
    let third = third.parts()[0].epoch();
    let mut stored: serde_json::Value = serde_json::from_slice(&meter.to_bytes()).unwrap();
    stored.as_object_mut().unwrap().remove("published");
    let mut old = Publisher::from_bytes(stored.to_string().as_bytes(), device()).unwrap();
    old.publish(&data("now"), moment(7));
    let admission = admitted(&mut old, |period| period.from >= moment(7).at);
    let given: Vec<u64> = admission.past.iter().map(|key| key.epoch).collect();
    assert_eq!(given, [third + 1]);
}

/// A device that is restored in the middle of an epoch does not know all that it sealed in it.
#[test]
fn the_past_of_a_restored_device_ends_before_its_snapshot() {
    let (mut meter, log) = with_a_past();
    let past = meter.changed_past().unwrap();
    let snapshot = meter.to_bytes();
    meter.publish(&data("third"), moment(6));
    meter.exclude(&[consent(8)], moment(6));
    let later = meter.changed_past().unwrap();
    let forgotten = sent(&mut meter);
    for (past, expected) in [
        (&past, &["first 0", "second 0"][..]),
        (&later, &["first 0", "second 0"]),
    ] {
        let mut restored = Publisher::from_bytes(&snapshot, device()).unwrap();
        restored.remember_past(past).unwrap();
        restored.resume_after(&forgotten, moment(6)).unwrap();
        let mut reader = join(&admitted(&mut restored, |_| true));
        let all: Vec<Record> = log.iter().chain(&forgotten).cloned().collect();
        let all: Vec<Record> = all.into_iter().chain(sent(&mut restored)).collect();
        assert_eq!(words(&mut reader, &all), expected);
    }
}
