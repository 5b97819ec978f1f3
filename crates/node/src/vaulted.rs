//! Sealed bodies that belong to no block: written and read one at a time.

use assent_api::problem::Code;
use assent_storage::{StoreError, VaultEntry};

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
