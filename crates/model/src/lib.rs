//! The vocabulary of Assent: ids, names, times, canonical encoding, signed statements and
//! records, and the [`Machine`](machine::Machine) seam between rules and ledger.
//!
//! This crate never decides anything and never asks for the time, the network or a file.
//!
//! ```
//! use assent_crypto::signature::SigningKey;
//! use assent_model::records::identity::Deactivation;
//! use assent_model::ids::PartyId;
//! use assent_model::statement::{self, Envelope};
//! use assent_model::time::{Span, Timestamp};
//!
//! let key = SigningKey::generate();
//! let chain = "assent:example".parse()?;
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let content = Deactivation { party: PartyId::of(key.verifying_key()) };
//! let envelope = Envelope::new(chain, key.verifying_key().clone(), now, Span::from_minutes(5), content);
//! let signed = statement::sign(envelope, &key);
//!
//! let read = statement::verify::<Deactivation>(signed.compact())?;
//! assert_eq!(read.content(), signed.content());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod canonical;
pub mod description;
pub mod ids;
pub mod machine;
pub mod names;
pub mod records;
pub mod statement;
pub mod time;
pub mod vocabulary;
