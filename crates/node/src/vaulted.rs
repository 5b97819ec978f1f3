//! Sealed bodies and documents that belong to no block: written and read one at a time.
//!
//! What is sealed is bound to all that stands beside it in clear. Whoever can write to the disk and not
//! open it moves nothing to another place, gives nothing to another owner, makes nothing last longer.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_crypto::vault::RecordCipher;
use assent_model::canonical;
use assent_model::time::Timestamp;
use assent_storage::{Document, StoreError, StoredDocument, VaultEntry};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::failure::Failure;
use crate::node::Node;

/// What stands in clear beside something sealed, and is sealed with it.
#[derive(Serialize)]
struct Place<'p> {
    /// In milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    id: &'p str,
    kind: &'p str,
    owner: &'p str,
}

fn of_document(document: &Document) -> Vec<u8> {
    canonical::encode(&Place {
        expires_at: document.expires_at.map(Timestamp::as_millis),
        id: &document.id,
        kind: &document.kind,
        owner: &document.owner,
    })
}

fn of_entry(entry: &VaultEntry) -> Vec<u8> {
    canonical::encode(&Place {
        expires_at: None,
        id: &entry.id,
        kind: &entry.kind,
        owner: &entry.owner,
    })
}

/// A body of the vault, sealed.
pub(crate) fn entry(
    vault: &RecordCipher,
    id: String,
    owner: String,
    kind: &str,
    content: &[u8],
) -> VaultEntry {
    let mut entry = VaultEntry {
        id,
        owner,
        kind: kind.to_owned(),
        ciphertext: Vec::new(),
    };
    entry.ciphertext = vault.encrypt(&of_entry(&entry), content);
    entry
}

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
    let entry = entry(&node.vault, id, owner, kind, content);
    node.store.vault_put(entry).await
}

/// Opens a body from the vault.
///
/// # Errors
/// It does not open: the store is damaged.
pub(crate) fn open(node: &Node, entry: &VaultEntry) -> Result<Vec<u8>, Failure> {
    let opened = node.vault.decrypt(&of_entry(entry), &entry.ciphertext);
    opened.map_err(|_| Code::Internal.into())
}

/// A document whose content is sealed: for what changes, is removed on its own or expires.
pub(crate) fn document(
    node: &Node,
    kind: &str,
    id: String,
    owner: String,
    expires_at: Option<Timestamp>,
    content: &impl Serialize,
) -> Document {
    let content = serde_json::to_vec(content).expect("what is kept has a JSON form");
    let mut document = Document {
        kind: kind.into(),
        id,
        owner,
        expires_at,
        body: Vec::new(),
    };
    document.body = node.vault.encrypt(&of_document(&document), &content);
    document
}

/// Opens what [`document`] sealed.
///
/// # Errors
/// It does not open: the store is damaged.
pub(crate) fn opened<T: DeserializeOwned>(
    node: &Node,
    stored: &StoredDocument,
) -> Result<T, Failure> {
    let document = &stored.document;
    let opened = node.vault.decrypt(&of_document(document), &document.body);
    let opened = opened.map_err(|_| Failure::from(Code::Internal))?;
    serde_json::from_slice(&opened).map_err(|_| Code::Internal.into())
}

/// Seals something under a random id, so that the store does not say in clear what it is about.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn add(
    node: &Node,
    owner: &str,
    kind: &str,
    content: &impl Serialize,
) -> Result<(), Failure> {
    let id = format!(
        "{owner}/{kind}/{}",
        base64url::encode(&random_bytes::<16>())
    );
    let content = serde_json::to_vec(content).expect("what is kept has a JSON form");
    Ok(put(node, id, owner.to_owned(), kind, &content).await?)
}

/// Seals what takes the place of these bodies, and erases them.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn replace(
    node: &Node,
    before: Vec<VaultEntry>,
    owner: &str,
    kind: &str,
    content: &impl Serialize,
) -> Result<(), Failure> {
    add(node, owner, kind, content).await?;
    erase(node, before).await
}

/// Erases bodies, while the account goes on.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn erase(node: &Node, bodies: Vec<VaultEntry>) -> Result<(), Failure> {
    if bodies.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = bodies.into_iter().map(|body| body.id).collect();
    match node.store.vault_erase_ids(&ids).await {
        // No query finds them any more. Bytes that a reader held back are gone with the next
        // checkpoint of the log of writes, and at the latest with the account.
        Ok(()) | Err(StoreError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Passes over what does not open, so that one damaged body or document stops nothing for anybody else.
/// That it is damaged is logged; whose it is is not.
pub(crate) fn if_it_opens<T>(kind: &str, opened: Result<T, Failure>) -> Option<T> {
    if opened.is_err() {
        tracing::error!(kind, "something sealed does not open and is passed over");
    }
    opened.ok()
}

/// Opens a body and reads what is in it.
///
/// # Errors
/// It does not open, or is something else.
pub(crate) fn read<T: DeserializeOwned>(node: &Node, entry: &VaultEntry) -> Result<T, Failure> {
    let opened = open(node, entry)?;
    serde_json::from_slice(&opened).map_err(|_| Code::Internal.into())
}
