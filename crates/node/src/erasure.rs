//! Erasing an account: everything about a person that is not on the ledger. What is on the ledger
//! names nobody, and every signature there still verifies.

use std::time::Duration;

use assent_api::problem::{Code, FieldError, Problem};
use assent_api::v1::accounts::{EraseAccount, Erased};
use assent_exchange::consent::state::Consent;
use assent_model::ids::{ConsentId, PartyId};
use assent_storage::StoreError;

use crate::accounts::{self, Belongings};
use crate::contacts;
use crate::homes;
use crate::hosted;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::notifications;
use crate::pages;

/// How often, and after which pause, readers are asked again to let go of what is erased.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Erases the account of a party. Can be called again where it was cut short.
///
/// # Errors
/// The confirmation names another party, consents have not ended, or the store does not take
/// writes.
pub async fn erase(node: &Node, party: PartyId, body: &EraseAccount) -> Result<Erased, Failure> {
    if body.party_id != party {
        return Err(Code::ConfirmationMismatch.into());
    }
    let belongings = accounts::belongings(node, party).await?;
    check_ended(node, &belongings).await?;
    hosted::unpair_all(node, party).await?;
    contacts::forget(node, party).await?;
    pages::forget(node, party).await?;
    node.keyrings.waiting.forget(party);
    node.keyrings.passes.forget(party);
    homes::forget(node, party).await?;
    notifications::forget(node, party).await?;
    let mut bodies = 0;
    // The party's own bodies come last: they say which pseudonyms it has.
    let owners = belongings.surrogates.iter().map(ToString::to_string);
    for owner in owners.chain([party.to_string()]) {
        bodies += node.store.vault_of(&owner).await?.len() as u64;
        shred(node, &owner).await?;
    }
    node.holdings.forget(party);
    Ok(Erased { bodies })
}

async fn check_ended(node: &Node, belongings: &Belongings) -> Result<(), Failure> {
    let mut open = Vec::new();
    for cr_id in &belongings.consents {
        let consent = node
            .state
            .get::<Consent>(cr_id)
            .await?
            .ok_or(Code::Internal)?;
        if !consent.has_ended(node.clock.now()) {
            open.push(*cr_id);
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(still_open(&open))
    }
}

/// Names the consents that have to end first.
fn still_open(consents: &[ConsentId]) -> Failure {
    let error = |cr_id: &ConsentId| FieldError {
        pointer: String::new(),
        detail: cr_id.to_string(),
    };
    let errors = consents.iter().map(error).collect();
    Problem {
        errors,
        ..Problem::new(Code::ErasureConsentsActive)
    }
    .into()
}

async fn shred(node: &Node, owner: &str) -> Result<(), Failure> {
    for _ in 1..TRIES {
        match node.store.vault_erase(owner).await {
            Err(StoreError::Busy) => tokio::time::sleep(PAUSE).await,
            done => return Ok(done?),
        }
    }
    Ok(node.store.vault_erase(owner).await?)
}
