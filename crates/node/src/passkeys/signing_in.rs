//! Signing in with a passkey: no address is typed, the authenticator says whose it is.

use assent_api::problem::Code;
use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use assent_storage::StoredDocument;
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, PublicKeyCredential, WebauthnError,
};

use super::keeping::{self, KIND, Kept};
use super::{handle_of, id_of, refused};
use crate::http::failure::Failure;
use crate::mail::{self, catalogue::Letter};
use crate::node::Node;
use crate::vaulted;

/// Begins to sign somebody in: what the browser is asked, the same for everybody, and what is kept
/// until it answers.
///
/// # Errors
/// There are no passkeys here.
pub(crate) fn begin(node: &Node) -> Result<(Value, DiscoverableAuthentication), Failure> {
    let begun = node.passkeys.site()?.start_discoverable_authentication();
    let (mut asked, state) = begun.map_err(|error| refused(&error))?;
    // A button was pressed: the browser shows its own choice, and waits for no field to be filled in.
    asked.mediation = None;
    let asked = serde_json::to_value(asked).expect("options have a JSON form");
    Ok((asked, state))
}

/// The party whose passkey has answered.
///
/// # Errors
/// The answer is not one to what was asked, nobody has this passkey, it is stopped, or the store does
/// not take writes.
pub(crate) async fn recognise(
    node: &Node,
    state: DiscoverableAuthentication,
    answer: &PublicKeyCredential,
) -> Result<PartyId, Failure> {
    let site = node.passkeys.site()?;
    let said = site.identify_discoverable_authentication(answer);
    let (handle, credential) = said.map_err(|error| refused(&error))?;
    let unknown = || Failure::from(Code::PasskeyRefused);
    let found = node.store.document(KIND, &id_of(node, credential)).await?;
    let stored = found.ok_or_else(unknown)?;
    let party: PartyId = stored.document.owner.parse().map_err(|_| Code::Internal)?;
    let kept: Kept = vaulted::opened(node, &stored)?;
    if handle != handle_of(node, party) {
        return Err(unknown());
    }
    let result = site.finish_discoverable_authentication_v2(answer, state, &kept.passkey);
    settle(node, party, &stored, kept, result).await?;
    let party_now = node.state.get::<Party>(&party).await?;
    if party_now.is_some_and(|party| party.is_active()) {
        Ok(party)
    } else {
        Err(unknown())
    }
}

/// Keeps the new count of the authenticator. One that does not rise means that somebody else counts
/// as well: the passkey signs in no more, and the person is told (section 6.1.1 of the standard).
async fn settle(
    node: &Node,
    party: PartyId,
    stored: &StoredDocument,
    mut kept: Kept,
    result: Result<AuthenticationResult, WebauthnError>,
) -> Result<(), Failure> {
    match result {
        Ok(_) if kept.stopped => Err(Code::PasskeyStopped.into()),
        Ok(result) => {
            kept.passkey.update_credential(&result);
            kept.used_at = Some(node.clock.now());
            if keeping::change(node, stored, &kept).await? {
                Ok(())
            } else {
                Err(Code::PasskeyRefused.into())
            }
        }
        Err(WebauthnError::CredentialPossibleCompromise) => {
            let was_stopped = std::mem::replace(&mut kept.stopped, true);
            if !was_stopped && keeping::change(node, stored, &kept).await? {
                mail::write_to(node, party, Letter::PasskeyStopped).await?;
            }
            Err(Code::PasskeyStopped.into())
        }
        Err(error) => Err(refused(&error)),
    }
}
