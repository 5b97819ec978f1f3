//! Which subjects of identity providers may act for which party. The party says so, with its key; one
//! subject acts for one party. What is kept is sealed, found by a keyed hash of issuer and subject, and
//! erased with the account.

use assent_api::problem::Code;
use assent_api::v1::sign_in::{BindingView, NewBinding};
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use assent_model::records::identity::PartyKind;
use assent_storage::StoredDocument;
use serde::{Deserialize, Serialize};

use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "provider-subject";
/// How many subjects act for a party at most.
const BINDINGS_MAX: usize = 256;
/// The longest subject, in bytes (OpenID Connect Core 1.0, section 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// A binding at rest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    issuer: String,
    subject: String,
    /// In milliseconds since the epoch.
    at: u64,
}

fn id_of(node: &Node, issuer: &str, subject: &str) -> String {
    let parts = [issuer.as_bytes(), subject.as_bytes()];
    hmac_sha256(&node.index_key, domains::PROVIDER_SUBJECT, &parts).to_string()
}

/// Lets a subject act for a party; the id of the binding. Saying so again changes nothing.
///
/// # Errors
/// The party is a person, this node has no such provider, the subject is none, it acts for another
/// party, too many act for this one, or the store does not take writes.
pub(crate) async fn bind(node: &Node, party: PartyId, new: NewBinding) -> Result<String, Failure> {
    check(node, party, &new).await?;
    let id = id_of(node, &new.issuer, &new.subject);
    let owner = party.to_string();
    if let Some(known) = node.store.document(KIND, &id).await? {
        let is_own = known.document.owner == owner;
        return is_own
            .then_some(id)
            .ok_or_else(|| Code::SubjectTaken.into());
    }
    if list(node, party).await?.len() >= BINDINGS_MAX {
        return Err(Code::TooManyBindings.into());
    }
    let bound = Bound {
        issuer: new.issuer,
        subject: new.subject,
        at: node.clock.now().as_millis(),
    };
    let document = vaulted::document(node, KIND, id.clone(), owner, None, &bound);
    // Of two parties that bind it at a time, one does.
    let put = node.store.put_if_revision(document, None).await?;
    put.map(|_| id).ok_or_else(|| Code::SubjectTaken.into())
}

async fn check(node: &Node, party: PartyId, new: &NewBinding) -> Result<(), Failure> {
    let state = node.state.get::<Party>(&party).await?;
    let kind = state.map(|party| party.kind);
    if !matches!(kind, Some(PartyKind::Organisation | PartyKind::Operator)) {
        return Err(Failure::forbidden());
    }
    if !node.providers.knows(&new.issuer) {
        return Err(Code::ProviderUnknown.into());
    }
    if new.subject.is_empty() || new.subject.len() > SUBJECT_BYTES_MAX {
        return Err(Code::SubjectInvalid.into());
    }
    Ok(())
}

/// The bindings of a party.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn list(node: &Node, party: PartyId) -> Result<Vec<BindingView>, Failure> {
    let most = u32::try_from(BINDINGS_MAX).expect("256 is small");
    let owner = party.to_string();
    let found = node.store.documents_of(KIND, &owner, "", most).await?;
    let view = |stored: StoredDocument| {
        let bound: Bound = vaulted::opened(node, &stored)?;
        Ok(BindingView {
            binding_id: stored.document.id,
            issuer: bound.issuer,
            subject: bound.subject,
            bound_at: bound.at,
        })
    };
    found.into_iter().map(view).collect()
}

/// Ends a binding of a party.
///
/// # Errors
/// The party has no such binding, or the store does not take writes.
pub(crate) async fn unbind(node: &Node, party: PartyId, id: &str) -> Result<(), Failure> {
    let found = node.store.document(KIND, id).await?;
    let is_own = found.is_some_and(|found| found.document.owner == party.to_string());
    if is_own && node.store.delete_document(KIND, id).await? {
        Ok(())
    } else {
        Err(Failure::not_found())
    }
}

/// The party that a subject acts for, unless it is gone.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn party_of(
    node: &Node,
    issuer: &str,
    subject: &str,
) -> Result<Option<PartyId>, Failure> {
    let id = id_of(node, issuer, subject);
    let Some(found) = node.store.document(KIND, &id).await? else {
        return Ok(None);
    };
    let party: PartyId = found.document.owner.parse().map_err(|_| Code::Internal)?;
    let state = node.state.get::<Party>(&party).await?;
    Ok(state
        .is_some_and(|state| state.is_active())
        .then_some(party))
}
