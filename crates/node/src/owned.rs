//! Documents that belong to somebody, and end with the account.

use assent_model::ids::PartyId;

use crate::http::failure::Failure;
use crate::node::Node;

/// How many are deleted at a time.
const BATCH: u32 = 64;

/// Deletes all documents of these kinds that a party owns.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn forget(node: &Node, kinds: &[&str], party: PartyId) -> Result<(), Failure> {
    let owner = party.to_string();
    for kind in kinds {
        loop {
            let found = node.store.documents_of(kind, &owner, "", BATCH).await?;
            if found.is_empty() {
                break;
            }
            for stored in found {
                node.store
                    .delete_document(kind, &stored.document.id)
                    .await?;
            }
        }
    }
    Ok(())
}
