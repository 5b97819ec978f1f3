//! Service links: a person's account at a service tied to Assent under a pseudonym.
//!
//! `active ↔ removed`. Removing a link disables its active consents; restoring it enables again
//! exactly those that the removal disabled.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{decide, evolve, status, touched};
