//! Keyrings: the keys of people who keep them, encrypted on their devices before they come here. The
//! node keeps what it cannot open, so that a person's devices have the same keys and a lost device
//! loses none.
//!
//! A keyring is a sealed body of the vault like any other personal body: erased with the account, and
//! part of its export. Each time that it is kept it is a new body, and the one before is erased, so
//! that what a device was taken off from does not linger.

mod bounds;
pub mod passes;
mod telling;
mod waiting;

use std::time::Duration;

use assent_api::problem::Code;
use assent_api::v1::keyring::{KeptKeyring, Keyring, Wrapping};
use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_storage::{StoreError, VaultEntry};
use tokio::sync::Mutex;

use passes::Passes;
pub use telling::opens_anew;
pub use waiting::WaitingRoom;

use crate::contacts::allowance::Allowance;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the bodies.
const KIND: &str = "keyring";
/// How often, and after which pause, readers are asked again to let go of what is erased.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// What the node remembers about keyrings.
#[derive(Debug)]
pub struct Keyrings {
    /// Devices that wait for keys.
    pub waiting: WaitingRoom,
    /// What devices without keys at other sites have in place of a session.
    pub passes: Passes,
    by_party: Allowance<PartyId>,
    /// One change at a time.
    turn: Mutex<()>,
}

impl Keyrings {
    /// Nothing is used up.
    pub fn new() -> Self {
        Self {
            waiting: WaitingRoom::new(),
            passes: Passes::default(),
            by_party: Allowance::new(240, Span::from_minutes(60)),
            turn: Mutex::default(),
        }
    }
}

impl Default for Keyrings {
    fn default() -> Self {
        Self::new()
    }
}

/// The keyring of a party, if it has one.
///
/// # Errors
/// The store cannot be read.
pub async fn of(node: &Node, party: PartyId) -> Result<Option<KeptKeyring>, Failure> {
    let bodies = bodies(node, party).await?;
    let Some((revision, newest)) = bodies.last() else {
        return Ok(None);
    };
    let kept = read(node, newest)?;
    Ok(Some(KeptKeyring {
        revision: *revision,
        keyring: kept.keyring,
        wrappings: kept.wrappings,
    }))
}

fn read(node: &Node, body: &VaultEntry) -> Result<Keyring, Failure> {
    let opened = vaulted::open(node, body)?;
    serde_json::from_slice(&opened).map_err(|_| Code::Internal.into())
}

/// Keeps a keyring, if `is_seen` says of the revision that there is (0 where there is none) that it
/// is the one that the caller has seen, and `is_due` of what opened it before that the caller may
/// change that. The new revision.
///
/// # Errors
/// The keyring is out of bounds, comes too often, another device was faster, or the store does not
/// take writes.
pub async fn keep(
    node: &Node,
    party: PartyId,
    keyring: &Keyring,
    is_seen: impl FnOnce(u64) -> Result<(), Failure>,
    is_due: impl FnOnce(&[Wrapping]) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    bounds::check(keyring)?;
    let content = serde_json::to_vec(keyring).expect("a keyring has a JSON form");
    let _turn = node.keyrings.turn.lock().await;
    let before = bodies(node, party).await?;
    let revision = before.last().map_or(0, |(revision, _)| *revision);
    is_seen(revision)?;
    let opened_by = match before.last() {
        Some((_, newest)) => read(node, newest)?.wrappings,
        None => Vec::new(),
    };
    is_due(&opened_by)?;
    let now = node.clock.now();
    node.keyrings.by_party.take(party, now)?;
    let (owner, next) = (party.to_string(), revision + 1);
    let id = format!("{owner}/{KIND}/{next}");
    vaulted::put(node, id, owner, KIND, &content).await?;
    // What a crash before this leaves behind is older, and cleared away the next time.
    let stale: Vec<String> = before.into_iter().map(|(_, body)| body.id).collect();
    shred(node, &stale).await?;
    for wrapping in &keyring.wrappings {
        node.keyrings.waiting.leave(party, &wrapping.id, now);
    }
    telling::tell(node, party, &opened_by, &keyring.wrappings).await?;
    Ok(next)
}

/// The bodies of a party's keyring with their revisions, oldest first. More than one only after a
/// crash.
async fn bodies(node: &Node, party: PartyId) -> Result<Vec<(u64, VaultEntry)>, Failure> {
    let entries = node.store.vault_of(&party.to_string()).await?;
    let revised = |entry: VaultEntry| {
        let revision = entry
            .id
            .rsplit('/')
            .next()
            .and_then(|text| text.parse().ok());
        revision
            .map(|revision| (revision, entry))
            .ok_or_else(|| Code::Internal.into())
    };
    let mut bodies = entries
        .into_iter()
        .filter(|entry| entry.kind == KIND)
        .map(revised)
        .collect::<Result<Vec<_>, Failure>>()?;
    bodies.sort_by_key(|(revision, _)| *revision);
    Ok(bodies)
}

/// Erases what came before. Where readers hold on to it, the next change or the erasure of the account
/// does: the keyring is kept in any case.
async fn shred(node: &Node, stale: &[String]) -> Result<(), Failure> {
    if stale.is_empty() {
        return Ok(());
    }
    for _ in 1..TRIES {
        match node.store.vault_erase_ids(stale).await {
            Err(StoreError::Busy) => tokio::time::sleep(PAUSE).await,
            done => return Ok(done?),
        }
    }
    match node.store.vault_erase_ids(stale).await {
        Err(StoreError::Busy) => Ok(()),
        done => Ok(done?),
    }
}
