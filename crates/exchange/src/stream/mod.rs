//! Streams: a device that is paired with a person, and how far its channel has come.
//!
//! `open → closed`. Closing is unpairing; who pairs the device again gets another stream, so nothing
//! that anybody could read before carries over. What the channel holds, and which consents may be
//! read from it, is not on the ledger: a consent of a pair authorises the reading, its end ends it.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{decide, evolve, touched};
