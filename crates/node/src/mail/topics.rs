//! The kinds of letters that a party can turn off, and which it has turned off. Letters about keys,
//! signing in and what was signed are not among them.

use std::collections::BTreeSet;

use assent_api::problem::Code;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_model::ids::PartyId;
use assent_storage::{Document, StoreError};
use serde::{Deserialize, Serialize};

use crate::http::failure::Failure;
use crate::node::Node;

/// The kind of the documents: one a party.
const KIND: &str = "letters-off";
/// How often a change is tried again that came between another one.
const TRIES: u32 = 5;

/// What letters that can be turned off are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// New requests.
    Requests,
    /// Changed conditions.
    Conditions,
    /// What services have not acknowledged.
    Acknowledgements,
}

impl Topic {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Conditions, Self::Acknowledgements];

    /// As addresses and catalogues (`topic-…`) spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Conditions => "conditions",
            Self::Acknowledgements => "acknowledgements",
        }
    }

    /// The topic with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// What is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Off {
    topics: BTreeSet<Topic>,
}

/// The topics that a party wants no letters about.
///
/// # Errors
/// The store cannot be read.
pub async fn off(node: &Node, party: PartyId) -> Result<BTreeSet<Topic>, Failure> {
    let found = node.store.document(KIND, &party.to_string()).await?;
    let off: Off = found
        .map(|found| serde_json::from_slice(&found.document.body))
        .transpose()
        .map_err(|_| StoreError::Corrupt)?
        .unwrap_or_default();
    Ok(off.topics)
}

/// Turns letters about a topic on or off.
///
/// # Errors
/// The store does not take writes.
pub async fn set(node: &Node, party: PartyId, topic: Topic, wanted: bool) -> Result<(), Failure> {
    let id = party.to_string();
    for _ in 0..TRIES {
        let known = node.store.document(KIND, &id).await?;
        let revision = known.as_ref().map(|known| known.revision);
        let mut topics = off(node, party).await?;
        let is_changed = if wanted {
            topics.remove(&topic)
        } else {
            topics.insert(topic)
        };
        if !is_changed {
            return Ok(());
        }
        let document = Document {
            kind: KIND.into(),
            id: id.clone(),
            owner: id.clone(),
            expires_at: None,
            body: serde_json::to_vec(&Off { topics }).map_err(|_| Failure::from(Code::Internal))?,
        };
        let put = node.store.put_if_revision(document, revision).await?;
        if put.is_some() {
            return Ok(());
        }
    }
    Err(Failure::unavailable())
}

/// Forgets what a party has turned off.
///
/// # Errors
/// The store does not take writes.
pub async fn forget(node: &Node, party: PartyId) -> Result<(), Failure> {
    node.store.delete_document(KIND, &party.to_string()).await?;
    Ok(())
}

/// The path that turns letters about a topic off, without signing in: only a letter to the party has
/// it (RFC 8058).
pub(crate) fn stop_path(key: &[u8; 32], party: PartyId, topic: Topic) -> String {
    let mark = mark(key, party, topic);
    format!("/letters/{}/{party}/{mark}", topic.name())
}

/// Whose letters about what a path turns off, where this node has made it.
pub(crate) fn read_stop_path(
    key: &[u8; 32],
    topic: &str,
    party: &str,
    mark: &str,
) -> Option<(PartyId, Topic)> {
    let topic = Topic::named(topic)?;
    let party = party.parse().ok()?;
    let given: Digest = mark.parse().ok()?;
    // Comparing takes the same time wherever they differ.
    let expected = self::mark(key, party, topic);
    let differs = given
        .as_bytes()
        .iter()
        .zip(expected.as_bytes())
        .fold(0, |differs, (one, other)| differs | (one ^ other));
    (differs == 0).then_some((party, topic))
}

fn mark(key: &[u8; 32], party: PartyId, topic: Topic) -> Digest {
    let party = party.to_string();
    let parts = [party.as_bytes(), topic.name().as_bytes()];
    hmac_sha256(key, domains::LETTERS_OFF, &parts)
}
