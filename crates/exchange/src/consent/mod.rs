//! Consent: asked for, given or refused, paused, narrowed, withdrawn, acknowledged.
//!
//! `requested → active | refused | expired`; `active ↔ disabled`; `active | disabled → withdrawn`
//! (final) `| expired` (final). When data moves between services there are two records, which
//! exist both or neither and change together.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{change_status, decide, evolve, status, touched};
pub use rules::{committed, offer};
