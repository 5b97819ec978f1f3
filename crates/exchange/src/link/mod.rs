//! Service links: a person's account at a service tied to Assent under a pseudonym.
//!
//! `active ↔ removed`. Removing a link disables its active consents; restoring it enables again
//! exactly those that the removal disabled. *Its* consents are those whose records name the link.
//! A source's record names none, so that ledger readers cannot tell whose it is; who removes the
//! link at a source pauses the pairs that hang on it with commands of their own.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{decide, evolve, status, touched};
