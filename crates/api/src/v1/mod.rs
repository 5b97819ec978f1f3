//! Version 1 of the API: what each operation takes and gives. A compact JWS is a string.

pub mod accounts;
pub mod consents;
pub mod contacts;
pub mod devices;
pub mod identity;
pub mod keyring;
pub mod ledger;
pub mod links;
pub mod pairings;
pub mod receipt_formats;
pub mod redirects;
pub mod releases;
pub mod services;
pub mod sign_in;
pub mod streams;
pub mod wallets;
pub mod webhooks;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// The block that it was decided in.
    pub height: u64,
    /// The time of that block, in milliseconds since the epoch.
    pub time: u64,
    /// The log index of the first event; absent when nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_index: Option<u64>,
    /// How many events there were.
    pub events: u64,
}

/// One page of a list. Stable while things are added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
