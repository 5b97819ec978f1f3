//! The rules of Assent: identity, services, links, consent, releases and streams.
//!
//! Rules are pure. `decide` looks at a verified command, the state it needs and the time of the
//! block, and answers with events or with the first rule that is broken; `evolve` applies events
//! and cannot fail. This crate never reads a clock, draws a random number, opens a file or
//! socket, or learns how commands were ordered.
//!
//! Every component has the same files: `command`, `event`, `state`, `rules`, `rejection`, `tests`.
//!
//! An operator opens a chain, and the rules say what happened:
//!
//! ```
//! use assent_crypto::sealing::OpeningKey;
//! use assent_crypto::signature::SigningKey;
//! use assent_exchange::Exchange;
//! use assent_exchange::command::Command;
//! use assent_exchange::identity::command::IdentityCommand;
//! use assent_exchange::state::State;
//! use assent_model::ids::PartyId;
//! use assent_model::machine::{Context, Machine, WorkingSet};
//! use assent_model::records::identity::Genesis;
//! use assent_model::statement::{self, Envelope};
//! use assent_model::time::{Span, Timestamp};
//!
//! let operator = SigningKey::generate();
//! let genesis = Genesis {
//!     operator: PartyId::of(operator.verifying_key()),
//!     token_key: *SigningKey::generate().verifying_key(),
//!     checkpoint_key: *SigningKey::generate().verifying_key(),
//!     sealing_key: OpeningKey::generate().sealing_key().clone(),
//!     acknowledge_within: Span::from_days(2),
//! };
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let chain = "assent:example".parse()?;
//! let lifetime = Span::from_minutes(5);
//! let envelope = Envelope::new(chain, *operator.verifying_key(), now, lifetime, genesis);
//! let command = Command::Identity(IdentityCommand::Open(statement::sign(envelope, &operator)));
//!
//! // What the rules read is loaded first: here, that nothing is stored.
//! let mut state = State::default();
//! let context = Context { height: 1, time: now };
//! for key in Exchange::missing(&state, &command, context) {
//!     state.load(&key, None)?;
//! }
//! let events = Exchange::decide(&state, &command, context)?;
//! for event in &events {
//!     Exchange::evolve(&mut state, event, context);
//! }
//! assert_eq!(state.drain_changes().len(), 2, "the chain's parameters and the operator");
//!
//! // A chain is opened once.
//! let refusal = Exchange::decide(&state, &command, context).unwrap_err();
//! assert_eq!(refusal.code(), "chain-open");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod collection;
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
pub mod stream;

#[cfg(test)]
extern crate self as assent_exchange;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod precedence;
#[cfg(test)]
mod tests;

pub use exchange::Exchange;
