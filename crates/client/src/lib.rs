//! The SDK: what a person's wallet, a service and an auditor need, over a node and without it.
//!
//! - [`keys`] and [`key_file`] hold keys, in the words of [`key_format`]; [`key_history`] follows those of others.
//! - [`statements`] builds and signs everything that anybody signs.
//! - [`status_chain`] and [`chain_check`] verify a consent with every link of its history.
//! - [`source`] guards data at the service that hands it out, [`sink`] fetches and opens it,
//!   [`document`] is what travels between them.
//! - [`channel`] has both ends of a device's stream, [`streams`] what holder, device and reader hold a relay against.
//! - [`uplink`] publishes it: lets in and shuts out whom the consents name.
//! - [`evidence`] verifies an evidence bundle offline; [`webhook`] verifies what a node sends.
//! - [`errand`] is what a service keeps of a person whom it sends to a node.
//! - [`pairing`] pairs a device with a person who enters the code that it shows.
//! - [`http`] talks to a node.
//!
//! Secrets never leave the caller: nothing here sends, logs or formats a private key. Time is
//! passed in and never read. Only [`http`] touches the network and only [`key_file`] the disk.
//!
//! ```
//! use assent_client::key_history::KeyHistory;
//! use assent_client::keys::PartyKeys;
//! use assent_client::statements::Signer;
//! use assent_model::records::Custody;
//! use assent_model::records::identity::PartyKind;
//! use assent_model::time::Timestamp;
//!
//! let keys = PartyKeys::generate();
//! let signer = Signer::new("assent:example".parse()?, Timestamp::from_millis(1_700_000_000_000));
//! let registration = signer.register(&keys, PartyKind::Organisation, Custody::Independent);
//!
//! // Whoever knows the party's id can tell its keys from those of anybody else.
//! let history = KeyHistory::begin(&registration)?;
//! assert_eq!(history.party(), keys.party_id());
//! assert_eq!(history.signing_key(), keys.signing.verifying_key());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod chain_check;
pub mod channel;
pub mod choice;
pub mod document;
pub mod errand;
pub mod evidence;
pub mod http;
pub mod key_file;
pub mod key_format;
pub mod key_history;
pub mod keys;
pub mod pairing;
pub mod sink;
pub mod source;
pub mod statements;
pub mod status_chain;
pub mod streams;
pub mod uplink;
pub mod wallet_release;
pub mod webhook;
