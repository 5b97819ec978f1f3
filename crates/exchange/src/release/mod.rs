//! Releases: what was done with consents, refusals included, written into the log.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use rules::decide;
