//! Identity: the chain's own parameters, and parties with keys that rotate.
//!
//! A party is registered with proof of possession of every key, rotates its signing key with the
//! old one, recovers with the recovery key, and ends by deactivation, which is final. The operator
//! publishes builds of the wallet, each once; a build that was published stays so.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{decide, evolve, touched};
