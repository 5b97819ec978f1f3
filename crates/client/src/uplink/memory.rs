//! What a device must not forget.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use assent_crypto::base64url;
use assent_crypto::channel::Lane;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::ids::ConsentId;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Parcel;
use crate::channel::{Publisher, SnapshotError};

/// What a device keeps, each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Its end of the channel, with all that it must not forget. It changes with every record.
    Memory,
    /// The keys of what was published before. They change when an epoch ends.
    Past,
}

/// Where a device keeps its memory.
pub trait Keep {
    /// Keeps these bytes in place of those before, as a whole or not at all. They are secret. Where
    /// it must be `surely`, they survive a power cut when this returns; otherwise the end of the
    /// process.
    ///
    /// # Errors
    /// They are not kept; those before still are.
    fn keep(&mut self, what: Kept, bytes: &[u8], surely: bool) -> io::Result<()>;
}

/// See the [module](self).
pub(super) struct Memory {
    pub(super) publisher: Publisher,
    /// The record that carries measurements and is not confirmed yet.
    in_flight: Option<InFlight>,
    /// By series, the number after the last measurement that need not be offered again.
    done: BTreeMap<String, u64>,
    /// Keys that the relay does not have yet: statements, by consent.
    pub(super) keys: BTreeMap<ConsentId, String>,
    /// For which grant keys were sealed: another one may name another key of the reader, or another reader.
    pub(super) sealed_to: BTreeMap<ConsentId, Digest>,
    /// Lanes that a consent reads, and whose keys it has not or not any more: the next part that it may
    /// read lets it in.
    pub(super) held_back: BTreeMap<ConsentId, BTreeSet<Lane>>,
    /// The height of the newest standing that was acted on: no older one is, ever.
    pub(super) height: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFlight {
    sequence: u64,
    series: String,
    next: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    publisher: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_flight: Option<InFlight>,
    done: BTreeMap<String, u64>,
    keys: BTreeMap<ConsentId, String>,
    sealed_to: BTreeMap<ConsentId, Digest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    held_back: BTreeMap<ConsentId, BTreeSet<u16>>,
    height: u64,
}

impl Memory {
    pub(super) fn new(publisher: Publisher) -> Self {
        Self {
            publisher,
            in_flight: None,
            done: BTreeMap::new(),
            keys: BTreeMap::new(),
            sealed_to: BTreeMap::new(),
            held_back: BTreeMap::new(),
            height: 0,
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let stored = Stored {
            publisher: base64url::encode(&self.publisher.to_bytes()),
            in_flight: self.in_flight.clone(),
            done: self.done.clone(),
            keys: self.keys.clone(),
            sealed_to: self.sealed_to.clone(),
            held_back: self
                .held_back
                .iter()
                .map(|(id, lanes)| (*id, lanes.iter().map(|lane| lane.0).collect()))
                .collect(),
            height: self.height,
        };
        Zeroizing::new(serde_json::to_vec(&stored).expect("the memory is plain data"))
    }

    pub(super) fn from_bytes(bytes: &[u8], device: SigningKey) -> Result<Self, SnapshotError> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| SnapshotError::Damaged)?;
        let publisher = base64url::decode(&stored.publisher).map(Zeroizing::new);
        let publisher = publisher.map_err(|_| SnapshotError::Damaged)?;
        Ok(Self {
            publisher: Publisher::from_bytes(&publisher, device)?,
            in_flight: stored.in_flight,
            done: stored.done,
            keys: stored.keys,
            sealed_to: stored.sealed_to,
            held_back: stored
                .held_back
                .into_iter()
                .map(|(id, lanes)| (id, lanes.into_iter().map(Lane).collect()))
                .collect(),
            height: stored.height,
        })
    }

    /// The number after the last that is done with, if that is after the first of these. Numbers beyond
    /// all of these are those of another series, which began anew under its name.
    pub(super) fn done_after(&self, parcel: Parcel<'_>) -> Option<u64> {
        let done = self.done.get(parcel.series).copied();
        done.filter(|done| (parcel.first + 1..=parcel.next()).contains(done))
    }

    /// Measurements before this number need not be offered again.
    pub(super) fn take(&mut self, series: &str, next: u64) {
        self.done.insert(series.to_owned(), next);
    }

    /// A record with measurements is on its way.
    pub(super) fn sent(&mut self, sequence: u64, series: &str, next: u64) {
        self.in_flight = Some(InFlight {
            sequence,
            series: series.to_owned(),
            next,
        });
    }

    /// The relay has everything before this number, and threw away what these measured.
    pub(super) fn confirm(&mut self, sequence: u64, withheld: &[u64]) {
        self.publisher.confirm(sequence);
        let has_come = self
            .in_flight
            .take_if(|in_flight| in_flight.sequence < sequence);
        if let Some(come) = has_come.filter(|come| !withheld.contains(&come.sequence)) {
            self.done.insert(come.series, come.next);
        }
    }

    /// What is on its way is none of this history.
    pub(super) fn forget_in_flight(&mut self) {
        self.in_flight = None;
    }
}
