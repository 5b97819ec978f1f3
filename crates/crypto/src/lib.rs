//! Digests, keys, the JWS profile and sealing.
//!
//! Everything that is hashed, signed, sealed or stored under a key goes through this crate, so that
//! the product has one rule for each: one digest, one signature rule, one token profile, one way to
//! seal to a recipient and one to seal at rest.
//!
//! - [`digest`]: SHA-256, tagged for one of the purposes in [`domains`]; salted commitments.
//! - [`signature`]: Ed25519 keys, their ids, and the one verification rule.
//! - [`jws`]: signed tokens, and proofs of possession (DPoP), over [`strict_json`] and [`base64url`].
//! - [`sealing`]: boxes that one recipient can open (HPKE with X-Wing).
//! - [`key_tree`]: one key for many readers, changed when one of them goes.
//! - [`channel`]: signed, chained records whose data readers of one lane can open.
//! - [`pake`]: a key out of a code that two people can read to each other.
//! - [`vault`]: records encrypted at rest, each under a key of its own.
//! - [`random`]: bytes that nobody can predict.
//!
//! The crate never reads a file, a socket or a clock, never decides what a signature permits, never
//! picks an algorithm from what a message says of itself, and never shows a secret when formatted.
//! Randomness is taken from the operating system where a key, a salt or a sealed box is made, and
//! nowhere else.
//!
//! ```
//! use assent_crypto::jws::{self, Typ, Unverified};
//! use assent_crypto::signature::SigningKey;
//!
//! const GREETING: Typ = Typ("greeting+jwt");
//!
//! let alice = SigningKey::generate();
//! let token = jws::sign(GREETING, &alice, br#"{"hello":"world"}"#);
//!
//! let received = Unverified::parse(&token, 4096)?;
//! assert_eq!(*received.key_id(), alice.verifying_key().thumbprint());
//!
//! let verified = received.verify(GREETING, alice.verifying_key())?;
//! assert_eq!(verified.payload(), br#"{"hello":"world"}"#);
//! # Ok::<(), assent_crypto::jws::JwsError>(())
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "every `expect` says why it holds: a panic is a bug and no outcome a caller can meet"
)]

mod aead;
pub mod base64url;
pub mod channel;
mod curve25519;
pub mod digest;
pub mod domains;
mod hkdf;
pub mod jws;
pub mod key_tree;
pub mod pake;
pub mod random;
pub mod sealing;
pub mod signature;
pub mod strict_json;
pub mod vault;
