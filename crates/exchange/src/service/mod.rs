//! Services: versions of signed descriptions, each superseding the one before.

pub mod command;
pub mod event;
pub mod rejection;
mod rules;
pub mod state;
#[cfg(test)]
mod tests;

pub(crate) use rules::{decide, evolve, touched};
