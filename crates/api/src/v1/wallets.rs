//! Builds of the wallet that are served by other sites than a node.

use assent_crypto::digest::Digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/wallets`: publishes a build of the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishWallet {
    /// A `WalletRelease`, signed with the operator's current key.
    pub release: String,
}

/// A build that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletView {
    /// The SHA-256 of the build's manifest.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Where it is served.
    pub origin: String,
    /// When it was published, in milliseconds since the epoch.
    pub published_at: u64,
    /// Where in the log.
    pub index: u64,
    /// The signed `WalletRelease`.
    pub release: String,
}
