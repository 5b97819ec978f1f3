//! Homes: the names under which a person groups what services know of them ("Kattendiep 4",
//! "mother's flat"), and the delegates whom the person lets look after them.
//!
//! All of it is personal and none of it is on the ledger: sealed bodies of the vault, owned by the
//! person and erased with the account.

pub(crate) mod acts;
pub(crate) mod delegates;
pub(crate) mod invitations;

use std::collections::BTreeSet;

use assent_api::problem::{Code, Problem};
use assent_api::v1::accounts::HomeView;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::ids::{LinkId, PartyId};
use assent_model::time::Span;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::contacts::allowance::Allowance;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::owned;
use crate::vaulted;

/// The kind of the bodies: each holds all homes of a person, and the newest counts.
const KIND: &str = "homes";
/// More homes than anybody looks after.
const HOMES_MAX: usize = 20;
/// The longest name that a person can give, in characters.
const NAME_MAX: usize = 60;

/// What the node remembers about homes and invitations.
pub struct Homes {
    /// One change at a time.
    turn: Mutex<()>,
    /// Invitations by who invites.
    invitations: Allowance<PartyId>,
}

impl Default for Homes {
    fn default() -> Self {
        Self {
            turn: Mutex::default(),
            invitations: Allowance::new(10, Span::from_days(1)),
        }
    }
}

/// A home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Home {
    /// Names it in addresses and to delegates; random.
    pub(crate) id: String,
    /// What the person calls it.
    pub(crate) name: String,
    /// The links with services that belong to it. A link belongs to one home at most.
    pub(crate) links: BTreeSet<LinkId>,
}

impl From<Home> for HomeView {
    fn from(home: Home) -> Self {
        Self {
            id: home.id,
            name: home.name,
            links: home.links.into_iter().collect(),
        }
    }
}

/// The homes of a person, in the order in which they were named.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of(node: &Node, party: PartyId) -> Result<Vec<Home>, Failure> {
    let entries = node.store.vault_of_kind(&party.to_string(), KIND).await?;
    entries
        .last()
        .map_or_else(|| Ok(Vec::new()), |entry| vaulted::read(node, entry))
}

/// Forgets what leads to the homes of a person, and gives back what the person was let into. The
/// rest goes with the sealed bodies of the account.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn forget(node: &Node, party: PartyId) -> Result<(), Failure> {
    delegates::leave_all(node, party).await?;
    owned::forget(node, &[invitations::KIND], party).await
}

/// Names a new home.
///
/// # Errors
/// The name cannot be used, there are too many homes, or the store does not take writes.
pub(crate) async fn add(node: &Node, party: PartyId, name: &str) -> Result<(), Failure> {
    let name = readable(name)?;
    change(node, party, |homes| {
        if homes.len() >= HOMES_MAX {
            return Err(invalid("there are too many homes"));
        }
        homes.push(Home {
            id: random_id(),
            name,
            links: BTreeSet::new(),
        });
        Ok(())
    })
    .await
}

/// Gives a home another name.
///
/// # Errors
/// As for [`add`], or there is no such home.
pub(crate) async fn rename(
    node: &Node,
    party: PartyId,
    id: &str,
    name: &str,
) -> Result<(), Failure> {
    let name = readable(name)?;
    change(node, party, |homes| {
        let home = homes.iter_mut().find(|home| home.id == id);
        home.ok_or_else(Failure::not_found)?.name = name;
        Ok(())
    })
    .await
}

/// Forgets the name of a home. Its links and consents stay as they are; who was let into this home
/// alone is let in nowhere.
///
/// # Errors
/// There is no such home, or the store does not take writes.
pub(crate) async fn remove(node: &Node, party: PartyId, id: &str) -> Result<(), Failure> {
    change(node, party, |homes| {
        let before = homes.len();
        homes.retain(|home| home.id != id);
        if homes.len() < before {
            Ok(())
        } else {
            Err(Failure::not_found())
        }
    })
    .await
}

/// Puts a link into a home, or into none where `id` is empty.
///
/// # Errors
/// There is no such home, or the store does not take writes.
pub(crate) async fn place(
    node: &Node,
    party: PartyId,
    link: LinkId,
    id: &str,
) -> Result<(), Failure> {
    change(node, party, |homes| {
        for home in homes.iter_mut() {
            home.links.remove(&link);
        }
        if id.is_empty() {
            return Ok(());
        }
        let home = homes.iter_mut().find(|home| home.id == id);
        home.ok_or_else(Failure::not_found)?.links.insert(link);
        Ok(())
    })
    .await
}

async fn change(
    node: &Node,
    party: PartyId,
    change: impl FnOnce(&mut Vec<Home>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let _turn = node.homes.turn.lock().await;
    let owner = party.to_string();
    let before = node.store.vault_of_kind(&owner, KIND).await?;
    let mut homes: Vec<Home> = match before.last() {
        Some(entry) => vaulted::read(node, entry)?,
        None => Vec::new(),
    };
    change(&mut homes)?;
    vaulted::replace(node, before, &owner, KIND, &homes).await
}

/// A name as it is kept.
///
/// # Errors
/// Nothing is left of it, or it is too long.
fn readable(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    // A name that would turn the text around it about is none.
    let is_plain = crate::pages::plain(name) == name && !name.contains('\n');
    if name.is_empty() || name.chars().count() > NAME_MAX || !is_plain {
        return Err(invalid("a name has 1 to 60 characters"));
    }
    Ok(name.to_owned())
}

fn invalid(detail: &str) -> Failure {
    Problem::new(Code::MalformedBody).with_detail(detail).into()
}

/// 72 random bits, as they stand in addresses.
fn random_id() -> String {
    base64url::encode(&random_bytes::<9>())
}
