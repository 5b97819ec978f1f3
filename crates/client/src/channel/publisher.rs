//! The device's end of a channel.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use assent_crypto::channel::{Body, Data, Head, Lane, Record};
use assent_crypto::digest::Digest;
use assent_crypto::key_tree::{ChannelTag, KeyTree, Leaf, PathKeys, Rotation};
use assent_crypto::signature::SigningKey;
use assent_crypto::vault::SecretKey;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::time::Timestamp;
use zeroize::Zeroizing;

use super::past::{Past, PastKey, Period, Published};
use super::{Lanes, channel_tag, lane_tag};

/// Readers that one rotation leaves out at most, so that no record is too long.
const EXCLUDED_MAX: usize = 256;

/// The checkpoint that the device acts on, and the time on its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Height of the checkpoint.
    pub as_of: u64,
    /// Now.
    pub at: Timestamp,
}

/// What a reader needs to begin.
#[derive(Debug)]
pub struct Admission {
    /// The number of the first record that the keys open.
    pub sequence: u64,
    /// The digest of the record before it.
    pub prev: Digest,
    /// The keys of each lane, with its name's number.
    pub keys: Vec<(Lane, PathKeys)>,
    /// What it may open of the time before: nothing, unless the caller adds [`Publisher::past_keys`].
    pub past: Vec<PastKey>,
    /// What the lanes are called.
    pub lanes: Lanes,
}

/// What one lane has of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// When that was measured.
    pub period: Period,
    /// What is sealed.
    pub bytes: Vec<u8>,
}

/// Why a snapshot of a publisher is not gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes are not those of a publisher.
    #[error("the stored state of the channel cannot be read")]
    Damaged,
    /// The records that the relay has do not follow on each other or on the snapshot.
    #[error("the relay's records do not follow on the stored state")]
    OtherHistory,
}

/// The device's end of a channel.
///
/// Every change hands out records that follow on each other, and keeps them until
/// [`Publisher::confirm`]. Store [`Publisher::to_bytes`] before sending: a device that crashes in
/// between sends the same records again.
#[derive(Debug)]
pub struct Publisher {
    pub(super) stream: StreamId,
    pub(super) channel: ChannelTag,
    pub(super) device: SigningKey,
    pub(super) lanes: Lanes,
    /// By lane.
    pub(super) trees: Vec<KeyTree>,
    /// What each lane has published in its present epoch.
    pub(super) published: BTreeMap<Lane, Published>,
    pub(super) past: Past,
    pub(super) readers: BTreeMap<ConsentId, BTreeMap<Lane, Leaf>>,
    /// The number of the next record.
    pub(super) sequence: u64,
    /// The digest of the last one.
    pub(super) prev: Digest,
    pub(super) unsent: VecDeque<Record>,
}

impl Publisher {
    /// Opens a channel that nobody reads yet; the first record says which lanes it has.
    pub fn open(stream: StreamId, device: SigningKey, lanes: Lanes, moment: Moment) -> Self {
        let channel = channel_tag(stream);
        let tree = |lane| KeyTree::new(lane_tag(&channel, lane));
        let opening = Body::Opening(lanes.to_bytes());
        let mut publisher = Self {
            stream,
            channel,
            device,
            trees: lanes.all().into_iter().map(tree).collect(),
            lanes,
            published: BTreeMap::new(),
            past: Past::default(),
            readers: BTreeMap::new(),
            sequence: 0,
            prev: Digest::ZERO,
            unsent: VecDeque::new(),
        };
        publisher.append(opening, moment);
        publisher
    }

    /// The stream.
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// What the channel has.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// The consents that are served, and with which lanes.
    pub fn readers(&self) -> impl Iterator<Item = (ConsentId, Vec<Lane>)> {
        let lanes = |lanes: &BTreeMap<Lane, Leaf>| lanes.keys().copied().collect();
        self.readers
            .iter()
            .map(move |(id, held)| (*id, lanes(held)))
    }

    /// The number of the next record, and the digest of the last.
    pub fn position(&self) -> (u64, Digest) {
        (self.sequence, self.prev)
    }

    /// Lets a consent read these lanes from the next record on, and nothing before it. Who is
    /// admitted already, or lost its keys, gets new ones in place of the old.
    pub fn admit(&mut self, consent: ConsentId, lanes: &[Lane], moment: Moment) -> Admission {
        self.exclude(&[consent], moment);
        let mut held = BTreeMap::new();
        for lane in lanes {
            let leaf = self.turn(*lane, KeyTree::admit, moment);
            held.insert(*lane, leaf);
        }
        self.readers.insert(consent, held);
        self.admitted(consent).expect("it was just admitted")
    }

    /// What a consent that is admitted needs to begin anew, from the next record on. `None` where it reads
    /// nothing.
    pub fn admitted(&self, consent: ConsentId) -> Option<Admission> {
        let held = self.readers.get(&consent)?;
        let keys = held.iter().map(|(lane, leaf)| {
            let path = self.trees[usize::from(lane.0)].path_keys(*leaf);
            (*lane, path.expect("who is admitted has a path"))
        });
        Some(Admission {
            sequence: self.sequence,
            prev: self.prev,
            keys: keys.collect(),
            past: Vec::new(),
            lanes: self.lanes.clone(),
        })
    }

    /// Leaves these consents out from the next record on: a new epoch of every lane that they read.
    pub fn exclude(&mut self, consents: &[ConsentId], moment: Moment) {
        let mut going: BTreeMap<Lane, Vec<Leaf>> = BTreeMap::new();
        for consent in consents {
            for (lane, leaf) in self.readers.remove(consent).into_iter().flatten() {
                going.entry(lane).or_default().push(leaf);
            }
        }
        self.exclude_leaves(&going, moment);
    }

    /// Leaves a consent out of all lanes but these.
    pub fn narrow(&mut self, consent: ConsentId, keep: &[Lane], moment: Moment) {
        let Some(held) = self.readers.get_mut(&consent) else {
            return;
        };
        let mut going: BTreeMap<Lane, Vec<Leaf>> = BTreeMap::new();
        held.retain(|lane, leaf| {
            let stays = keep.contains(lane);
            if !stays {
                going.insert(*lane, vec![*leaf]);
            }
            stays
        });
        self.exclude_leaves(&going, moment);
    }

    fn exclude_leaves(&mut self, going: &BTreeMap<Lane, Vec<Leaf>>, moment: Moment) {
        for (lane, leaves) in going {
            for leaves in leaves.chunks(EXCLUDED_MAX) {
                let exclude = |tree: &mut KeyTree| ((), tree.exclude(leaves));
                self.turn(*lane, exclude, moment);
            }
        }
    }

    /// Publishes what is measured now, each part sealed under the epoch of its lane.
    ///
    /// # Panics
    /// As [`Publisher::publish_measured`].
    pub fn publish(&mut self, parts: &[(Lane, Vec<u8>)], moment: Moment) -> Record {
        let period = Period::at(moment.at);
        let measured = |(lane, bytes): &(Lane, Vec<u8>)| {
            let bytes = bytes.clone();
            (*lane, Measured { period, bytes })
        };
        let parts: Vec<(Lane, Measured)> = parts.iter().map(measured).collect();
        self.publish_measured(&parts, moment)
    }

    /// Publishes what was measured at some time, each part sealed under the epoch of its lane. An epoch
    /// that has lasted for a day ends before.
    ///
    /// # Panics
    /// A lane comes twice or out of order, does not exist, or has 64 KiB or more.
    pub fn publish_measured(&mut self, parts: &[(Lane, Measured)], moment: Moment) -> Record {
        for (lane, part) in parts {
            let is_over = |published: &Published| published.is_over(part.period, moment.at);
            if self.published.get(lane).is_some_and(is_over) {
                self.turn(*lane, |tree| ((), tree.renew()), moment);
            }
        }
        let head = self.head(moment);
        let sealed = parts.iter().map(|(lane, part)| {
            let tree = &self.trees[usize::from(lane.0)];
            (*lane, tree, part.bytes.as_slice())
        });
        let data = Data::seal(&self.channel, &head, sealed);
        for (lane, part) in parts {
            let published = self.published.entry(*lane).or_insert(Published {
                first: head.sequence,
                since: moment.at,
                measured: part.period,
            });
            published.measured = published.measured.and(part.period);
        }
        self.append(Body::Data(data), moment)
    }

    /// The keys of what these lanes published before their present epochs, as far as all of an epoch was
    /// measured when the reader may read. To be sealed to that reader alone.
    pub fn past_keys(&self, lanes: &[Lane], may_read: impl Fn(Period) -> bool) -> Vec<PastKey> {
        self.past.keys(lanes, may_read)
    }

    /// The keys of the epochs that are over, if there are others than were kept: to be stored under seal
    /// beside [`Publisher::to_bytes`], and before it. Without them nothing is lost but the past.
    pub fn changed_past(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.past.is_changed.then(|| self.past.to_bytes())
    }

    /// What [`Publisher::changed_past`] gave is stored.
    pub fn past_is_kept(&mut self) {
        self.past.is_changed = false;
    }

    /// Takes back what [`Publisher::changed_past`] gave.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`].
    pub fn remember_past(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.past = Past::from_bytes(bytes)?;
        Ok(())
    }

    /// Says that there is nothing from `from` until before `until`.
    pub fn gap(&mut self, from: Timestamp, until: Timestamp, moment: Moment) -> Record {
        let (from, until) = (from.as_millis(), until.as_millis());
        self.append(Body::Gap { from, until }, moment)
    }

    /// Says that the relay withheld what these records measured, as it must where they came too
    /// late, and that the caller publishes it again. Numbers that this channel does not have, or
    /// has yet to give, are passed over.
    pub fn again(&mut self, withheld: &[u64], moment: Moment) {
        let known: BTreeSet<u64> = withheld.iter().copied().collect();
        let mut known = known.range(..self.sequence).copied().peekable();
        let mut runs: Vec<(u64, u64)> = Vec::new();
        while let Some(from) = known.next() {
            let mut until = from + 1;
            while known.next_if_eq(&until).is_some() {
                until += 1;
            }
            runs.push((from, until));
        }
        for (from, until) in runs {
            self.append(Body::Again { from, until }, moment);
        }
    }

    /// Ends the channel: nobody reads on.
    pub fn close(&mut self, moment: Moment) -> Record {
        self.readers.clear();
        self.append(Body::Closing, moment)
    }

    /// The records that the relay has not confirmed, in order.
    pub fn unsent(&self) -> impl Iterator<Item = &Record> {
        self.unsent.iter()
    }

    /// The relay has everything before this number.
    pub fn confirm(&mut self, sequence: u64) {
        while self
            .unsent
            .front()
            .is_some_and(|record| record.head().sequence < sequence)
        {
            self.unsent.pop_front();
        }
    }

    /// Goes on after records of its own that it does not remember, since it was restored from an
    /// older snapshot: all lanes get keys that nobody had before; the caller admits readers again, and
    /// publishes again what was withheld. `records` are the relay's, verified, from the snapshot's position on.
    ///
    /// # Errors
    /// [`SnapshotError::OtherHistory`].
    pub fn resume_after(
        &mut self,
        records: &[Record],
        moment: Moment,
    ) -> Result<(), SnapshotError> {
        let (mut sequence, mut prev) = match self.unsent.front() {
            Some(first) => (first.head().sequence, first.head().prev),
            None => (self.sequence, self.prev),
        };
        let mut epochs: Vec<u64> = self.trees.iter().map(KeyTree::epoch).collect();
        let mut withheld = BTreeSet::new();
        for record in records {
            if (record.head().sequence, record.head().prev) != (sequence, prev) {
                return Err(SnapshotError::OtherHistory);
            }
            match record.body() {
                Body::Rotation { lane, rotation } => {
                    let epoch = epochs.get_mut(usize::from(lane.0));
                    *epoch.ok_or(SnapshotError::OtherHistory)? = rotation.epoch();
                }
                Body::Withheld(_) => drop(withheld.insert(sequence)),
                Body::Again { from, until } => withheld.retain(|n| !(*from..*until).contains(n)),
                _ => {}
            }
            (sequence, prev) = (sequence + 1, record.digest());
        }
        (self.sequence, self.prev) = (sequence, prev);
        self.unsent.clear();
        self.readers.clear();
        // What was published in epochs that it does not remember is not given to anybody later. What it
        // remembers of the epoch that it was in may not be all.
        self.published.clear();
        for (lane, tree) in self.lanes.all().into_iter().zip(&self.trees) {
            self.past.forget_from(lane, tree.epoch());
        }
        for (lane, epoch) in self.lanes.all().into_iter().zip(epochs) {
            self.trees[usize::from(lane.0)] = KeyTree::anew(lane_tag(&self.channel, lane), epoch);
            self.turn(lane, |tree| ((), tree.renew()), moment);
        }
        self.again(&withheld.into_iter().collect::<Vec<_>>(), moment);
        Ok(())
    }

    /// Begins another epoch of a lane. The key of the one before is remembered, if it sealed anything.
    fn turn<T>(
        &mut self,
        lane: Lane,
        change: impl FnOnce(&mut KeyTree) -> (T, Rotation),
        moment: Moment,
    ) -> T {
        let tree = &mut self.trees[usize::from(lane.0)];
        let epoch = tree.epoch();
        let key = SecretKey::from_bytes(*tree.epoch_key().as_bytes());
        let (changed, rotation) = change(tree);
        if let Some(published) = self.published.remove(&lane) {
            self.past.add(lane, epoch, published, key);
        }
        self.append(Body::Rotation { lane, rotation }, moment);
        changed
    }

    fn head(&self, moment: Moment) -> Head {
        Head {
            sequence: self.sequence,
            prev: self.prev,
            as_of: moment.as_of,
            at: moment.at.as_millis(),
        }
    }

    fn append(&mut self, body: Body, moment: Moment) -> Record {
        let record = Record::sign(&self.channel, &self.device, self.head(moment), body);
        self.sequence += 1;
        self.prev = record.digest();
        self.unsent.push_back(record.clone());
        record
    }
}
