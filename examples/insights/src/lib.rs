//! Insights: an example service that shows people what their meter says, live, for as long as they
//! consent, and that shows its developers how a service does it.
//!
//! - [`provider`] has keys, registers the organisation, and talks to the node; [`description`] is what
//!   it says about itself.
//! - [`consenting`] sends people to the node to link and to consent, and takes them back.
//! - [`reading`] follows the stream that a consent opens, for as long as it is in force, and no longer.
//! - [`energy`] is what the readings come to; it knows nothing of consents.
//! - [`households`] is what is kept of each person, under a key, and forgotten when a consent ends.
//! - [`pages`] shows all of that.

pub mod consenting;
pub mod description;
pub mod energy;
pub mod household;
pub mod households;
pub mod insights;
pub mod pages;
pub mod provider;
pub mod reading;
pub mod store;

use std::time::{SystemTime, UNIX_EPOCH};

use assent_model::time::Timestamp;

/// Now, by the clock of this machine.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}
