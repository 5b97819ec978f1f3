#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assent_crypto::channel::Record;
use assent_crypto::digest::Digest;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::consent::{ConsentStatus, ResourceSet};
use assent_model::records::stream::StreamKeys;
use assent_model::statement;
use assent_model::time::Timestamp;
use proptest::prelude::*;

use super::memory::Memory;
use super::{Dated, Keep, Kept, Parcel, Station, Uplink};
use crate::channel::{
    LaneName, Lanes, Measured, Moment, Period, Publisher, Reading, Subscriber, keys,
};
use crate::http::NodeClient;
use crate::keys::PartyKeys;
use crate::status_chain::StatusChange;
use crate::streams::{Bounds, Standing, StandingGrant, StreamTrust};

const STREAM: StreamId = StreamId::from_bytes([7; 20]);

/// When everything begins, in seconds since 1970.
const BEGIN: u64 = 1_780_000_000;

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis((BEGIN + second) * 1_000)
}

fn consent(number: u8) -> ConsentId {
    ConsentId::from_bytes([number; 20])
}

fn lane() -> LaneName {
    "live/power_delivered".parse().unwrap()
}

/// Remembers nothing: these tests stop no device.
struct Nowhere;

impl Keep for Nowhere {
    fn keep(&mut self, _: Kept, _: &[u8], _: bool) -> io::Result<()> {
        Ok(())
    }
}

/// A consent, everything that its reader ever was given, and all that it could open with that.
struct Reader {
    granted: u64,
    history_from: Option<u64>,
    changes: Vec<StatusChange>,
    grant: Digest,
    opening: OpeningKey,
    ends: Vec<Subscriber>,
    opened: BTreeSet<u64>,
    is_in_force: bool,
}

impl Reader {
    fn bounds(&self) -> Bounds {
        let (granted, past) = (at(self.granted), self.history_from.map(at));
        Bounds::new(granted, past, granted, &self.changes)
    }

    fn covers(&self, second: u64) -> bool {
        self.bounds().cover(Period::at(at(second)))
    }
}

/// A device without a relay: what it would send is kept, and read by everybody who ever had keys.
struct House {
    uplink: Uplink<Nowhere>,
    readers: BTreeMap<ConsentId, Reader>,
    log: Vec<Record>,
    /// The second that the device's clock shows.
    clock: Arc<AtomicU64>,
    now: u64,
    next: u64,
}

impl House {
    fn new(archived: &[&str]) -> Self {
        let keys = PartyKeys::generate();
        let clock = Arc::new(AtomicU64::new(1));
        let told = Arc::clone(&clock);
        let device = SigningKey::from_seed(keys.signing.seed());
        let moment = Moment {
            as_of: 1,
            at: at(0),
        };
        let lanes = Lanes::new([lane()]).unwrap();
        let publisher = Publisher::open(STREAM, device, lanes, moment);
        let station = Station {
            node: NodeClient::new("http://127.0.0.1:1").unwrap(),
            trust: StreamTrust {
                chain: "assent:test".parse().unwrap(),
                operator: PartyId::of(keys.signing.verifying_key()),
                operator_key: *keys.signing.verifying_key(),
                checkpoint_key: *keys.signing.verifying_key(),
            },
            holder: *keys.signing.verifying_key(),
            keys: Arc::new(keys),
            stream: STREAM,
            archived: archived.iter().map(|name| name.parse().unwrap()).collect(),
            clock: Arc::new(move || at(told.load(Ordering::Relaxed))),
        };
        Self {
            uplink: Uplink::with(station, Memory::new(publisher), Nowhere),
            readers: BTreeMap::new(),
            log: Vec::new(),
            clock,
            now: 1,
            next: 0,
        }
    }

    fn grant(&mut self, number: u8, history_from: Option<u64>) {
        let reader = Reader {
            granted: self.now,
            history_from,
            changes: Vec::new(),
            grant: Digest::of(format!("{number} {}", self.now).as_bytes()),
            opening: OpeningKey::generate(),
            ends: Vec::new(),
            opened: BTreeSet::new(),
            is_in_force: true,
        };
        self.readers.insert(consent(number), reader);
        self.follow();
    }

    fn withdraw(&mut self, number: u8) {
        if let Some(reader) = self.readers.get_mut(&consent(number)) {
            reader.is_in_force = false;
        }
        self.follow();
    }

    /// Paused for so long, while the device was away.
    fn pause_unnoticed(&mut self, number: u8, seconds: u64) {
        self.now += 1;
        let begin = self.now;
        self.now += seconds;
        if let Some(reader) = self.readers.get_mut(&consent(number)) {
            let statuses = [
                (ConsentStatus::Disabled, begin),
                (ConsentStatus::Active, self.now),
            ];
            let change = |(status, second)| StatusChange {
                status,
                narrows: false,
                at: at(second),
            };
            reader.changes.extend(statuses.map(change));
        }
        self.follow();
    }

    fn standing(&self) -> Standing {
        let in_force = self.readers.iter().filter(|(_, one)| one.is_in_force);
        let name = lane();
        let resource_set =
            ResourceSet::from([(name.dataset_id, BTreeSet::from([name.concept_id]))]);
        let grant = |(id, reader): (&ConsentId, &Reader)| StandingGrant {
            cr_id: *id,
            requester: self.uplink.station.trust.operator,
            sealing_key: reader.opening.sealing_key().clone(),
            digest: reader.grant,
            resource_set: resource_set.clone(),
            bounds: reader.bounds(),
            valid_from: at(0),
            valid_until: None,
            wants_keys: false,
        };
        Standing {
            height: 1,
            time: at(self.now),
            mark: String::new(),
            grants: in_force.map(grant).collect(),
            refused: Vec::new(),
        }
    }

    fn tick(&mut self) {
        self.now += 1;
        self.clock.store(self.now, Ordering::Relaxed);
    }

    /// The device hears how things stand.
    fn follow(&mut self) {
        self.tick();
        self.uplink.standing = Some(self.standing());
        self.uplink.apply(&[]).unwrap();
        self.send();
    }

    /// Publishes what was measured at these seconds, in as many records as it takes.
    fn publish(&mut self, seconds: &[u64]) {
        let mut rest = seconds;
        while !rest.is_empty() {
            self.tick();
            self.uplink.standing = Some(self.standing());
            let moment = self.uplink.apply(&[]).unwrap();
            let dated: Vec<Dated> = rest
                .iter()
                .map(|second| Period::at(at(*second)).into())
                .collect();
            let parts = |count: usize| BTreeMap::from([(lane(), measured(&rest[..count]))]);
            let parcel = Parcel {
                series: "live",
                first: self.next,
                dated: &dated,
                parts: &parts,
            };
            let (count, parts) = self.uplink.settle_coverage(parcel, moment).unwrap();
            if !parts.is_empty() {
                let publisher = &mut self.uplink.memory.publisher;
                publisher.publish_measured(&parts, moment);
            }
            self.next += count as u64;
            rest = &rest[count..];
            self.send();
        }
    }

    /// Everybody takes the keys that are there for them, and reads on with all that they ever had.
    fn send(&mut self) {
        let publisher = &mut self.uplink.memory.publisher;
        self.log.extend(publisher.unsent().cloned());
        publisher.confirm(publisher.position().0);
        for (id, statement) in std::mem::take(&mut self.uplink.memory.keys) {
            let reader = self.readers.get_mut(&id).unwrap();
            let handed = statement::verify::<StreamKeys>(&statement).unwrap();
            let opened = keys::open(&handed, &reader.opening).unwrap();
            reader
                .ends
                .push(Subscriber::join(STREAM, *handed.signer(), opened));
        }
        for reader in self.readers.values_mut() {
            for end in &mut reader.ends {
                let due = usize::try_from(end.sequence()).unwrap();
                for record in &self.log[due..] {
                    let reading = end.read(record.bytes()).unwrap();
                    reader.opened.extend(seconds(&reading));
                }
            }
        }
    }

    #[track_caller]
    fn opened(&self, number: u8) -> Vec<u64> {
        let reader = &self.readers[&consent(number)];
        reader.opened.iter().copied().collect()
    }
}

fn measured(seconds: &[u64]) -> Measured {
    let words: Vec<String> = seconds.iter().map(ToString::to_string).collect();
    let instants = seconds.iter().map(|second| Period::at(at(*second)));
    Measured {
        period: instants.reduce(Period::and).unwrap(),
        bytes: words.join(" ").into_bytes(),
    }
}

fn seconds(reading: &Reading) -> Vec<u64> {
    let Reading::Measured { parts, .. } = reading else {
        return Vec::new();
    };
    let words = parts
        .iter()
        .flat_map(|(_, part)| str::from_utf8(part).unwrap().split(' '));
    words.map(|word| word.parse().unwrap()).collect()
}

/// Attack: come while the device is offline, and read what it measured before.
#[test]
fn what_was_measured_before_a_grant_is_not_given() {
    let mut house = House::new(&[]);
    house.grant(1, None);
    house.publish(&[3]);
    house.now = 100;
    house.grant(2, None);
    house.publish(&[40, 41, 99, 100, 101]);
    assert_eq!(house.opened(1), [3, 40, 41, 99, 100, 101]);
    assert_eq!(house.opened(2), [100, 101]);
}

/// The same where nobody else reads: then it is not sent at all.
#[test]
fn nor_to_the_only_one() {
    let mut house = House::new(&[]);
    house.now = 100;
    house.grant(2, None);
    house.publish(&[40, 41]);
    assert_eq!(house.log.len(), 2, "an opening and a rotation");
    house.publish(&[100]);
    assert_eq!(house.opened(2), [100]);
}

/// A meter repeats the gas of the last hour. What repeats one from before a grant is published apart from
/// what does not, so that a newcomer gets the gas of all the rest.
#[test]
fn an_amount_that_is_older_than_a_grant_is_not_given_and_no_other_is_lost() {
    let mut house = House::new(&[]);
    house.now = 100;
    house.grant(2, None);
    house.tick();
    let dated: Vec<Dated> = [(101, 90), (102, 90), (103, 102), (104, 102)]
        .map(|(second, gas)| {
            let period = Period::at(at(second));
            let measured = period.and(Period::at(at(gas)));
            Dated { period, measured }
        })
        .to_vec();
    for rest in [&dated[..], &dated[2..]] {
        house.uplink.standing = Some(house.standing());
        let moment = house.uplink.apply(&[]).unwrap();
        let parts = |_: usize| BTreeMap::from([(lane(), measured(&[101]))]);
        let parcel = Parcel {
            series: "live",
            first: 0,
            dated: rest,
            parts: &parts,
        };
        let (count, parts) = house.uplink.settle_coverage(parcel, moment).unwrap();
        assert_eq!((count, parts.len()), (2, 1), "{rest:?}");
    }
}

/// Attack: pause and resume while the device is away, and read what it measured meanwhile.
#[test]
fn what_was_measured_during_a_pause_is_not_given() {
    let mut house = House::new(&[]);
    house.grant(1, None);
    house.grant(2, None);
    house.publish(&[5]);
    house.now = 50;
    house.pause_unnoticed(2, 50);
    house.publish(&[49, 50, 99, 100, 101]);
    assert_eq!(house.opened(1), [5, 49, 50, 99, 100, 101]);
    assert_eq!(house.opened(2), [5, 49, 50, 101]);
}

#[test]
fn who_is_granted_the_past_reads_what_was_published_of_it() {
    let mut house = House::new(&[]);
    house.grant(1, None);
    house.publish(&[3, 4]);
    house.now = 100;
    house.withdraw(9);
    house.publish(&[101]);
    house.grant(2, Some(50));
    house.grant(3, Some(0));
    house.publish(&[110]);
    assert_eq!(house.opened(3), [3, 4, 101, 110]);
    // The epoch of 101 began with 3, which is from before.
    assert_eq!(house.opened(2), [110]);
}

/// An epoch that lasted for a day ends, so that the past can be given by days.
#[test]
fn the_past_is_given_by_days() {
    const DAY: u64 = 86_400;
    let mut house = House::new(&["live"]);
    for day in 0..4 {
        house.now = day * DAY + 10;
        house.publish(&[day * DAY + 10, day * DAY + 11]);
    }
    house.now = 4 * DAY;
    house.grant(1, Some(2 * DAY));
    house.grant(2, None);
    let read: Vec<u64> = [2, 3]
        .into_iter()
        .flat_map(|day| [day * DAY + 10, day * DAY + 11])
        .collect();
    assert_eq!(house.opened(1), read);
    assert!(house.opened(2).is_empty());
}

#[test]
fn nothing_is_archived_that_is_not_asked_for() {
    let mut house = House::new(&["days"]);
    house.publish(&[1, 2, 3]);
    assert_eq!(house.log.len(), 1);
    house.grant(1, Some(0));
    assert!(house.opened(1).is_empty());
}

#[derive(Debug, Clone)]
enum Step {
    Grant(u8, Option<u64>),
    Withdraw(u8),
    PauseUnnoticed(u8, u64),
    /// What was measured so many seconds ago, and just after.
    Publish(Vec<u64>),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let reader = 1..5_u8;
    prop_oneof![
        2 => (reader.clone(), proptest::option::of(0..60_u64)).prop_map(|(id, past)| Step::Grant(id, past)),
        1 => reader.clone().prop_map(Step::Withdraw),
        1 => (reader, 1..20_u64).prop_map(|(id, long)| Step::PauseUnnoticed(id, long)),
        4 => proptest::collection::vec(0..40_u64, 1..5).prop_map(Step::Publish),
        1 => (1..50_000_u64).prop_map(Step::Wait),
    ]
}

/// Goes these steps, and says what each reader must have opened.
fn walk(steps: &[Step], archived: &[&str]) -> (House, BTreeMap<ConsentId, BTreeSet<u64>>) {
    let mut house = House::new(archived);
    house.now = 100;
    let mut expected: BTreeMap<ConsentId, BTreeSet<u64>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Grant(id, past) => {
                expected.remove(&consent(*id));
                let from = past.map(|past| house.now.saturating_sub(past));
                house.grant(*id, from);
            }
            Step::Withdraw(id) => house.withdraw(*id),
            Step::PauseUnnoticed(id, long) => house.pause_unnoticed(*id, *long),
            Step::Wait(long) => house.now += long,
            Step::Publish(ago) => {
                let mut seconds: Vec<u64> = ago.iter().map(|ago| house.now - ago).collect();
                seconds.sort_unstable();
                for (id, reader) in house.readers.iter().filter(|(_, one)| one.is_in_force) {
                    let covered = seconds.iter().filter(|second| reader.covers(**second));
                    expected.entry(*id).or_default().extend(covered);
                }
                house.publish(&seconds);
            }
        }
    }
    (house, expected)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// With all keys that it ever had, a reader opens what its grant covers and nothing else; and it opens all
    /// of that which was sent while its consent was in force.
    #[test]
    fn readers_open_what_their_grants_cover(
        steps in proptest::collection::vec(step(), 1..24),
        is_archived in any::<bool>(),
    ) {
        let archived: &[&str] = if is_archived { &["live"] } else { &[] };
        let (house, expected) = walk(&steps, archived);
        for (id, reader) in &house.readers {
            let forbidden: Vec<_> = reader.opened.iter().filter(|one| !reader.covers(**one)).collect();
            prop_assert!(forbidden.is_empty(), "{forbidden:?}");
            let must = expected.get(id).into_iter().flatten();
            let missing: Vec<_> = must.filter(|one| !reader.opened.contains(one)).collect();
            prop_assert!(missing.is_empty(), "{missing:?}");
        }
    }
}

/// A device that is started anew holds back whom it held back before.
#[test]
fn who_is_held_back_is_so_after_a_restart() {
    let mut house = House::new(&[]);
    house.grant(1, None);
    house.now = 100;
    house.grant(2, None);
    let device = SigningKey::from_seed(house.uplink.station.keys.signing.seed());
    let memory = Memory::from_bytes(&house.uplink.memory.to_bytes(), device).unwrap();
    assert_eq!(memory.held_back, house.uplink.memory.held_back);
    assert!(memory.held_back.contains_key(&consent(2)));
    house.uplink.memory = memory;
    house.publish(&[40, 101]);
    assert_eq!(house.opened(2), [101]);
}

/// Attack: have the relay refuse keys for some time, and narrow or withdraw meanwhile: what waits to be sent opens
/// more than may be read by then.
#[test]
fn keys_that_wait_are_forgotten_when_less_may_be_read() {
    let mut house = House::new(&[]);
    house.grant(1, None);
    house.uplink.standing = Some(Standing {
        grants: Vec::new(),
        ..house.standing()
    });
    let waiting = "a statement".to_owned();
    house.uplink.memory.keys.insert(consent(1), waiting.clone());
    house.uplink.memory.keys.insert(consent(2), waiting);
    house.uplink.apply(&[]).unwrap();
    assert!(house.uplink.memory.keys.is_empty());
}

/// A long past is cut to what one statement holds: the keys of now always come.
#[test]
fn a_long_past_is_given_as_far_as_it_fits() {
    const DAY: u64 = 86_400;
    let mut house = House::new(&["live"]);
    for day in 0..900 {
        house.now = day * DAY;
        house.publish(&[day * DAY]);
    }
    house.grant(1, Some(0));
    house.publish(&[house.now]);
    let opened = house.opened(1);
    assert!((200..900).contains(&opened.len()), "{}", opened.len());
    assert_eq!(opened.last(), Some(&(house.now - 1)), "{:?}", opened.last());
    let all: Vec<u64> = (0..900).map(|day| day * DAY).collect();
    let past = &opened[..opened.len() - 1];
    assert_eq!(past, &all[all.len() - past.len()..], "the newest");
}
