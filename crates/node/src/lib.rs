//! The node: HTTP API, sequencing task, tokens, decisions, webhooks.
//!
//! The node joins the rules (`assent-exchange`) to the ledger (`assent-ledger`) and the store
//! (`assent-storage`). It decides nothing about consents itself, holds no key of a person who did not
//! ask for that, and writes no personal data to logs, errors or metrics.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use assent_node::clock::Clock;
//! use assent_node::config::Config;
//!
//! let config = Config { data_dir: "my-data".into(), ..Config::default() };
//! assent_node::init(&config, &Clock::System).await?;
//! let running = assent_node::start(config, Clock::System).await?;
//! println!("listening on {}", running.address);
//! running.stop().await?;
//! # Ok(())
//! # }
//! ```

pub mod accounts;
mod admin;
mod challenge;
pub mod clock;
pub mod config;
pub mod contacts;
pub mod descriptions;
pub mod did;
pub mod directory;
pub mod erasure;
mod evidence;
pub mod exports;
mod following;
mod history;
pub mod holdings;
pub mod homes;
pub mod hosted;
mod housekeeping;
pub mod http;
pub mod keyrings;
pub mod last_backup;
pub mod mail;
mod meters;
pub mod network;
pub mod node;
pub mod notifications;
pub mod objects;
pub mod operator_keys;
mod owned;
mod pages;
pub mod pairings;
mod passkeys;
pub mod proof_cache;
mod providers;
pub(crate) mod redirects;
pub mod release;
mod running;
pub mod sequencing;
pub mod state_reader;
pub mod streams;
mod vaulted;
pub mod webhooks;

pub use running::{InitError, Running, StartError, init, start};
