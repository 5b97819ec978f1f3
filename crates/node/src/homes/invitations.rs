//! Invitations: a link by mail that lets its reader in once, if the account that accepts has confirmed
//! the address that was invited. So neither a link that is passed on nor one that is followed again
//! opens anything.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use assent_model::time::Span;
use assent_storage::StoredDocument;
use serde::{Deserialize, Serialize};

use super::acts::{self, Did};
use super::delegates::{self, Delegation, Entrusted, Given, KIND_OF_DELEGATE, Scope, Standing};
use super::{invalid, random_id, readable};
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;
use crate::mail::catalogue::Letter;
use crate::node::Node;
use crate::notifications::{self, Subject};
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "invitation";
/// How long an invitation is good.
pub(crate) const LIFETIME: Span = Span::from_days(7);
/// More delegates than anybody has.
const DELEGATES_MAX: usize = 10;

/// What an invitation leads to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    delegation: String,
}

/// Whom a person invites.
pub(crate) struct Invited<'a> {
    /// The address.
    pub(crate) email: &'a str,
    /// What the person calls the delegate.
    pub(crate) name: &'a str,
    /// What the delegate may do.
    pub(crate) scope: Scope,
    /// The one home, if it is not everything.
    pub(crate) home: Option<&'a str>,
    /// The language of the letter.
    pub(crate) language: Language,
}

/// An invitation that somebody looks at.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What is offered.
    pub(crate) entrusted: Entrusted,
    /// Whether the account has confirmed the address that was invited.
    pub(crate) is_for_visitor: bool,
}

/// Invites somebody by mail.
///
/// # Errors
/// Address, name or home cannot be used, the person invites too many or too often, or the store does
/// not take writes.
pub(crate) async fn invite(
    node: &Node,
    owner: PartyId,
    invited: &Invited<'_>,
) -> Result<(), Failure> {
    let address = EmailAddress::parse(invited.email).ok_or(Code::EmailInvalid)?;
    let name = readable(invited.name)?;
    let _turn = node.homes.turn.lock().await;
    if delegates::of(node, owner).await?.len() >= DELEGATES_MAX {
        return Err(invalid("there are too many delegates"));
    }
    if let Some(id) = invited.home {
        let homes = super::of(node, owner).await?;
        homes
            .iter()
            .find(|home| home.id == id)
            .ok_or_else(Failure::not_found)?;
    }
    let now = node.clock.now();
    node.homes.invitations.take(owner, now)?;
    let index = address.index(&node.index_key);
    let delegation = Delegation {
        id: random_id(),
        name,
        scope: invited.scope,
        home: invited.home.map(str::to_owned),
        standing: Standing::Invited {
            address: index,
            until: now + LIFETIME,
        },
    };
    let owner_id = owner.to_string();
    vaulted::add(node, &owner_id, delegates::KIND, &delegation).await?;
    acts::note(node, owner, &delegation, Did::Invited, None).await?;
    let token = base64url::encode(&random_bytes::<32>());
    let way = Way {
        delegation: delegation.id,
    };
    let (id, until) = (id_of(node, &token), Some(now + LIFETIME));
    let document = vaulted::document(node, KIND, id, owner_id, until, &way);
    node.store.put_documents(vec![document]).await?;
    let recipient = Recipient {
        address,
        language: invited.language.clone(),
    };
    let letter = Letter::Invitation(format!("/invitations/{token}"));
    node.contacts.post.send(index, &recipient, letter)
}

/// The invitation that a link leads to, for who is signed in.
///
/// # Errors
/// It was used, taken back, or its time has passed; or the store cannot be read.
pub(crate) async fn look(node: &Node, visitor: PartyId, token: &str) -> Result<Opened, Failure> {
    let (stored, owner) = stored(node, token).await?;
    let (delegation, address) = waiting(node, &stored, owner).await?;
    let contact = contacts::contact_of(node, visitor).await?;
    let own = contact.and_then(|contact| EmailAddress::parse(&contact.email));
    let is_for_visitor = own.is_some_and(|own| own.index(&node.index_key) == address);
    let home_name = match &delegation.home {
        None => None,
        Some(id) => {
            let homes = super::of(node, owner).await?;
            let home = homes.into_iter().find(|home| home.id == *id);
            Some(home.ok_or(Code::CodeSpent)?.name)
        }
    };
    let inviter = contacts::contact_of(node, owner).await?;
    Ok(Opened {
        entrusted: Entrusted {
            owner,
            owner_name: inviter.map_or_else(|| owner.to_string(), |contact| contact.email),
            delegation,
            home_name,
        },
        is_for_visitor: is_for_visitor && visitor != owner,
    })
}

/// Accepts an invitation, once.
///
/// # Errors
/// As for [`look`], or the invitation is for somebody else.
pub(crate) async fn accept(node: &Node, visitor: PartyId, token: &str) -> Result<(), Failure> {
    if !look(node, visitor, token).await?.is_for_visitor {
        return Err(Failure::forbidden());
    }
    let _turn = node.homes.turn.lock().await;
    let (found, owner) = stored(node, token).await?;
    let (delegation, _) = waiting(node, &found, owner).await?;
    // Of two who press at a time, one is let in.
    if !node.store.delete_document(KIND, &found.document.id).await? {
        return Err(Code::CodeSpent.into());
    }
    let accepted = Delegation {
        standing: Standing::Accepted {
            party: visitor,
            at: node.clock.now(),
        },
        ..delegation
    };
    acts::note(node, owner, &accepted, Did::Accepted, None).await?;
    let given = Given {
        owner,
        delegation: accepted.id.clone(),
    };
    vaulted::add(node, &visitor.to_string(), KIND_OF_DELEGATE, &given).await?;
    let bodies = delegates::find(node, owner, &accepted.id).await?;
    let before = bodies.map(|(_, bodies)| bodies).unwrap_or_default();
    let owner_id = owner.to_string();
    vaulted::replace(node, before, &owner_id, delegates::KIND, &accepted).await?;
    let (kind, subject) = (notifications::Kind::DelegateActed, Subject::Delegates);
    notifications::tell(node, owner, kind, subject, &accepted.id).await
}

/// Forgets the links of an invitation that was taken back.
pub(super) async fn forget(node: &Node, owner: PartyId, delegation: &str) -> Result<(), Failure> {
    let owner = owner.to_string();
    let limit = u32::try_from(DELEGATES_MAX * 2).expect("a small number");
    for stored in node.store.documents_of(KIND, &owner, "", limit).await? {
        if way(node, &stored)?.delegation == delegation {
            node.store
                .delete_document(KIND, &stored.document.id)
                .await?;
        }
    }
    Ok(())
}

fn way(node: &Node, stored: &StoredDocument) -> Result<Way, Failure> {
    vaulted::opened(node, stored)
}

async fn stored(node: &Node, token: &str) -> Result<(StoredDocument, PartyId), Failure> {
    let found = node.store.document(KIND, &id_of(node, token)).await?;
    let found = found.ok_or(Code::CodeSpent)?;
    let owner = found.document.owner.parse();
    Ok((found, owner.map_err(|_| Failure::from(Code::Internal))?))
}

/// The delegation that an invitation leads to, while it waits for an answer; and whose.
async fn waiting(
    node: &Node,
    stored: &StoredDocument,
    owner: PartyId,
) -> Result<(Delegation, Digest), Failure> {
    let found = delegates::find(node, owner, &way(node, stored)?.delegation).await?;
    let (delegation, _) = found.ok_or(Code::CodeSpent)?;
    match delegation.standing {
        Standing::Invited { address, until } if node.clock.now() < until => {
            Ok((delegation, address))
        }
        _ => Err(Code::CodeSpent.into()),
    }
}

fn id_of(node: &Node, token: &str) -> String {
    hmac_sha256(
        &node.index_key,
        domains::HOME_INVITATION,
        &[token.as_bytes()],
    )
    .to_string()
}
