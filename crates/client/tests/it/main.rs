//! The SDK against the real rules and a real log, in memory.

#![expect(clippy::unwrap_used, reason = "tests")]

mod cast;
mod chain_check;
mod channel;
mod channel_past;
mod choice;
mod document;
mod evidence;
mod give;
mod http;
mod key_file;
mod key_history;
mod offer;
mod pairing;
mod source;
mod statements;
mod wallet;
mod wallet_meters;
mod wallet_scene;
mod webhook;
mod world;
