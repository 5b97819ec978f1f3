//! When what is granted at a stream became less, so that measurements of before are held back.
//!
//! The device shuts out who may read less and says in each record which checkpoint it knew. The relay
//! remembers what each grant gave when it last looked, and the height from which on a checkpoint
//! shows that one gives less. It looks whenever records come or the device asks where it stands.

use std::collections::BTreeMap;

use assent_client::choice;
use assent_crypto::digest::Digest;
use assent_exchange::consent::state::{Consent, Status};
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::consent::ResourceSet;
use serde::{Deserialize, Serialize};

use super::grants;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

const KIND: &str = "stream-given";

/// What the grants at a stream gave.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    grants: BTreeMap<ConsentId, Gives>,
    /// The first height whose checkpoint shows that something became less.
    lessened: u64,
}

/// What one grant gives.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gives {
    /// The sealed grant: another one may give less.
    grant: Digest,
    resource_set: ResourceSet,
}

/// The height that a checkpoint must have for measurements that were sealed under it to be given
/// out. To be called by who has the stream's [`super::Channel::writing`].
///
/// # Errors
/// The store cannot be read or written.
pub(super) async fn lessened(node: &Node, id: StreamId) -> Result<u64, Failure> {
    let stored = node.store.document(KIND, &id.to_string()).await?;
    let before: Given = match &stored {
        Some(stored) => vaulted::opened(node, stored)?,
        None => Given::default(),
    };
    let grants = now(node, id).await?;
    if grants == before.grants {
        return Ok(before.lessened);
    }
    let is_less = before.grants.iter().any(|(id, gave)| {
        !grants.get(id).is_some_and(|gives| {
            gives.grant == gave.grant && choice::is_within(&gave.resource_set, &gives.resource_set)
        })
    });
    // State may be of the block after the newest that is known, and no checkpoint that a device has
    // is of a later one than that.
    let height = node.store.head().map_or(0, |head| head.height);
    let lessened = if is_less { height + 1 } else { before.lessened };
    let given = Given { grants, lessened };
    let document = vaulted::document(node, KIND, id.to_string(), id.to_string(), None, &given);
    node.store.put_documents(vec![document]).await?;
    Ok(lessened)
}

async fn now(node: &Node, id: StreamId) -> Result<BTreeMap<ConsentId, Gives>, Failure> {
    let mut all = BTreeMap::new();
    for granted in grants::of_stream(node, id).await? {
        let consent = node.state.get::<Consent>(&granted.cr_id).await?;
        let active = consent.filter(|consent| {
            consent.status == Status::Active && !consent.has_ended(node.clock.now())
        });
        if let Some(consent) = active {
            let gives = Gives {
                grant: Digest::of(granted.grant.as_bytes()),
                resource_set: consent.resource_set.clone(),
            };
            all.insert(granted.cr_id, gives);
        }
    }
    Ok(all)
}

/// Forgets what a stream gave, which is closed.
pub(super) async fn forget(node: &Node, id: StreamId) -> Result<(), Failure> {
    node.store.delete_document(KIND, &id.to_string()).await?;
    Ok(())
}
