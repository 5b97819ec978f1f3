//! Delegates: people with an account of their own whom a person lets look into My Home, and who may
//! pause if the person says so. They give, resume, narrow and withdraw nothing.
//!
//! The delegation is a body of the person, and that body alone decides: what the delegate keeps only
//! leads there. It is read anew for every page, so that taking it back counts at once.

use assent_api::v1::accounts::DelegateView;
use assent_crypto::digest::Digest;
use assent_exchange::identity::state::Party;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::time::Timestamp;
use assent_storage::VaultEntry;
use serde::{Deserialize, Serialize};

use super::acts::{self, Did};
use crate::contacts;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::notifications::{self, Kind, Subject};
use crate::vaulted;

/// The kind of the bodies of who lets somebody in.
pub(super) const KIND: &str = "delegate";
/// The kind of the bodies of who is let in.
pub(super) const KIND_OF_DELEGATE: &str = "delegated";

/// What a delegate may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scope {
    /// Look.
    See,
    /// Look, and pause what is active.
    SeeAndPause,
}

impl Scope {
    /// The name in forms and, behind `scope-`, in the catalogues.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::SeeAndPause => "see-and-pause",
        }
    }
}

/// Where a delegation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// An invitation is on its way.
    Invited {
        /// The address that may accept, by its index.
        address: Digest,
        /// From then on it is too late.
        until: Timestamp,
    },
    /// It was accepted.
    Accepted {
        /// By whom.
        party: PartyId,
        /// When.
        at: Timestamp,
    },
}

/// Somebody is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delegation {
    /// Names it; random.
    pub(crate) id: String,
    /// What the person calls the delegate.
    pub(crate) name: String,
    /// What the delegate may do.
    pub(crate) scope: Scope,
    /// The one home that the delegate is let into; everything where there is none.
    pub(crate) home: Option<String>,
    /// Where it stands.
    pub(crate) standing: Standing,
}

impl Delegation {
    /// Who was let in, once the invitation was accepted.
    pub(crate) fn delegate(&self) -> Option<PartyId> {
        match self.standing {
            Standing::Accepted { party, .. } => Some(party),
            Standing::Invited { .. } => None,
        }
    }
}

impl From<Delegation> for DelegateView {
    fn from(delegation: Delegation) -> Self {
        Self {
            id: delegation.id.clone(),
            name: delegation.name.clone(),
            scope: delegation.scope.name().into(),
            home: delegation.home.clone(),
            delegate: delegation.delegate(),
        }
    }
}

/// What a delegate keeps: the way to the delegation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    pub(super) owner: PartyId,
    pub(super) delegation: String,
}

/// A home that somebody was let into, as the delegate sees it.
#[derive(Debug, Clone)]
pub(crate) struct Entrusted {
    /// Whose.
    pub(crate) owner: PartyId,
    /// Under which address the person is known here, or the number of the account.
    pub(crate) owner_name: String,
    /// What was agreed.
    pub(crate) delegation: Delegation,
    /// The name of the one home.
    pub(crate) home_name: Option<String>,
}

/// Whom a person has let in or invited, oldest first.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of(node: &Node, owner: PartyId) -> Result<Vec<Delegation>, Failure> {
    let entries = node.store.vault_of_kind(&owner.to_string(), KIND).await?;
    entries
        .iter()
        .map(|entry| vaulted::read(node, entry))
        .collect()
}

/// The delegation with an id, and the bodies that say so.
pub(super) async fn find(
    node: &Node,
    owner: PartyId,
    id: &str,
) -> Result<Option<(Delegation, Vec<VaultEntry>)>, Failure> {
    let entries = node.store.vault_of_kind(&owner.to_string(), KIND).await?;
    let mut found: Option<(Delegation, Vec<VaultEntry>)> = None;
    for entry in entries {
        let delegation: Delegation = vaulted::read(node, &entry)?;
        if delegation.id != id {
            continue;
        }
        // After a crash between writing and erasing there are two: the newest counts.
        let mut bodies = found.map(|(_, bodies)| bodies).unwrap_or_default();
        bodies.push(entry);
        found = Some((delegation, bodies));
    }
    Ok(found)
}

/// What this delegation lets a visitor see, if it still does: the person has not taken it back, has
/// an account, and the one home is still named.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn entrusted(
    node: &Node,
    visitor: PartyId,
    owner: PartyId,
    id: &str,
) -> Result<Option<Entrusted>, Failure> {
    let Some((delegation, _)) = find(node, owner, id).await? else {
        return Ok(None);
    };
    if delegation.delegate() != Some(visitor) {
        return Ok(None);
    }
    let party = node.state.get::<Party>(&owner).await?;
    if party.is_none_or(|party| !party.is_active()) {
        return Ok(None);
    }
    let home_name = match &delegation.home {
        None => None,
        Some(id) => {
            let homes = super::of(node, owner).await?;
            let Some(home) = homes.into_iter().find(|home| home.id == *id) else {
                return Ok(None);
            };
            Some(home.name)
        }
    };
    let contact = contacts::contact_of(node, owner).await?;
    Ok(Some(Entrusted {
        owner,
        owner_name: contact.map_or_else(|| owner.to_string(), |contact| contact.email),
        delegation,
        home_name,
    }))
}

/// All homes that somebody is let into.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn given_to(node: &Node, visitor: PartyId) -> Result<Vec<Entrusted>, Failure> {
    let kept = node
        .store
        .vault_of_kind(&visitor.to_string(), KIND_OF_DELEGATE)
        .await?;
    let mut given = Vec::new();
    for entry in &kept {
        let way: Given = vaulted::read(node, entry)?;
        given.extend(entrusted(node, visitor, way.owner, &way.delegation).await?);
    }
    Ok(given)
}

/// The delegate begins to look.
///
/// # Errors
/// The visitor is not let in there, or the store does not take writes.
pub(crate) async fn open(node: &Node, visitor: PartyId, id: &str) -> Result<Entrusted, Failure> {
    let given = given_to(node, visitor).await?;
    let entrusted = given.into_iter().find(|given| given.delegation.id == id);
    let entrusted = entrusted.ok_or_else(Failure::not_found)?;
    acts::note(
        node,
        entrusted.owner,
        &entrusted.delegation,
        Did::Opened,
        None,
    )
    .await?;
    Ok(entrusted)
}

/// Writes down that the delegate pauses a consent, before it is paused, and tells the person.
///
/// # Errors
/// The scope does not allow it, or the store does not take writes: nothing may be paused then.
pub(crate) async fn before_pause(
    node: &Node,
    entrusted: &Entrusted,
    consent: ConsentId,
) -> Result<(), Failure> {
    if entrusted.delegation.scope != Scope::SeeAndPause {
        return Err(Failure::forbidden());
    }
    let (owner, delegation) = (entrusted.owner, &entrusted.delegation);
    acts::note(node, owner, delegation, Did::Paused, Some(consent)).await?;
    let subject = Subject::Consent(consent);
    notifications::tell(node, owner, Kind::DelegateActed, subject, "").await
}

/// The person takes a delegation or an invitation back.
///
/// # Errors
/// There is none with this id, or the store does not take writes.
pub(crate) async fn remove(node: &Node, owner: PartyId, id: &str) -> Result<(), Failure> {
    end(node, owner, id, Did::Removed).await
}

/// The delegate gives it back.
///
/// # Errors
/// There is none with this id, or the store does not take writes.
pub(crate) async fn leave(node: &Node, visitor: PartyId, id: &str) -> Result<(), Failure> {
    let given = given_to(node, visitor).await?;
    let entrusted = given.into_iter().find(|given| given.delegation.id == id);
    let owner = entrusted.ok_or_else(Failure::not_found)?.owner;
    end(node, owner, id, Did::Left).await
}

async fn end(node: &Node, owner: PartyId, id: &str, did: Did) -> Result<(), Failure> {
    let _turn = node.homes.turn.lock().await;
    let found = find(node, owner, id).await?;
    let (delegation, bodies) = found.ok_or_else(Failure::not_found)?;
    acts::note(node, owner, &delegation, did, None).await?;
    super::invitations::forget(node, owner, id).await?;
    // From here on the delegate sees nothing; what is left behind leads nowhere.
    vaulted::erase(node, bodies).await?;
    let Some(visitor) = delegation.delegate() else {
        return Ok(());
    };
    let kept = node
        .store
        .vault_of_kind(&visitor.to_string(), KIND_OF_DELEGATE)
        .await?;
    let mut stale = Vec::new();
    for entry in kept {
        let way: Given = vaulted::read(node, &entry)?;
        if way.owner == owner && way.delegation == id {
            stale.push(entry);
        }
    }
    vaulted::erase(node, stale).await
}

/// Gives everything back that this account was let into: the account ends.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn leave_all(node: &Node, visitor: PartyId) -> Result<(), Failure> {
    for given in given_to(node, visitor).await? {
        end(node, given.owner, &given.delegation.id, Did::Left).await?;
    }
    Ok(())
}
