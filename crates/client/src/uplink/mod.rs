//! A device's side of its stream at a relay: publishes, lets readers in and shuts them out.
//!
//! An [`Uplink`] holds the device's end of the channel and what of it the relay has. It believes the
//! relay nothing: who may read is decided by a [`Standing`], which the device has verified; what the
//! relay took is what it confirms, and the caller keeps its measurements until then. Nothing is
//! sealed under a standing older than [`STANDING_AGE_MAX`].
//!
//! What the device must remember is handed to [`Keep`] before anything of it is sent: after a crash
//! the same records are sent again. A device whose memory is older than what the relay has, since
//! it was restored or lost power, goes on with keys that nobody had before.
//!
//! Nothing here waits for a change: whoever drives an uplink waits ([`Uplink::watch`]) and hands in
//! what it learned ([`Uplink::follow`]).

mod coverage;
mod error;
mod memory;
mod readers;
mod recovering;
mod sending;
#[cfg(test)]
mod tests;

pub use error::UplinkError;
pub use memory::{Keep, Kept};
pub use readers::Watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_model::ids::StreamId;
use assent_model::names::DatasetId;
use assent_model::time::{Span, Timestamp};

use crate::channel::{LaneName, Measured, Moment, Period, Publisher};
use crate::http::{Identified, NodeClient};
use crate::keys::PartyKeys;
use crate::statements::Signer;
use crate::streams::{Standing, StreamTrust};
use memory::Memory;

/// How old a standing may be when something is sealed under it. The relay takes what is under a
/// minute old; the rest is for the way there.
pub const STANDING_AGE_MAX: Span = Span::from_seconds(45);

/// How far the clock of the device may be behind that of the relay. With a clock that is further behind,
/// nothing is new enough.
const CLOCK_TOLERANCE: Span = Span::from_seconds(60);

/// How often the device anchors its stream in the ledger, while it publishes.
pub const ANCHOR_EVERY: Span = Span::from_minutes(15);

/// How often a measurement is sealed anew because somebody's consent ended while it was on its way.
const ATTEMPTS: u32 = 5;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A device at the relay of its stream.
#[derive(Clone)]
pub struct Station {
    /// The relay.
    pub node: NodeClient,
    /// What the word of the relay is held against.
    pub trust: StreamTrust,
    /// The device's keys.
    pub keys: Arc<PartyKeys>,
    /// The stream that the device is paired for.
    pub stream: StreamId,
    /// The key of who holds it.
    pub holder: VerifyingKey,
    /// Datasets that are published, sealed, though nobody reads them yet: so that a holder can grant later
    /// what was measured before.
    pub archived: BTreeSet<DatasetId>,
    /// The time.
    pub clock: Clock,
}

/// Measurements that can be published together, each once.
#[derive(Clone, Copy)]
pub struct Parcel<'a> {
    /// Which series they are of: each is numbered for itself.
    pub series: &'a str,
    /// The number of the first.
    pub first: u64,
    /// When each of them was measured; at least one.
    pub dated: &'a [Dated],
    /// What each lane has of so many of them, from the first on.
    pub parts: &'a (dyn Fn(usize) -> BTreeMap<LaneName, Measured> + Sync),
}

impl Parcel<'_> {
    /// The number after the last.
    fn next(&self) -> u64 {
        self.first + self.dated.len() as u64
    }
}

/// Of when one measurement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// The time that it says something of.
    pub period: Period,
    /// That, and when the oldest amount in it was measured: a meter repeats the gas of the last hour until
    /// it has another.
    pub measured: Period,
}

impl From<Period> for Dated {
    /// One whose amounts are all of the time that it says something of.
    fn from(period: Period) -> Self {
        Self {
            period,
            measured: period,
        }
    }
}

/// Keeps the channel of a stream that nobody reads yet. It is kept before the device offers the
/// stream for pairing, since it may be open before the device hears of it.
///
/// # Errors
/// The memory cannot be kept.
pub fn begin(publisher: Publisher, keep: &mut impl Keep) -> Result<(), UplinkError> {
    let memory = Memory::new(publisher);
    keep.keep(Kept::Memory, &memory.to_bytes(), true)
        .map_err(UplinkError::Keep)
}

/// See the [module](self).
pub struct Uplink<K> {
    station: Station,
    memory: Memory,
    keep: K,
    standing: Option<Standing>,
    anchored: Option<Timestamp>,
    /// Whether the memory was kept since it changed.
    is_kept: bool,
    /// How many records survive a power cut.
    sure: u64,
}

impl<K: Keep> Uplink<K> {
    /// Goes on where [`Keep`] left off. Before anything else, [`Uplink::catch_up`]. `past` is absent where
    /// none was kept; where it is damaged, nothing else is lost.
    ///
    /// # Errors
    /// The memory is not what was kept.
    pub fn resume(
        station: Station,
        memory: &[u8],
        past: Option<&[u8]>,
        keep: K,
    ) -> Result<Self, UplinkError> {
        let device = SigningKey::from_seed(station.keys.signing.seed());
        let mut memory = Memory::from_bytes(memory, device)?;
        if let Some(past) = past {
            let _ = memory.publisher.remember_past(past);
        }
        Ok(Self::with(station, memory, keep))
    }

    fn with(station: Station, memory: Memory, keep: K) -> Self {
        Self {
            station,
            memory,
            keep,
            standing: None,
            anchored: None,
            is_kept: true,
            sure: 0,
        }
    }

    /// Where the device stands.
    pub fn station(&self) -> &Station {
        &self.station
    }

    /// How many consents are served.
    pub fn readers(&self) -> usize {
        self.memory.publisher.readers().count()
    }

    /// Publishes measurements to those who may read them now, or as many of them as the same people may
    /// read, and gives the number after the last that need not be offered again. What nobody may read is
    /// not sent at all, unless it is archived.
    ///
    /// # Errors
    /// They were not taken: offer them again.
    ///
    /// # Panics
    /// There are none.
    pub async fn publish(&mut self, parcel: Parcel<'_>) -> Result<u64, UplinkError> {
        for _ in 0..ATTEMPTS {
            self.send().await?;
            if let Some(done) = self.memory.done_after(parcel) {
                return Ok(done);
            }
            self.refresh().await?;
            let moment = self.apply(&[])?;
            let (count, parts) = self.settle_coverage(parcel, moment)?;
            let next = parcel.first + count as u64;
            if parts.is_empty() {
                self.memory.take(parcel.series, next);
                self.remember(false)?;
                return Ok(next);
            }
            let record = self.memory.publisher.publish_measured(&parts, moment);
            let sequence = record.head().sequence;
            self.memory.sent(sequence, parcel.series, next);
        }
        Err(UplinkError::Unsettled)
    }

    fn now(&self) -> Timestamp {
        (self.station.clock)()
    }

    fn moment(&self, standing: &Standing) -> Moment {
        Moment {
            as_of: standing.height,
            at: self.now(),
        }
    }

    fn remember(&mut self, surely: bool) -> Result<(), UplinkError> {
        self.is_kept = false;
        if let Some(past) = self.memory.publisher.changed_past() {
            let kept = self.keep.keep(Kept::Past, &past, surely);
            kept.map_err(UplinkError::Keep)?;
            self.memory.publisher.past_is_kept();
        }
        self.keep
            .keep(Kept::Memory, &self.memory.to_bytes(), surely)
            .map_err(UplinkError::Keep)?;
        self.is_kept = true;
        if surely {
            self.sure = self.memory.publisher.position().0;
        }
        Ok(())
    }

    /// Makes sure of all that was signed before anybody has it: a device that lost power and signed
    /// another record under the same number would be taken for one that tells two stories.
    fn make_sure(&mut self) -> Result<(), UplinkError> {
        if self.is_kept && self.sure == self.memory.publisher.position().0 {
            return Ok(());
        }
        self.remember(true)
    }
}

impl Station {
    fn signer(&self) -> Signer {
        Signer::new(self.trust.chain.clone(), (self.clock)())
    }

    fn identified<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: (&*self.keys).into(),
        }
    }
}
