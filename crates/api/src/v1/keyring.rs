//! The keyring of a person who keeps the keys: kept for them by the home operator, who cannot open it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `PUT /v1/accounts/keyring`: the keys of every relationship of a person, encrypted under the wallet
/// key, and the wallet key, wrapped for each device of the person. With `If-Match`, where there is a
/// keyring already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    /// The encrypted keys, base64url. The node cannot read them and does not look.
    pub keyring: String,
    /// The wallet key, wrapped for whoever may open the keyring: at most 32.
    pub wrappings: Vec<Wrapping>,
}

/// The wallet key, wrapped for one device, recovery kit or passkey.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wrapping {
    /// Its name among the wrappings: 1 to 64 letters, digits, `-` and `_`.
    pub id: String,
    /// For what.
    pub kind: WrappingKind,
    /// What the person calls it, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was made, in milliseconds since the epoch, by the clock of who made it.
    pub made_at: u64,
    /// The wrapped key, base64url.
    pub wrapped: String,
}

impl fmt::Debug for Wrapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People name devices after themselves.
        f.write_str("Wrapping(..)")
    }
}

/// What opens a wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WrappingKind {
    /// The key of a device, which never leaves it.
    Device,
    /// The code on the paper of a recovery kit.
    Recovery,
    /// A secret that a passkey makes.
    Passkey,
}

/// `GET /v1/accounts/keyring`: the keyring as it was kept last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptKeyring {
    /// How often it was kept. Its `ETag` is this in quotes.
    pub revision: u64,
    /// The encrypted keys, base64url.
    pub keyring: String,
    /// The wallet key, wrapped for whoever may open the keyring.
    pub wrappings: Vec<Wrapping>,
}

/// The keyring is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyringRevision {
    /// How often it was kept, this time included. Its `ETag` is this in quotes.
    pub revision: u64,
}
