//! The relay: keeps what devices publish and gives it to those whose consents are in force.
//!
//! It holds no key that opens anything. Records are ciphertext, grants are sealed to devices, keys are
//! sealed to readers; what the relay decides is who gets which bytes, and that it must prove to the
//! device ([`standing`]) and write down for the person (a use receipt for each reading). A relay
//! that decides otherwise than it should gives away nothing that its reader can open: the device
//! has shut the reader out by then.

pub(crate) mod grants;
mod lessening;
pub(crate) mod reading;
pub(crate) mod records;
mod retention;
mod segments;
pub(crate) mod standing;
pub(crate) mod tail;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use assent_api::problem::Code;
use assent_crypto::signature::KeyId;
use assent_exchange::rejection::Rejection;
use assent_exchange::stream::rejection::StreamRejection;
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::StreamId;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::watch;

use crate::config::Config;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::objects::Objects;
use segments::Segments;

pub(crate) use grants::clear;
pub(crate) use records::next;
pub use retention::{Retention, RetentionError};

/// The most tails of one requester.
const TAILS_OF_KEY_MAX: usize = 64;

/// What a node keeps in memory of the streams that it relays.
pub struct Streams {
    channels: Mutex<BTreeMap<StreamId, Arc<Channel>>>,
    tails: Arc<Mutex<BTreeMap<KeyId, usize>>>,
    uploads: Option<DefaultKeyedRateLimiter<StreamId>>,
    segments: Segments,
    /// Its other end is dropped when the node stops: whoever waits goes home.
    stopping: watch::Receiver<()>,
}

/// One stream.
pub(crate) struct Channel {
    /// Held by who changes what is kept of the stream.
    pub(crate) writing: tokio::sync::Mutex<()>,
    /// Grows with every change.
    changes: watch::Sender<u64>,
}

impl Channel {
    /// Tells all who wait.
    pub(crate) fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// A tail that runs, until this is dropped.
pub(crate) struct RunningTail {
    tails: Arc<Mutex<BTreeMap<KeyId, usize>>>,
    holder: KeyId,
}

impl Streams {
    /// A relay as the operator wants it, for as long as the other end of `stopping` is there.
    pub fn new(config: &Config, objects: Objects, stopping: watch::Receiver<()>) -> Self {
        let limit = NonZeroU32::new(config.stream_records_per_minute);
        Self {
            channels: Mutex::default(),
            tails: Arc::default(),
            uploads: limit.map(|limit| RateLimiter::keyed(Quota::per_minute(limit))),
            segments: Segments::new(objects),
            stopping,
        }
    }

    pub(crate) fn channel(&self, stream: StreamId) -> Arc<Channel> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = channels.entry(stream).or_insert_with(|| {
            Arc::new(Channel {
                writing: tokio::sync::Mutex::default(),
                changes: watch::Sender::new(0),
            })
        });
        Arc::clone(channel)
    }

    /// Returns when the node stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        while stopping.changed().await.is_ok() {}
    }

    /// Lets a device send so many records more.
    fn admit(&self, stream: StreamId, records: usize) -> Result<(), Failure> {
        let count = u32::try_from(records).ok().and_then(NonZeroU32::new);
        let (Some(uploads), Some(count)) = (&self.uploads, count) else {
            return Ok(());
        };
        match uploads.check_key_n(&stream, count) {
            Ok(Ok(())) => Ok(()),
            _ => Err(Code::RateLimited.into()),
        }
    }

    /// Begins a tail, unless the requester has as many as it may.
    fn begin_tail(&self, holder: KeyId) -> Result<RunningTail, Failure> {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        let count = tails.entry(holder).or_default();
        if *count >= TAILS_OF_KEY_MAX {
            return Err(Code::RateLimited.into());
        }
        *count += 1;
        Ok(RunningTail {
            tails: Arc::clone(&self.tails),
            holder,
        })
    }
}

impl Drop for RunningTail {
    fn drop(&mut self) {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = tails.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                tails.remove(&self.holder);
            }
        }
    }
}

/// A stream, open or not.
///
/// # Errors
/// There is none with this id.
pub(crate) async fn known(node: &Node, id: StreamId) -> Result<Arc<Stream>, Failure> {
    let stream = node.state.get::<Stream>(&id).await?;
    stream.ok_or_else(Failure::not_found)
}

/// A stream whose device is paired. Whoever comes after its end has what was left of it deleted.
///
/// # Errors
/// There is none with this id, or it is closed.
pub(crate) async fn open(node: &Node, id: StreamId) -> Result<Arc<Stream>, Failure> {
    let stream = known(node, id).await?;
    match stream.status {
        StreamStatus::Open => Ok(stream),
        StreamStatus::Closed => {
            grants::clear(node, id).await?;
            Err(closed())
        }
    }
}

/// The device was unpaired.
pub(crate) fn closed() -> Failure {
    Failure::rejected(Rejection::Stream(StreamRejection::StreamClosed))
}
