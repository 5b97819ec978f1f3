//! Links that sign somebody in once.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::v1::sign_in::SignInLink;
use assent_crypto::base64url;
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_storage::StoredDocument;
use serde::{Deserialize, Serialize};

use crate::contacts::address::EmailAddress;
use crate::contacts::code::Recipient;
use crate::contacts::owner_of;
use crate::http::failure::Failure;
use crate::mail::catalogue::Letter;
use crate::network::Network;
use crate::node::Node;
use crate::pages::frame::local_path;
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "sign-in-link";
/// How long a link is good.
pub(crate) const LIFETIME: Span = Span::from_minutes(10);

/// What a link leads to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Followed {
    /// Who is signed in by it.
    pub(crate) party: PartyId,
    /// Where to go then: a path of this node.
    pub(crate) here: String,
}

/// Makes a link for a party; the path of it.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn make(node: &Node, party: PartyId, here: &str) -> Result<String, Failure> {
    let token = base64url::encode(&random_bytes::<32>());
    let followed = Followed {
        party,
        here: here.to_owned(),
    };
    let (id, until) = (id_of(node, &token), Some(node.clock.now() + LIFETIME));
    let document = vaulted::document(node, KIND, id, party.to_string(), until, &followed);
    node.store.put_documents(vec![document]).await?;
    Ok(format!("/sign-in/link/{token}"))
}

/// Makes a link for a party that has shown who it is.
///
/// # Errors
/// The party asks too often, or the store does not take writes.
pub(crate) async fn offer(node: &Node, party: PartyId, here: &str) -> Result<SignInLink, Failure> {
    let now = node.clock.now();
    node.contacts.sign_in_links.take(party, now)?;
    let path = make(node, party, local_path(here)).await?;
    Ok(SignInLink {
        url: format!("{}{path}", node.config.public_url.trim_end_matches('/')),
        expires_at: (now + LIFETIME).as_millis(),
    })
}

/// Mails a link to the owner of an address, if there is one. Whether there is, is found out after the
/// answer, and shows neither in it nor in its time.
///
/// # Errors
/// Links to this address were asked for too often.
pub(super) fn mail(
    node: &Arc<Node>,
    network: Network,
    address: EmailAddress,
    language: &str,
    here: &str,
) -> Result<(), Failure> {
    let index = address.index(&node.index_key);
    let now = node.clock.now();
    node.contacts.sign_ins.take(index, network, now)?;
    let language = language
        .parse()
        .map_err(|_| Failure::from(Code::Internal))?;
    let recipient = Recipient { address, language };
    tokio::spawn(write(Arc::clone(node), recipient, here.to_owned()));
    Ok(())
}

/// A store that fails has said so; the person asks again.
async fn write(node: Arc<Node>, recipient: Recipient, here: String) {
    let Ok(Some(party)) = owner_of(&node, &recipient.address).await else {
        return;
    };
    if let Ok(path) = make(&node, party, &here).await {
        node.contacts
            .post
            .tell(party, &recipient, Letter::SignIn(path));
    }
}

/// What a link leads to, while it is good. Looking does not use it up.
///
/// # Errors
/// The store fails.
pub(super) async fn look(node: &Node, token: &str) -> Result<Option<Followed>, Failure> {
    let found = node.store.document(KIND, &id_of(node, token)).await?;
    let now = node.clock.now();
    let is_good = |found: &StoredDocument| found.document.expires_at.is_some_and(|end| now < end);
    let found = found.filter(is_good);
    found.map(|found| vaulted::opened(node, &found)).transpose()
}

/// Uses a link up. Of two who follow it at a time, one gets in.
///
/// # Errors
/// The store fails.
pub(super) async fn redeem(node: &Node, token: &str) -> Result<Option<Followed>, Failure> {
    let id = id_of(node, token);
    let Some(followed) = look(node, token).await? else {
        return Ok(None);
    };
    let is_first = node.store.delete_document(KIND, &id).await?;
    Ok(is_first.then_some(followed))
}

fn id_of(node: &Node, token: &str) -> String {
    hmac_sha256(&node.index_key, domains::SIGN_IN_LINK, &[token.as_bytes()]).to_string()
}
