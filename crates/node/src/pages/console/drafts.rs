//! Drafts of descriptions: documents of this node, which nobody has signed. Whether a draft has
//! been registered is not written down but read from the ledger, so that it cannot be untrue.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_exchange::service::state::{Description, DescriptionId};
use assent_model::description::ServiceDescription;
use assent_model::ids::{PartyId, ServiceId};
use assent_model::time::Timestamp;
use assent_storage::{Document, StoreError, StoredDocument};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::failure::Failure;
use crate::node::Node;

const KIND: &str = "draft";
/// The most drafts of one organisation.
const DRAFTS_MAX: u32 = 50;
/// The longest text of a draft, in bytes.
pub(super) const TEXT_BYTES_MAX: usize = 100 * 1024;

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: String,
    /// The service that it is of, if the text says so.
    pub(super) service: Option<ServiceId>,
    /// JSON, or what is to become JSON.
    pub(super) text: String,
    pub(super) saved_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Body {
    text: String,
    saved_at: Timestamp,
}

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not registered, word for word.
    Draft,
    /// The current version.
    Registered,
    /// A version that a later one has superseded.
    Superseded,
}

/// Why a draft is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotKept {
    /// The organisation has as many as it may have.
    TooMany,
    /// The text is too long.
    TooLong,
}

impl Draft {
    fn new(id: String, body: Body) -> Self {
        let value: Option<Value> = serde_json::from_str(&body.text).ok();
        let service = value.and_then(|value| value.get("service_id")?.as_str()?.parse().ok());
        Self {
            id,
            service,
            text: body.text,
            saved_at: body.saved_at,
        }
    }

    /// What it calls the service, as far as it does.
    pub(super) fn name(&self) -> String {
        let value: Option<Value> = serde_json::from_str(&self.text).ok();
        let name = value.and_then(|value| Some(value.get("name")?.as_str()?.to_owned()));
        name.filter(|name| !name.is_empty())
            .unwrap_or_else(|| self.id.clone())
    }
}

/// The drafts of an organisation.
pub(super) async fn of(node: &Node, party: PartyId) -> Result<Vec<Draft>, Failure> {
    let found = node
        .store
        .documents_of(KIND, &party.to_string(), "", DRAFTS_MAX)
        .await?;
    let mut drafts: Vec<Draft> = found.iter().map(read).collect::<Result<_, _>>()?;
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved_at));
    Ok(drafts)
}

/// A draft, for whose it is; for all others there is none.
pub(super) async fn get(node: &Node, party: PartyId, id: &str) -> Result<Option<Draft>, Failure> {
    let found = node.store.document(KIND, id).await?;
    let own = found.filter(|found| found.document.owner == party.to_string());
    Ok(own.as_ref().map(read).transpose()?)
}

/// Keeps a text as a draft: a new one, or what an old one says now. The id of it.
pub(super) async fn keep(
    node: &Node,
    party: PartyId,
    id: Option<&str>,
    text: &str,
) -> Result<Result<String, NotKept>, Failure> {
    if text.len() > TEXT_BYTES_MAX {
        return Ok(Err(NotKept::TooLong));
    }
    let owner = party.to_string();
    let id = if let Some(id) = id {
        id.to_owned()
    } else {
        let kept = node
            .store
            .documents_of(KIND, &owner, "", DRAFTS_MAX)
            .await?;
        if kept.len() >= DRAFTS_MAX as usize {
            return Ok(Err(NotKept::TooMany));
        }
        base64url::encode(&random_bytes::<16>())
    };
    let body = Body {
        text: text.to_owned(),
        saved_at: node.clock.now(),
    };
    let document = Document {
        kind: KIND.into(),
        id: id.clone(),
        owner,
        expires_at: None,
        body: serde_json::to_vec(&body).map_err(|_| Failure::from(Code::Internal))?,
    };
    node.store.put_documents(vec![document]).await?;
    Ok(Ok(id))
}

/// Deletes a draft.
pub(super) async fn delete(node: &Node, draft: &Draft) -> Result<(), Failure> {
    node.store.delete_document(KIND, &draft.id).await?;
    Ok(())
}

/// Where a draft stands, by the ledger.
pub(super) async fn standing(node: &Node, draft: &Draft) -> Result<Standing, Failure> {
    let Ok(said) = serde_json::from_str::<ServiceDescription>(&draft.text) else {
        return Ok(Standing::Draft);
    };
    let id = DescriptionId {
        service: said.service_id,
        version: said.version,
    };
    let known = node.state.get::<Description>(&id).await?;
    Ok(match known {
        Some(known) if known.digest != said.reference().digest => Standing::Draft,
        Some(known) if known.is_current => Standing::Registered,
        Some(_) => Standing::Superseded,
        None => Standing::Draft,
    })
}

fn read(stored: &StoredDocument) -> Result<Draft, StoreError> {
    let body = serde_json::from_slice(&stored.document.body).map_err(|_| StoreError::Corrupt)?;
    Ok(Draft::new(stored.document.id.clone(), body))
}
