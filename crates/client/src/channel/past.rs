//! What was published before a reader came, where the holder grants it.
//!
//! A device remembers the keys of the epochs that are over, and when what they seal was measured. A
//! reader is given those of the epochs that lie as a whole within what it may read; the records are at
//! the relay. An epoch with anything that it may not read is not given, and so an epoch lasts a day at most.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use assent_crypto::base64url;
use assent_crypto::channel::Lane;
use assent_crypto::digest::Digest;
use assent_crypto::vault::SecretKey;
use assent_model::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::publisher::SnapshotError;

/// How many epochs of a lane are remembered, the newest.
const EPOCHS_MAX: usize = 400;

/// How many keys of past epochs one reader is given at most, the newest.
const GIVEN_MAX: usize = 400;

/// How long an epoch lasts at most, where something is published in it, and how long a time it says something of.
const EPOCH_MAX: Span = Span::from_days(1);

/// From when to when something was measured, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The earliest instant that it says anything of.
    pub from: Timestamp,
    /// The latest.
    pub until: Timestamp,
}

impl Period {
    /// One instant.
    pub const fn at(instant: Timestamp) -> Self {
        Self {
            from: instant,
            until: instant,
        }
    }

    /// The shortest period that has both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            until: self.until.max(other.until),
        }
    }
}

/// What a lane has published in the epoch that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Published {
    /// The number of the first record.
    pub(super) first: u64,
    /// When that was made, by the device's clock.
    pub(super) since: Timestamp,
    /// What all of them measured.
    pub(super) measured: Period,
}

impl Published {
    /// What nobody knows of an epoch that was not written down: it is over, and given to nobody.
    pub(super) const UNKNOWN: Self = Self {
        first: 0,
        since: Timestamp::from_millis(0),
        measured: Period {
            from: Timestamp::from_millis(0),
            until: Timestamp::MAX,
        },
    };

    /// Whether a part has to go to another epoch.
    pub(super) fn is_over(&self, part: Period, now: Timestamp) -> bool {
        let all = self.measured.and(part);
        self.since + EPOCH_MAX <= now || all.from + EPOCH_MAX < all.until
    }
}

/// The key of an epoch that is over, for a reader.
pub struct PastKey {
    /// The lane.
    pub lane: Lane,
    /// Which epoch of it.
    pub epoch: u64,
    /// The number of the first record that it opens.
    pub first: u64,
    /// The key.
    pub key: SecretKey,
}

impl std::fmt::Debug for PastKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PastKey({:?}, {})", self.lane, self.epoch)
    }
}

/// An epoch that is over.
#[derive(Debug)]
struct Epoch {
    number: u64,
    published: Published,
    key: SecretKey,
}

/// All that a device remembers, by lane, from old to new.
#[derive(Debug, Default)]
pub(super) struct Past {
    epochs: BTreeMap<Lane, VecDeque<Epoch>>,
    pub(super) is_changed: bool,
}

impl Past {
    /// An epoch is over in which something was published.
    pub(super) fn add(&mut self, lane: Lane, number: u64, published: Published, key: SecretKey) {
        let epochs = self.epochs.entry(lane).or_default();
        // A device that was restored may end an epoch twice.
        epochs.retain(|epoch| epoch.number != number);
        epochs.push_back(Epoch {
            number,
            published,
            key,
        });
        if epochs.len() > EPOCHS_MAX {
            epochs.pop_front();
        }
        self.is_changed = true;
    }

    /// The keys of these lanes that open nothing but what may be read.
    pub(super) fn keys(&self, lanes: &[Lane], may_read: impl Fn(Period) -> bool) -> Vec<PastKey> {
        let mut given: Vec<PastKey> = self
            .epochs
            .iter()
            .filter(|(lane, _)| lanes.contains(lane))
            .flat_map(|(lane, epochs)| epochs.iter().map(move |epoch| (*lane, epoch)))
            .filter(|(_, epoch)| may_read(epoch.published.measured))
            .map(|(lane, epoch)| PastKey {
                lane,
                epoch: epoch.number,
                first: epoch.published.first,
                key: SecretKey::from_bytes(*epoch.key.as_bytes()),
            })
            .collect();
        given.sort_unstable_by_key(|key| (std::cmp::Reverse(key.first), key.lane));
        given.truncate(GIVEN_MAX);
        given
    }

    /// Forgets this epoch of a lane, and later ones.
    pub(super) fn forget_from(&mut self, lane: Lane, number: u64) {
        if let Some(epochs) = self.epochs.get_mut(&lane) {
            let before = epochs.len();
            epochs.retain(|epoch| epoch.number < number);
            self.is_changed |= epochs.len() != before;
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let stored = |(lane, epoch): (&Lane, &Epoch)| StoredEpoch {
            lane: lane.0,
            epoch: epoch.number,
            published: epoch.published,
            key: StoredKey::of(&epoch.key),
        };
        let all = self.epochs.iter();
        let all = all.flat_map(|(lane, epochs)| epochs.iter().map(move |epoch| (lane, epoch)));
        let all: Vec<StoredEpoch> = all.map(stored).collect();
        Zeroizing::new(serde_json::to_vec(&all).expect("the epochs are plain data"))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let stored: Vec<StoredEpoch> =
            serde_json::from_slice(bytes).map_err(|_| SnapshotError::Damaged)?;
        let mut past = Self::default();
        for epoch in stored {
            let key = epoch.key.read().ok_or(SnapshotError::Damaged)?;
            past.add(Lane(epoch.lane), epoch.epoch, epoch.published, key);
        }
        past.is_changed = false;
        Ok(past)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEpoch {
    lane: u16,
    epoch: u64,
    published: Published,
    key: StoredKey,
}

/// A key, in base64url.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(super) struct StoredKey(String);

impl StoredKey {
    pub(super) fn of(key: &SecretKey) -> Self {
        Self(base64url::encode(key.as_bytes()))
    }

    pub(super) fn read(&self) -> Option<SecretKey> {
        let bytes = Zeroizing::new(base64url::decode(&self.0).ok()?);
        Some(SecretKey::from_bytes(bytes.as_slice().try_into().ok()?))
    }
}

/// A reader's way through records from before its keys begin.
#[derive(Debug)]
pub(super) struct WayBack {
    keys: BTreeMap<(Lane, u64), SecretKey>,
    /// The numbers with which the epochs begin.
    begins: BTreeSet<u64>,
    /// How many of these the next step passes over.
    step: usize,
    /// The number with which the reader's own keys begin.
    pub(super) until: u64,
    /// The digest of the record before that.
    pub(super) prev: Digest,
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredWayBack {
    keys: Vec<StoredPastKey>,
    begins: BTreeSet<u64>,
    until: u64,
    prev: Digest,
}

/// As it is stored, and sealed to a reader.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredPastKey {
    lane: u16,
    epoch: u64,
    first: u64,
    key: StoredKey,
}

impl From<&PastKey> for StoredPastKey {
    fn from(key: &PastKey) -> Self {
        Self {
            lane: key.lane.0,
            epoch: key.epoch,
            first: key.first,
            key: StoredKey::of(&key.key),
        }
    }
}

impl StoredPastKey {
    pub(super) fn read(&self) -> Option<PastKey> {
        Some(PastKey {
            lane: Lane(self.lane),
            epoch: self.epoch,
            first: self.first,
            key: self.key.read()?,
        })
    }
}

impl WayBack {
    /// With which number it begins, and the way; `None` where nothing was given of the time before.
    pub(super) fn through(keys: Vec<PastKey>, until: u64, prev: Digest) -> Option<(u64, Self)> {
        let begins: BTreeSet<u64> = keys.iter().map(|key| key.first).collect();
        let begin = *begins.first()?;
        let keys = keys.into_iter().map(|key| ((key.lane, key.epoch), key.key));
        let way = Self {
            keys: keys.collect(),
            begins,
            step: 1,
            until,
            prev,
        };
        (begin < until).then_some((begin, way))
    }

    /// Where to go on when the relay has not kept this record: the beginning of a later epoch. Each time
    /// twice as many are passed over, so that it takes few attempts.
    pub(super) fn next_begin(&mut self, sequence: u64) -> Option<u64> {
        let later = self.begins.iter().copied();
        let mut later = later.filter(|begin| *begin > sequence && *begin < self.until);
        let next = later.nth(self.step - 1);
        self.step = self.step.saturating_mul(2);
        next
    }

    pub(super) fn key(&self, lane: Lane, epoch: u64) -> Option<&SecretKey> {
        self.keys.get(&(lane, epoch))
    }

    pub(super) fn stored(&self) -> StoredWayBack {
        let stored = |(&(lane, epoch), key): (&(Lane, u64), &SecretKey)| StoredPastKey {
            lane: lane.0,
            epoch,
            first: 0,
            key: StoredKey::of(key),
        };
        StoredWayBack {
            keys: self.keys.iter().map(stored).collect(),
            begins: self.begins.clone(),
            until: self.until,
            prev: self.prev,
        }
    }
}

impl StoredWayBack {
    pub(super) fn read(&self) -> Result<WayBack, SnapshotError> {
        let keys = self.keys.iter().map(|stored| {
            let key = stored.read().ok_or(SnapshotError::Damaged)?;
            Ok(((key.lane, key.epoch), key.key))
        });
        Ok(WayBack {
            keys: keys.collect::<Result<_, SnapshotError>>()?,
            begins: self.begins.clone(),
            step: 1,
            until: self.until,
            prev: self.prev,
        })
    }
}
