//! Releases: tokens, decisions, and receipts that are durable before either is given.

pub mod decide;
pub mod receipts;
pub mod stopping;
pub mod tokens;

pub use stopping::{Stopped, Stopping};
