//! Both ends of a device's channel: the device that publishes, the requester that reads.
//!
//! - [`Lanes`]: what a channel has, a lane for each concept at each resolution. A grant names lanes, so
//!   that who was granted days learns nothing of seconds.
//! - [`Publisher`]: the device's state. It admits readers, leaves them out, seals data, and says when
//!   nothing was measured. [`Publisher::to_bytes`] is stored before any record is sent.
//! - [`Subscriber`]: verifies and opens what comes, and names what a relay or a device did wrong.
//! - [`keys`]: how a device hands a reader its keys.
//!
//! Neither end reads a clock, stores or sends. Whether a consent is in force is decided before a
//! [`Publisher`] is told of it.
//!
//! ```
//! use assent_client::channel::{Lanes, Moment, Publisher, Reading, Subscriber, keys};
//! use assent_client::statements::Signer;
//! use assent_crypto::digest::Digest;
//! use assent_crypto::sealing::OpeningKey;
//! use assent_crypto::signature::SigningKey;
//! use assent_model::ids::{ConsentId, StreamId};
//! use assent_model::time::Timestamp;
//!
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let moment = Moment { as_of: 12, at: now };
//! let (stream, device) = (StreamId::random(), SigningKey::generate());
//! let lanes = Lanes::new(["live/power_delivered".parse()?])?;
//! let mut meter = Publisher::open(stream, SigningKey::from_seed(device.seed()), lanes, moment);
//!
//! // A consent for the lane: the reader gets the keys from its leaf to the root, and nothing else.
//! let (consent, reader) = (ConsentId::random(), OpeningKey::generate());
//! let admission = meter.admit(consent, &meter.lanes().all(), moment);
//! let signer = Signer::new("assent:example".parse()?, now);
//! let (grant, to) = (Digest::of(b"the grant"), reader.sealing_key());
//! let handover = keys::Handover { stream, consent, grant, to };
//! let handed = keys::seal(&signer, &device, handover, &admission);
//! let record = meter.publish(&[(meter.lanes().all()[0], b"0.244 kW".to_vec())], moment);
//!
//! let opened = keys::open(&handed, &reader)?;
//! let mut service = Subscriber::join(stream, *device.verifying_key(), opened);
//! let Reading::Measured { parts, .. } = service.read(record.bytes())? else { panic!("data") };
//! assert_eq!(parts[0].1, b"0.244 kW");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod fault;
pub mod keys;
mod lanes;
mod past;
mod publisher;
mod stored;
mod subscriber;

pub use fault::ChannelFault;
pub use lanes::{InvalidLanes, LaneName, Lanes, dataset};
pub use past::{PastKey, Period};
pub use publisher::{Admission, Measured, Moment, Publisher, SnapshotError};
pub use subscriber::{Reading, Subscriber};

use assent_crypto::channel::Lane;
use assent_crypto::digest::Digest;
use assent_crypto::domains::{STREAM_CHANNEL, STREAM_LANE};
use assent_crypto::key_tree::ChannelTag;
use assent_model::ids::StreamId;

/// The name of a channel where it enters signatures and derivations. Whoever verifies records of a
/// stream, as a relay does, needs it; it is no secret.
pub fn channel_tag(stream: StreamId) -> ChannelTag {
    *Digest::tagged(STREAM_CHANNEL, &[stream.to_string().as_bytes()]).as_bytes()
}

/// The name of a lane's key tree.
fn lane_tag(channel: &ChannelTag, lane: Lane) -> ChannelTag {
    *Digest::tagged(STREAM_LANE, &[channel, &lane.0.to_be_bytes()]).as_bytes()
}
