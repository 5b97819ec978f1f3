//! The ledger: an ordered log of events that anybody can check.
//!
//! - [`merkle`] is the log itself: appending, proofs of inclusion and consistency.
//! - [`status_map`] commits to what holds now: proofs of a current status, or of none.
//! - [`checkpoint`] signs both.
//! - [`sequencer`] executes commands by the rules of a
//!   [`Machine`](assent_model::machine::Machine), block by block, and replays them.
//! - [`engine`] is the seam to whoever orders the commands.
//! - [`block`] is what a block has to make durable in one transaction.
//!
//! This crate never reads or writes files, sockets, clocks or random numbers: what it needs it asks
//! for, what changed it hands out. It knows nothing of consents: to it, events are data that the
//! rules give a meaning, and a status is a digest.
//!
//! ```
//! use assent_ledger::merkle::{self, Appender, TileSet};
//!
//! let mut log = Appender::default();
//! let entries = ["asked", "given", "withdrawn"];
//! for entry in entries {
//!     log.append(merkle::leaf_hash(entry.as_bytes()));
//! }
//! let tiles: TileSet = log.drain_tiles().into_iter().collect();
//!
//! let proof = merkle::inclusion_proof(1, log.size(), &tiles)?;
//! let given = merkle::leaf_hash(b"given");
//! assert!(merkle::verify_inclusion(given, 1, 3, &proof, log.root()).is_ok());
//! assert!(merkle::verify_inclusion(given, 2, 3, &proof, log.root()).is_err());
//! # Ok::<(), merkle::ProofError>(())
//! ```

pub mod block;
pub mod checkpoint;
pub mod engine;
pub mod merkle;
pub mod sequencer;
pub mod status_map;
