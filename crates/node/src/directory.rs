//! The directory: which party an e-mail address leads to, by exact match, sealed to the asker.
//!
//! Known and unknown addresses are answered alike: the same status, shape and length, the same
//! reads and the same sealing, and not before a fixed time has passed. What is left of the
//! difference (a row more that is found) is far below that time.

use std::time::Duration;

use assent_api::problem::Code;
use assent_api::v1::contacts::{DirectoryEntry, DirectoryParty, LookUpAnswer};
use assent_crypto::base64url;
use assent_crypto::domains;
use assent_crypto::sealing;
use assent_exchange::collection::Piece;
use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use assent_model::machine::StateKey;
use tokio::time::Instant;

use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::http::failure::Failure;
use crate::node::Node;

/// No look-up is answered earlier, nor who asks for a link to sign in: several times what either takes.
pub(crate) const ANSWER_AFTER: Duration = Duration::from_millis(5);

/// Looks an address up for a party.
///
/// # Errors
/// The address is not one, or the asker has looked up too much.
pub async fn look_up(node: &Node, asker: PartyId, email: &str) -> Result<LookUpAnswer, Failure> {
    let begin = Instant::now();
    let address = EmailAddress::parse(email).ok_or(Code::EmailInvalid)?;
    node.contacts.look_ups.take(asker, node.clock.now())?;
    let asking = node
        .state
        .get::<Party>(&asker)
        .await?
        .ok_or_else(Failure::forbidden)?;
    let owner = contacts::owner_of(node, &address).await?;
    // An address that leads nowhere reads a party too, and past the cache, which would tell who
    // was looked up before.
    let party = read(node, owner.unwrap_or(node.operator)).await?;
    let entry = match owner {
        Some(party_id) if party.is_active() => found(party_id, party),
        _ => DirectoryEntry::NOT_FOUND,
    };
    let info = domains::SEAL_DIRECTORY.as_bytes();
    let aad = asker.to_string();
    let sealed = sealing::seal(&asking.sealing_key, info, aad.as_bytes(), &entry.padded());
    let sealed = base64url::encode(&sealed);
    tokio::time::sleep_until(begin + ANSWER_AFTER).await;
    Ok(LookUpAnswer { sealed })
}

async fn read(node: &Node, party: PartyId) -> Result<Party, Failure> {
    let key = StateKey::new(Party::KIND, party);
    let stored = node.store.state(&[key]).await?;
    let bytes = stored
        .into_iter()
        .find_map(|(_, value)| value)
        .ok_or(Code::Internal)?;
    serde_json::from_slice(&bytes).map_err(|_| Code::Internal.into())
}

fn found(party_id: PartyId, party: Party) -> DirectoryEntry {
    let party = DirectoryParty {
        party_id,
        kind: party.kind,
        custody: party.custody,
        signing_key: party.signing_key,
        sealing_key: party.sealing_key,
    };
    DirectoryEntry {
        found: true,
        party: Some(party),
    }
}
