//! The records of a channel: what one device says to many readers, in one order, for good.
//!
//! A record carries its number, the digest of the record before, the height of the checkpoint that
//! the device acted on, its time, and one body. The device signs all of it, so whoever relays
//! records can neither change nor reorder them, and a device that says two things under one number
//! has signed the proof of it ([`Fork`]).
//!
//! Data is split into **lanes**, each with a [key tree](crate::key_tree) of its own: who may read one
//! lane learns nothing of the others. A part of a lane is sealed under a key that is derived for
//! this one record from the lane's epoch key and 24 fresh random bytes, so that a device which was
//! restored from a snapshot uses no key and nonce twice (invariant 6).
//!
//! The signature covers the digest of the body, so that a relay can throw measurements away that it
//! must not give out ([`Record::withhold`]) and still show an unbroken chain. The device answers with
//! [`Body::Again`] and the measurements under newer keys; where it does not, the relay withheld them
//! on its own account.
//!
//! Nothing here decides who may read, stores or sends.
//!
//! ```
//! use assent_crypto::channel::{Body, Data, Head, Lane, Record, UnverifiedRecord};
//! use assent_crypto::key_tree::KeyTree;
//! use assent_crypto::signature::SigningKey;
//!
//! let (channel, device) = ([7; 32], SigningKey::generate());
//! let tree = KeyTree::new([8; 32]);
//! let head = Head::first(12, 1_700_000_000_000);
//! let data = Data::seal(&channel, &head, [(Lane(0), &tree, &b"0.244 kW"[..])]);
//! let record = Record::sign(&channel, &device, head, Body::Data(data));
//!
//! let received = UnverifiedRecord::parse(record.bytes())?;
//! let received = received.verify(&channel, device.verifying_key())?;
//! let Body::Data(data) = received.body() else { panic!("it was data") };
//! let opened = data.open(&channel, received.head(), Lane(0), tree.epoch_key())?;
//! assert_eq!(opened, b"0.244 kW");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod data;
mod encoding;
mod fork;
mod record;
#[cfg(test)]
mod tests;

pub use data::{Data, Part, PartError};
pub use fork::{Fork, NoFork};
pub use record::{Body, Head, Record, RecordError, UnverifiedRecord};

/// The longest record, in bytes.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// The number of a lane, as the opening record lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(pub u16);
