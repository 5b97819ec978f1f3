//! Evidence against a device that says two things under one number.

use super::record::{Record, RecordError, UnverifiedRecord};
use crate::key_tree::ChannelTag;
use crate::signature::VerifyingKey;

/// Two records of one channel with one number, both signed by its device. Nobody else can make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    records: [Record; 2],
}

/// Two records are not evidence of a fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFork {
    /// One of them is no record of this channel.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Their numbers differ, or they are the same record.
    #[error("the records do not contradict each other")]
    NoContradiction,
}

impl Fork {
    /// Two verified records, if they contradict each other.
    pub fn of(one: &Record, other: &Record) -> Option<Self> {
        let contradict =
            one.head().sequence == other.head().sequence && one.digest() != other.digest();
        contradict.then(|| Self {
            records: [one.clone(), other.clone()],
        })
    }

    /// Checks evidence that came from elsewhere.
    ///
    /// # Errors
    /// See [`NoFork`].
    pub fn verify(
        channel: &ChannelTag,
        device: &VerifyingKey,
        records: [&[u8]; 2],
    ) -> Result<Self, NoFork> {
        let [one, other] = records.map(|bytes| {
            UnverifiedRecord::parse(bytes).and_then(|record| record.verify(channel, device))
        });
        Self::of(&one?, &other?).ok_or(NoFork::NoContradiction)
    }

    /// The two records.
    pub fn records(&self) -> [&[u8]; 2] {
        [self.records[0].bytes(), self.records[1].bytes()]
    }
}
