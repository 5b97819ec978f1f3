//! A reader's end of a channel.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use assent_crypto::channel::{Body, Data, Fork, Lane, Part, Record, RecordError, UnverifiedRecord};
use assent_crypto::digest::Digest;
use assent_crypto::key_tree::{ChannelTag, Reader, Rotation, RotationError};
use assent_crypto::signature::VerifyingKey;
use assent_crypto::vault::SecretKey;
use assent_model::ids::StreamId;
use assent_model::records::stream::{StreamAnchor, StreamKeys};
use assent_model::statement::Verified;
use assent_model::time::Timestamp;

use super::fault::{ChannelFault, Contradiction};
use super::keys::OpenedKeys;
use super::past::WayBack;
use super::{LaneName, Lanes, channel_tag, lane_tag};

/// Records that are remembered, to tell a repetition from a fork.
const RECENT: usize = 64;

/// What a record says to this reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Measurements of the lanes that this reader has.
    Measured {
        /// By the device's clock.
        at: Timestamp,
        /// Each lane and what it has.
        parts: Vec<(Lane, Vec<u8>)>,
    },
    /// A lane has a new epoch, and this reader follows.
    Rotated {
        /// The lane.
        lane: Lane,
    },
    /// A lane has a new epoch without this reader: what comes later cannot be read.
    Excluded {
        /// The lane.
        lane: Lane,
    },
    /// Nothing was measured.
    Gap {
        /// From this instant.
        from: Timestamp,
        /// Until before this one.
        until: Timestamp,
    },
    /// The relay threw the measurements away. They come again, or the relay is shown at the next
    /// anchor to have withheld them on its own account.
    Withheld,
    /// Nothing for this reader.
    Nothing,
    /// The device was unpaired.
    Closed,
}

/// A reader's end of a channel.
#[derive(Debug)]
pub struct Subscriber {
    pub(super) stream: StreamId,
    pub(super) channel: ChannelTag,
    pub(super) device: VerifyingKey,
    pub(super) lanes: Lanes,
    pub(super) readers: BTreeMap<Lane, Reader>,
    pub(super) sequence: u64,
    /// The digest of the record before; not known where it is read for the first time from some record
    /// of the past on.
    pub(super) prev: Option<Digest>,
    /// While it reads what is from before its keys begin.
    pub(super) way_back: Option<WayBack>,
    /// How the keys were handed out, until their first record has come.
    pub(super) handed: Option<Verified<StreamKeys>>,
    pub(super) as_of: u64,
    pub(super) recent: VecDeque<Record>,
    /// Numbers of records without their measurements, of which the device has not spoken yet.
    pub(super) withheld: BTreeSet<u64>,
    pub(super) is_closed: bool,
}

impl Subscriber {
    /// Begins where the keys begin; where the holder has granted it, with the past.
    pub fn join(stream: StreamId, device: VerifyingKey, keys: OpenedKeys) -> Self {
        let channel = channel_tag(stream);
        let reader = |(lane, path)| (lane, Reader::new(lane_tag(&channel, lane), path));
        let (sequence, prev) = (keys.said.content().sequence, keys.said.content().prev);
        let way = WayBack::through(keys.past, sequence, prev);
        let (sequence, prev, way_back) = match way {
            Some((begin, way)) => (begin, None, Some(way)),
            None => (sequence, Some(prev), None),
        };
        Self {
            stream,
            channel,
            device,
            readers: keys.paths.into_iter().map(reader).collect(),
            lanes: keys.lanes,
            sequence,
            prev,
            way_back,
            handed: Some(keys.said),
            as_of: 0,
            recent: VecDeque::new(),
            withheld: BTreeSet::new(),
            is_closed: false,
        }
    }

    /// The stream.
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// What the lanes are called.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// The number of the record that is due.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Passes over what is before this number, as far as that is from before the keys begin: it was read
    /// before.
    pub fn skip_past_until(&mut self, number: u64) {
        let Some(way) = &self.way_back else {
            return;
        };
        if number >= way.until {
            (self.sequence, self.prev) = (way.until, Some(way.prev));
            self.way_back = None;
        } else if number > self.sequence {
            (self.sequence, self.prev) = (number, None);
        }
    }

    /// The relay does not have the record that is due any more: goes on with a later part of the past, or where
    /// the keys begin. Says whether there was any past.
    pub fn skip_past(&mut self) -> bool {
        let Some(way) = &mut self.way_back else {
            return false;
        };
        self.recent.clear();
        self.withheld.clear();
        if let Some(next) = way.next_begin(self.sequence) {
            (self.sequence, self.prev) = (next, None);
        } else {
            (self.sequence, self.prev) = (way.until, Some(way.prev));
            self.way_back = None;
        }
        true
    }

    /// The lanes that this reader can read.
    pub fn readable(&self) -> impl Iterator<Item = &LaneName> {
        self.readers
            .keys()
            .filter_map(|lane| self.lanes.name(*lane))
    }

    /// Whether there is a lane left that this reader can read.
    pub fn is_authorised(&self) -> bool {
        !self.readers.is_empty() && !self.is_closed
    }

    /// Takes in the next record. Nothing changes where that fails.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Reading, ChannelFault> {
        let record = UnverifiedRecord::parse(bytes)
            .and_then(|record| record.verify(&self.channel, &self.device))
            .map_err(|error| match error {
                RecordError::Malformed => ChannelFault::RecordMalformed,
                RecordError::WrongSignature => ChannelFault::RecordUnsigned,
            })?;
        self.check_place(&record)?;
        self.end_way_back(&record)?;
        let reading = match record.body() {
            Body::Opening(_) => Reading::Nothing,
            Body::Data(data) => self.measured(&record, data)?,
            Body::Rotation { lane, rotation } => self.rotated(*lane, rotation)?,
            Body::Gap { from, until } => Reading::Gap {
                from: Timestamp::from_millis(*from),
                until: Timestamp::from_millis(*until),
            },
            Body::Closing => Reading::Closed,
            Body::Again { from, until } => {
                self.withheld
                    .retain(|number| !(*from..*until).contains(number));
                Reading::Nothing
            }
            Body::Withheld(_) => {
                self.withheld.insert(record.head().sequence);
                Reading::Withheld
            }
        };
        self.is_closed = reading == Reading::Closed;
        let is_come = |keys: &Verified<StreamKeys>| keys.content().sequence <= self.sequence;
        if self.handed.as_ref().is_some_and(is_come) {
            self.handed = None;
        }
        self.sequence += 1;
        self.prev = Some(record.digest());
        self.as_of = record.head().as_of;
        self.recent.push_back(record);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        Ok(reading)
    }

    fn check_place(&self, record: &Record) -> Result<(), ChannelFault> {
        let head = record.head();
        if head.sequence > self.sequence {
            return Err(ChannelFault::RecordMissing {
                expected: self.sequence,
            });
        }
        if head.sequence < self.sequence {
            let mut known = self.recent.iter();
            let fork = known.find_map(|known| Fork::of(known, record));
            return Err(match fork {
                Some(fork) => forked(Contradiction::Records(fork)),
                None => ChannelFault::RecordRepeated,
            });
        }
        if self.prev.is_some_and(|prev| head.prev != prev) {
            return Err(match self.recent.back() {
                Some(before) => forked(Contradiction::Break {
                    before: before.clone(),
                    after: record.clone(),
                }),
                None => self.keys_contradict(record),
            });
        }
        if self.is_closed {
            return Err(ChannelFault::Closed);
        }
        if head.as_of < self.as_of {
            return Err(ChannelFault::CheckpointWentBack);
        }
        Ok(())
    }

    /// The past ends with the record before which the keys begin, and no other: the device has signed
    /// which.
    fn end_way_back(&mut self, record: &Record) -> Result<(), ChannelFault> {
        let Some(way) = &self.way_back else {
            return Ok(());
        };
        let head = record.head();
        if head.sequence < way.until {
            return Ok(());
        }
        if head.prev != way.prev {
            return Err(self.keys_contradict(record));
        }
        self.way_back = None;
        Ok(())
    }

    /// The record does not follow on the one before which the keys begin. The device has signed both.
    fn keys_contradict(&self, record: &Record) -> ChannelFault {
        let is_devices = |keys: &&Verified<StreamKeys>| {
            let said = keys.content();
            *keys.signer() == self.device
                && said.stream_id == self.stream
                && said.sequence == record.head().sequence
        };
        match self.handed.as_ref().filter(is_devices) {
            Some(keys) => forked(Contradiction::Keys {
                keys: keys.compact().to_owned(),
                record: record.clone(),
            }),
            None => ChannelFault::RecordMissing {
                expected: self.sequence,
            },
        }
    }

    /// What opens a part for this reader, if anything does.
    fn key_of(&self, part: &Part) -> Option<&SecretKey> {
        match &self.way_back {
            Some(way) => way.key(part.lane(), part.epoch()),
            None => self.readers.get(&part.lane()).map(Reader::epoch_key),
        }
    }

    fn measured(&self, record: &Record, data: &Data) -> Result<Reading, ChannelFault> {
        let mut parts = Vec::new();
        for part in data.parts() {
            let Some(key) = self.key_of(part) else {
                continue;
            };
            match data.open(&self.channel, record.head(), part.lane(), key) {
                Ok(opened) => parts.push((part.lane(), opened)),
                // What a device gives of the past may be wrong, and keeps nobody from the present.
                Err(_) if self.way_back.is_some() => {}
                Err(_) => return Err(ChannelFault::PartUnopenable),
            }
        }
        let at = Timestamp::from_millis(record.head().at);
        Ok(if parts.is_empty() {
            Reading::Nothing
        } else {
            Reading::Measured { at, parts }
        })
    }

    fn rotated(&mut self, lane: Lane, rotation: &Rotation) -> Result<Reading, ChannelFault> {
        if self.way_back.is_some() {
            // What it leads to, the reader has.
            return Ok(Reading::Nothing);
        }
        let Some(reader) = self.readers.get_mut(&lane) else {
            return Ok(Reading::Nothing);
        };
        match reader.apply(rotation) {
            Ok(()) => Ok(Reading::Rotated { lane }),
            Err(RotationError::Excluded) => {
                self.readers.remove(&lane);
                Ok(Reading::Excluded { lane })
            }
            Err(RotationError::NotNext | RotationError::CommitmentMismatch) => {
                Err(ChannelFault::RotationInvalid)
            }
        }
    }

    /// Holds what was read against an anchor of the ledger, once the relay has nothing more.
    ///
    /// # Errors
    /// The relay withholds something, whole or in part, or the device anchored another record than it
    /// gave out.
    pub fn check_anchor(&self, anchor: &StreamAnchor) -> Result<(), ChannelFault> {
        if anchor.sequence >= self.sequence {
            return Err(ChannelFault::Truncated {
                anchored: anchor.sequence,
            });
        }
        if let Some(sequence) = self.withheld.range(..anchor.sequence).next() {
            return Err(ChannelFault::Withheld {
                sequence: *sequence,
            });
        }
        let mut recent = self.recent.iter();
        match recent.find(|record| record.head().sequence == anchor.sequence) {
            Some(record) if record.digest() != anchor.head => {
                let record = record.clone();
                Err(forked(Contradiction::Anchor { record }))
            }
            _ => Ok(()),
        }
    }
}

fn forked(contradiction: Contradiction) -> ChannelFault {
    ChannelFault::Forked(Box::new(contradiction))
}
