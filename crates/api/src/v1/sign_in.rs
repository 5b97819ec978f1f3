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

/// `POST /v1/sign-in-bindings`, with a request proof of an organisation or an operator: lets whoever
/// an identity provider knows as this subject act for the caller at a browser.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBinding {
    /// The issuer identifier of an identity provider of the node, exactly.
    pub issuer: String,
    /// What the provider calls the person (`sub`), exactly.
    pub subject: String,
}

impl std::fmt::Debug for NewBinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewBinding")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// The subject may act for the party. Which it is, is not repeated here, because answers can be kept for
/// a while (`Idempotency-Key`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BindingMade {
    /// By which the binding is named here.
    pub binding_id: String,
}

/// A subject that may act for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BindingView {
    /// By which it is named here.
    pub binding_id: String,
    /// The issuer identifier of the identity provider.
    pub issuer: String,
    /// What the provider calls the person.
    pub subject: String,
    /// Since when, in milliseconds since the epoch.
    pub bound_at: u64,
}

/// `GET /v1/sign-in-bindings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BindingList {
    /// The subjects that may act for the caller.
    pub bindings: Vec<BindingView>,
}
