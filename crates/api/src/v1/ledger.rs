//! The log for foreign eyes.

use assent_crypto::digest::Digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/log/entries/{index}`: an entry with its proof under the newest checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryView {
    /// Its position.
    pub index: u64,
    /// The canonical JSON that the leaf hash covers.
    pub leaf: String,
    /// The audit path (RFC 6962), leaf first.
    #[schema(value_type = Vec<String>)]
    pub proof: Vec<Digest>,
    /// The checkpoint that the path leads to, a signed note.
    pub checkpoint: String,
}
