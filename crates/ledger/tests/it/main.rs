//! Tests of the ledger as its users see it. Modules named `…_model` are the second, simpler
//! implementations that the real ones are compared with.

mod checkpoint;
mod documents;
mod engine;
mod hex;
mod log;
mod log_model;
mod log_peers;
mod map_model;
mod replay;
mod sequencer;
mod status_map;
mod store;
mod toy;
