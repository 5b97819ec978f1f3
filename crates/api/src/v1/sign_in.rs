//! Signing in at a browser, for who has a key of their own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/sign-in-links`, with a request proof of the party: makes a link that signs the party in
/// at whichever browser follows it first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSignInLink {
    /// Where the browser goes then: a path of the node, such as `/home/consents`; My Home where it
    /// is absent or no such path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<String>,
}

/// A link that signs in once. Whoever has it can act as the party in a browser, so it is no thing to
/// pass on or to log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// The address to open.
    pub url: String,
    /// Until when, in milliseconds since the epoch.
    pub expires_at: u64,
}

impl std::fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
