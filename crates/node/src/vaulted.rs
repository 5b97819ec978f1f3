//! Sealed bodies and documents that belong to no block: written and read one at a time.

use assent_api::problem::Code;
use assent_storage::{Document, StoreError, StoredDocument, VaultEntry};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::failure::Failure;
use crate::node::Node;

/// Seals a body and puts it into the vault.
///
/// # Errors
/// There is one with this id, or the store does not take writes.
pub(crate) async fn put(
    node: &Node,
    id: String,
    owner: String,
    kind: &str,
    content: &[u8],
) -> Result<(), StoreError> {
    // The id is part of what is sealed: a body moved to another place does not open.
    let ciphertext = node.vault.encrypt(id.as_bytes(), content);
    let kind = kind.to_owned();
    node.store
        .vault_put(VaultEntry {
            id,
            owner,
            kind,
            ciphertext,
        })
        .await
}

/// Opens a body from the vault.
///
/// # Errors
/// It does not open: the store is damaged.
pub(crate) fn open(node: &Node, entry: &VaultEntry) -> Result<Vec<u8>, Failure> {
    let opened = node.vault.decrypt(entry.id.as_bytes(), &entry.ciphertext);
    opened.map_err(|_| Code::Internal.into())
}

/// A document whose content is sealed: for what changes, or is removed on its own.
pub(crate) fn document(
    node: &Node,
    kind: &str,
    id: String,
    owner: String,
    content: &impl Serialize,
) -> Document {
    let content = serde_json::to_vec(content).expect("what is kept has a JSON form");
    Document {
        kind: kind.into(),
        body: node.vault.encrypt(id.as_bytes(), &content),
        id,
        owner,
        expires_at: None,
    }
}

/// Opens what [`document`] sealed.
///
/// # Errors
/// It does not open: the store is damaged.
pub(crate) fn opened<T: DeserializeOwned>(
    node: &Node,
    stored: &StoredDocument,
) -> Result<T, Failure> {
    let Document { id, body, .. } = &stored.document;
    let opened = node.vault.decrypt(id.as_bytes(), body);
    let opened = opened.map_err(|_| Failure::from(Code::Internal))?;
    serde_json::from_slice(&opened).map_err(|_| Code::Internal.into())
}
