//! Where passkeys are kept: one sealed document each, owned by the party.

use assent_api::v1::accounts::PasskeyView;
use assent_model::ids::PartyId;
use assent_model::time::Timestamp;
use assent_storage::{Document, StoredDocument};
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::Passkey;

use super::{PASSKEYS_MAX, id_of};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "passkey";

/// A passkey at rest.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// How the person calls it.
    pub(super) name: String,
    pub(super) made_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
    /// Whether it signs in no more, because it may have been copied.
    pub(super) stopped: bool,
    pub(super) passkey: Passkey,
}

impl Kept {
    /// One that was never used.
    pub(super) const fn new(name: String, made_at: Timestamp, passkey: Passkey) -> Self {
        Self {
            name,
            made_at,
            used_at: None,
            stopped: false,
            passkey,
        }
    }
}

fn document(node: &Node, owner: String, kept: &Kept) -> Document {
    let id = id_of(node, kept.passkey.cred_id());
    vaulted::document(node, KIND, id, owner, None, kept)
}

/// Keeps a new passkey; whether it is new.
pub(super) async fn add(node: &Node, party: PartyId, kept: &Kept) -> Result<bool, Failure> {
    let document = document(node, party.to_string(), kept);
    let put = node.store.put_if_revision(document, None).await?;
    Ok(put.is_some())
}

/// Keeps what became of a passkey, unless it was used or removed meanwhile; whether it was not.
pub(super) async fn change(
    node: &Node,
    stored: &StoredDocument,
    kept: &Kept,
) -> Result<bool, Failure> {
    let document = document(node, stored.document.owner.clone(), kept);
    let put = node.store.put_if_revision(document, Some(stored.revision));
    Ok(put.await?.is_some())
}

/// The passkeys of a party, with their ids.
pub(super) async fn all(node: &Node, party: PartyId) -> Result<Vec<(String, Kept)>, Failure> {
    let owner = party.to_string();
    let found = node
        .store
        .documents_of(KIND, &owner, "", PASSKEYS_MAX + 1)
        .await?;
    let mut all = Vec::with_capacity(found.len());
    for stored in found {
        let kept: Kept = vaulted::opened(node, &stored)?;
        all.push((stored.document.id, kept));
    }
    all.sort_by_key(|(_, kept)| kept.made_at);
    Ok(all)
}

/// The passkeys of a party, oldest first.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn list(node: &Node, party: PartyId) -> Result<Vec<PasskeyView>, Failure> {
    let view = |(passkey_id, kept): (String, Kept)| PasskeyView {
        passkey_id,
        name: kept.name,
        made_at: kept.made_at.as_millis(),
        used_at: kept.used_at.map(Timestamp::as_millis),
        stopped: kept.stopped,
    };
    Ok(all(node, party).await?.into_iter().map(view).collect())
}

/// Removes a passkey of a party.
///
/// # Errors
/// The party has no such passkey, or the store does not take writes.
pub(crate) async fn remove(node: &Node, party: PartyId, id: &str) -> Result<(), Failure> {
    let found = node.store.document(KIND, id).await?;
    let is_own = found.is_some_and(|found| found.document.owner == party.to_string());
    if is_own && node.store.delete_document(KIND, id).await? {
        Ok(())
    } else {
        Err(Failure::not_found())
    }
}
