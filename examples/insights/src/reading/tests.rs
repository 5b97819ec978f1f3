#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use assent_client::channel::{Admission, LaneName, Lanes, Moment, Publisher, keys};
use assent_client::statements::Signer;
use assent_client::streams::NamedStream;
use assent_crypto::channel::Lane;
use assent_crypto::digest::Digest;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_meter::datasets::Part;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::stream::StreamKeys;
use assent_model::statement::Verified;
use assent_model::time::Timestamp;

use super::channel::{self, Channel, Taken};
use super::{Stopped, ended, ending, fail};
use crate::energy::Energy;
use crate::household::{Fault, Phase, Record};
use crate::households::{Household, Households};
use crate::pages::tests as pages;
use crate::store::Store;

const STREAM: StreamId = StreamId::from_bytes([7; 20]);
const CONSENT: ConsentId = ConsentId::from_bytes([1; 20]);

fn moment(as_of: u64) -> Moment {
    let at = Timestamp::from_millis(1_780_000_000_000 + as_of * 1_000);
    Moment { as_of, at }
}

/// A meter and the service that it writes to.
struct Scene {
    device: SigningKey,
    meter: Publisher,
    opening: OpeningKey,
    lane: Lane,
}

impl Scene {
    fn new() -> Self {
        let device = SigningKey::generate();
        let name: LaneName = "live/power_delivered".parse().unwrap();
        let lanes = Lanes::new([name]).unwrap();
        let seed = SigningKey::from_seed(device.seed());
        let meter = Publisher::open(STREAM, seed, lanes, moment(1));
        let lane = meter.lanes().all()[0];
        Self {
            device,
            meter,
            opening: OpeningKey::generate(),
            lane,
        }
    }

    fn admit(&mut self) -> Verified<StreamKeys> {
        let admission = self.meter.admit(CONSENT, &[self.lane], moment(1));
        self.seal(&admission)
    }

    /// Keys for the past as well.
    fn admit_with_past(&mut self) -> Verified<StreamKeys> {
        let mut admission = self.meter.admit(CONSENT, &[self.lane], moment(3));
        admission.past = self.meter.past_keys(&[self.lane], |_| true);
        self.seal(&admission)
    }

    fn seal(&self, admission: &Admission) -> Verified<StreamKeys> {
        let signer = Signer::new("assent:test".parse().unwrap(), moment(1).at);
        let handover = keys::Handover {
            stream: STREAM,
            consent: CONSENT,
            grant: Digest::of(b"a grant"),
            to: self.opening.sealing_key(),
        };
        keys::seal(&signer, &self.device, handover, admission)
    }

    fn named(&self, keys: Option<&Verified<StreamKeys>>) -> NamedStream {
        NamedStream {
            stream_id: STREAM,
            device_key: *self.device.verifying_key(),
            history_from: None,
            keys: keys.cloned(),
        }
    }

    /// A record of power that is written now.
    fn measure(&mut self, at: i64) -> Vec<u8> {
        let part =
            format!(r#"{{"points":[{{"from":{at},"to":{at},"value":"0.244","unit":"kW"}}]}}"#);
        let record = self
            .meter
            .publish(&[(self.lane, part.into_bytes())], moment(2));
        record.bytes().to_vec()
    }

    fn open(&self, record: &Record, keys: Option<&Verified<StreamKeys>>) -> Option<Channel> {
        Channel::open(&self.named(keys), record, &self.opening)
    }
}

#[test]
fn readings_come_from_the_first_record_after_the_keys() {
    let mut scene = Scene::new();
    let before = scene.measure(1);
    let keys = scene.admit();
    let mut channel = scene.open(&Record::default(), Some(&keys)).unwrap();
    assert_eq!(channel.take(&before).unwrap(), Taken::Nothing, "not again");
    let taken = channel.take(&scene.measure(2)).unwrap();
    let Taken::Readings(parts) = taken else {
        panic!("{taken:?}")
    };
    assert_eq!((&*parts[0].0, &*parts[0].1), ("live", "power_delivered"));
    let mut energy = Energy::new(assent_meter::zone::Zone::default());
    energy.take(parts);
    assert_eq!(energy.power.latest().unwrap().delivered, Some(244));
}

#[test]
fn without_keys_that_open_they_are_asked_for() {
    let mut scene = Scene::new();
    assert!(scene.open(&Record::default(), None).is_none());
    let keys = scene.admit();
    let other = Scene {
        opening: OpeningKey::generate(),
        ..scene
    };
    assert!(other.open(&Record::default(), Some(&keys)).is_none());
}

#[test]
fn whoever_is_left_out_joins_with_later_keys_alone() {
    let mut scene = Scene::new();
    let first = scene.admit();
    let mut record = Record::default();
    let mut channel = scene.open(&record, Some(&first)).unwrap();
    channel.take(&scene.measure(1)).unwrap();
    scene.meter.exclude(&[CONSENT], moment(3));
    let sent: Vec<Vec<u8>> = scene.meter.unsent().map(|r| r.bytes().to_vec()).collect();
    let taken = sent.iter().map(|bytes| channel.take(bytes).unwrap());
    assert_eq!(taken.last(), Some(Taken::LeftOut));
    record.channel = Some(channel.kept());
    assert!(
        scene.open(&record, Some(&first)).is_none(),
        "the old keys are of before"
    );
    let second = scene.admit();
    let mut again = scene.open(&record, Some(&second)).unwrap();
    let taken = again.take(&scene.measure(4)).unwrap();
    assert!(matches!(taken, Taken::Readings(_)));
}

#[test]
fn what_was_forgotten_is_not_read_again() {
    let mut scene = Scene::new();
    let keys = scene.admit();
    let mut record = Record::default();
    let mut channel = scene.open(&record, Some(&keys)).unwrap();
    channel.take(&scene.measure(1)).unwrap();
    record.channel = Some(channel.kept());
    let mut resumed = scene.open(&record, None).unwrap();
    assert_eq!(
        resumed.sequence(),
        channel.sequence(),
        "a restart loses nothing"
    );
    resumed.take(&scene.measure(2)).unwrap();

    record.forget_readings();
    assert!(record.channel.is_none());
    assert!(
        scene.open(&record, Some(&keys)).is_none(),
        "after a pause with the same keys"
    );
    let later = scene.admit();
    assert!(scene.open(&record, Some(&later)).is_some());
}

/// A person who gives the past later is read again from there, once the device has handed the keys over.
#[test]
fn a_past_that_is_given_later_is_read() {
    let mut scene = Scene::new();
    let _ = scene
        .meter
        .admit(ConsentId::from_bytes([9; 20]), &[scene.lane], moment(1));
    scene.measure(1);
    let keys = scene.admit();
    let mut record = Record::default();
    let mut channel = scene.open(&record, Some(&keys)).unwrap();
    channel.take(&scene.measure(2)).unwrap();
    record.channel = Some(channel.kept());

    let given = |at, keys: Option<&Verified<StreamKeys>>| NamedStream {
        history_from: Some(moment(at).at),
        ..scene.named(keys)
    };
    assert!(!channel.is_behind(&given(0, None)), "the keys are to come");
    assert!(!channel.is_behind(&scene.named(Some(&keys))));
    let waiting = Channel::open(&given(0, None), &record, &scene.opening).unwrap();
    assert!(!waiting.begins_anew());
    assert_eq!(waiting.sequence(), channel.sequence());

    scene.meter.exclude(&[], moment(3));
    let later = scene.admit_with_past();
    let given = NamedStream {
        history_from: Some(moment(0).at),
        ..scene.named(Some(&later))
    };
    assert!(channel.is_behind(&given));
    let anew = Channel::open(&given, &record, &scene.opening).unwrap();
    assert!(anew.begins_anew());
    assert!(anew.sequence() < channel.sequence());
    // Once: it goes on from there.
    record.channel = Some(anew.kept());
    let resumed = Channel::open(&given, &record, &scene.opening).unwrap();
    assert!(!resumed.begins_anew() && !resumed.is_behind(&given));
    assert_eq!(resumed.sequence(), anew.sequence());
}

fn check_fault(damage: fn(&mut Scene, Vec<u8>) -> Vec<u8>, code: &str, culprit: &str) {
    let mut scene = Scene::new();
    let keys = scene.admit();
    let mut channel = scene.open(&Record::default(), Some(&keys)).unwrap();
    let record = scene.measure(1);
    let fault = channel.take(&damage(&mut scene, record)).unwrap_err();
    assert_eq!((&*fault.code, &*fault.culprit), (code, culprit));
}

#[test]
fn it_is_said_what_is_wrong_and_who_has_signed_it() {
    check_fault(|_, _| b"nothing".to_vec(), "record-malformed", "relay");
    check_fault(
        |_, mut record| {
            *record.last_mut().unwrap() ^= 1;
            record
        },
        "record-unsigned",
        "relay",
    );
    check_fault(|scene, _| scene.measure(2), "record-missing", "relay");
}

#[test]
fn a_device_that_writes_nonsense_has_signed_it() {
    let mut scene = Scene::new();
    let keys = scene.admit();
    let mut channel = scene.open(&Record::default(), Some(&keys)).unwrap();
    let nonsense = scene
        .meter
        .publish(&[(scene.lane, b"{".to_vec())], moment(2));
    let fault = channel.take(nonsense.bytes()).unwrap_err();
    assert_eq!(
        (&*fault.code, &*fault.culprit),
        ("part-malformed", "device")
    );
}

/// What was kept of the only household, as a restart finds it.
fn on_disk(scene: &pages::Scene) -> (Phase, bool) {
    let store = Store::open(scene.folder.path()).unwrap();
    let all = Households::open(store).unwrap().all();
    let record = all[0].record();
    (record.phase, record.energy.is_some())
}

#[test]
fn what_is_over_by_the_clock_is_deleted() {
    let scene = pages::Scene::new();
    let (_, household) = scene.read(5);
    ending::expire(&scene.insights, &household);
    assert_eq!(on_disk(&scene), (Phase::Reading, true));
    let scene = pages::Scene::new();
    let (_, household) = scene.read(-1);
    ending::expire(&scene.insights, &household);
    assert_eq!(on_disk(&scene), (Phase::Expired, false));
    assert!(
        household.record().access.is_some(),
        "the node is told when it can be"
    );
}

/// A service that says that it has deleted what is on its disk yet is a liar.
#[test]
fn what_cannot_be_deleted_is_not_said_to_be() {
    let scene = pages::Scene::new();
    let (_, household) = scene.read(5);
    let households = scene.folder.path().join("households");
    let aside = scene.folder.path().join("aside");
    fs::rename(&households, &aside).unwrap();
    let let_go = || ending::let_go(&scene.insights, &household, Phase::Withdrawn);
    assert!(!let_go(), "the disk has it yet");
    assert!(!let_go(), "and goes on having it");
    assert!(household.record().energy.is_none());
    fs::rename(&aside, &households).unwrap();
    assert!(let_go());
    assert!(let_go());
    assert_eq!(on_disk(&scene), (Phase::Withdrawn, false));
}

/// Makes the disk fail, and then not any more; what is found there then.
fn check_deleted(begin: Phase, phase: Phase, act: impl Fn(&pages::Scene, &Household)) {
    let scene = pages::Scene::new();
    let (_, household) = scene.read(5);
    scene
        .insights
        .change(&household, |record| record.phase = begin);
    let households = scene.folder.path().join("households");
    let aside = scene.folder.path().join("aside");
    fs::rename(&households, &aside).unwrap();
    act(&scene, &household);
    assert!(household.record().energy.is_none(), "{begin:?}");
    fs::rename(&aside, &households).unwrap();
    assert_eq!(on_disk(&scene), (begin, true), "the disk has it yet");
    act(&scene, &household);
    assert_eq!(on_disk(&scene), (phase, false), "{begin:?}");
}

/// A meter that is there no longer leaves nothing behind, also where the disk failed the first time, and
/// where only later keys were awaited when it went.
#[test]
fn what_was_read_of_a_meter_that_is_gone_is_deleted() {
    let without = |scene: &pages::Scene, household: &Household| {
        ending::without_meter(&scene.insights, household);
    };
    check_deleted(Phase::Reading, Phase::Waiting, without);
    check_deleted(Phase::Waiting, Phase::Waiting, without);
    check_deleted(Phase::Unpaired, Phase::Unpaired, without);
    check_deleted(Phase::Reading, Phase::Unpaired, |scene, household| {
        ending::let_go(&scene.insights, household, Phase::Unpaired);
    });
}

/// While keys are awaited, what was read under the same consent stays, and is kept.
#[test]
fn what_was_read_stays_while_keys_are_awaited() {
    let scene = pages::Scene::new();
    let (_, household) = scene.read(5);
    ending::await_keys(&scene.insights, &household);
    assert_eq!(on_disk(&scene), (Phase::Waiting, true));
}

fn allowed(lanes: &[&str]) -> ResourceSet {
    let mut allowed = ResourceSet::new();
    for lane in lanes {
        let (dataset, concept) = lane.split_once('/').unwrap();
        let concepts = allowed.entry(dataset.parse().unwrap()).or_default();
        concepts.insert(concept.parse().unwrap());
    }
    allowed
}

fn power(at: i64, concept: &str) -> (String, String, Part) {
    let part = format!(r#"{{"points":[{{"from":{at},"to":{at},"value":"0.244","unit":"kW"}}]}}"#);
    let part = serde_json::from_str(&part).unwrap();
    ("live".to_owned(), concept.to_owned(), part)
}

#[test]
fn what_is_narrowed_away_is_deleted_and_not_taken_in_again() {
    let scene = pages::Scene::new();
    let (_, household) = scene.read(5);
    let both = allowed(&["live/power_delivered", "live/power_returned"]);
    let one = allowed(&["live/power_delivered"]);
    let parts = || vec![power(7, "power_delivered"), power(7, "power_returned")];
    assert_eq!(channel::within(parts(), &both).len(), 2);
    household.change(|record| record.energy.as_mut().unwrap().take(parts()));
    ending::narrow(&scene.insights, &household, &both);
    let latest = |household: &Household| {
        let record = household.record();
        let latest = record.energy.as_ref().unwrap().power.latest().unwrap();
        (latest.delivered, latest.returned)
    };
    assert_eq!(latest(&household), (Some(244), Some(244)));
    ending::narrow(&scene.insights, &household, &one);
    assert_eq!(latest(&household), (Some(244), None));
    let store = Store::open(scene.folder.path()).unwrap();
    let kept = Households::open(store).unwrap().all().remove(0);
    assert_eq!(latest(&kept), (Some(244), None), "nor is it on the disk");
    let left = channel::within(parts(), &one);
    assert_eq!(
        left.len(),
        1,
        "a device that seals more than it may is not read"
    );
}

/// A device whose rotation cannot be followed is read again with later keys, and not with those that lead
/// to the same record.
#[test]
fn after_a_rotation_that_cannot_be_followed_later_keys_are_asked_for() {
    let mut scene = Scene::new();
    let first = scene.admit();
    let mut record = Record::default();
    let mut channel = scene.open(&record, Some(&first)).unwrap();
    channel.take(&scene.measure(1)).unwrap();
    record.channel = Some(channel.kept());
    let fault = |culprit: &str| Fault {
        code: "rotation-invalid".to_owned(),
        culprit: culprit.to_owned(),
    };
    fail(&mut record, fault("device"));
    assert_eq!(record.phase, Phase::Faulty);
    assert!(scene.open(&record, Some(&first)).is_none());
    let second = scene.admit();
    let mut again = scene.open(&record, Some(&second)).unwrap();
    let taken = again.take(&scene.measure(2)).unwrap();
    assert!(matches!(taken, Taken::Readings(_)));
    // What a relay has altered is read again from where the keys begin.
    record.channel = Some(again.kept());
    fail(&mut record, fault("relay"));
    assert!(scene.open(&record, Some(&second)).is_some());
}

#[test]
fn a_meter_that_is_taken_off_ends_the_reading() {
    let mut scene = Scene::new();
    let keys = scene.admit();
    let mut channel = scene.open(&Record::default(), Some(&keys)).unwrap();
    scene.meter.close(moment(4));
    let sent: Vec<Vec<u8>> = scene.meter.unsent().map(|r| r.bytes().to_vec()).collect();
    let taken = sent.iter().map(|bytes| channel.take(bytes).unwrap());
    assert_eq!(taken.last(), Some(Taken::Closed));
    assert!(matches!(ended("stream-closed"), Stopped::Unpaired));
    assert!(matches!(ended("consent-withdrawn"), Stopped::Look));
    assert!(matches!(ended("not-granted"), Stopped::Look));
    assert!(matches!(ended("token-expired"), Stopped::HungUp));
    assert!(channel::is_gone(Some("records-gone")));
    assert!(!channel::is_gone(Some("not-granted")) && !channel::is_gone(None));
}
