//! The rules of Assent: identity, services, links, consent and releases.
//!
//! Rules are pure. `decide` looks at a verified command, the state it needs and the time of the
//! block, and answers with events or with the first rule that is broken; `evolve` applies events
//! and cannot fail. This crate never reads a clock, draws a random number, opens a file or
//! socket, or learns how commands were ordered.
//!
//! Every component has the same files: `command`, `event`, `state`, `rules`, `rejection`, `tests`.

mod collection;
pub mod command;
pub mod consent;
pub mod event;
mod exchange;
pub mod identity;
pub mod link;
pub mod rejection;
pub mod release;
pub mod service;
pub mod state;

pub use exchange::Exchange;
