//! What parties sign, one module a component of the rules.

pub mod account;
pub mod consent;
pub mod identity;
pub mod link;
pub mod release;
pub mod service;
pub mod stream;

use serde::{Deserialize, Serialize};

/// Who holds a key. Every record says it, because it decides what the record is worth as proof
/// against the operator of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Custody {
    /// The operator, sealed at rest, on the holder's behalf.
    Hosted,
    /// A page that the node served: resists a stolen disk, not a malicious operator.
    Page,
    /// A program that did not come from the operator: CLI, agent, wallet of another origin.
    Independent,
}
