//! Pausing, resuming, narrowing and withdrawing for a person whose keys the operator keeps.

use std::sync::Arc;

use assent_api::v1::consents::{ChangeStatus, ConsentView};
use assent_client::chain_check;
use assent_client::keys::Wallet;
use assent_client::status_chain::StatusChain;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, PartyId};

pub(crate) use assent_client::statements::change::Change;

use super::{pseudonym, refused, signer, wallet};
use crate::http::failure::Failure;
use crate::http::v1::consents;
use crate::node::Node;

/// A consent with its verified history, and the key that continues it.
struct Held<'w> {
    view: ConsentView,
    chain: StatusChain,
    key: &'w SigningKey,
}

/// Changes a consent, and with it the other record of a pair.
///
/// # Errors
/// The consent is not this person's, the change does not fit it, or the rules refuse.
pub(crate) async fn change(
    node: &Arc<Node>,
    party: PartyId,
    cr_id: ConsentId,
    change: &Change,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let body = signed(node, &wallet, cr_id, change).await?;
    consents::submit_change(node, consents::verify_change(&body)?).await?;
    Ok(())
}

/// The signed status records of a change.
pub(super) async fn signed(
    node: &Node,
    wallet: &Wallet,
    cr_id: ConsentId,
    change: &Change,
) -> Result<ChangeStatus, Failure> {
    let held = hold(node, wallet, cr_id).await?;
    let signer = signer(node);
    let signed = match held.view.counterpart {
        None => signer.change_status(&held.chain, held.key, change),
        Some(counterpart) => {
            let other = hold(node, wallet, counterpart).await?;
            // The record that was named comes first.
            let pair = [(&held.chain, held.key), (&other.chain, other.key)];
            signer.change_pair(pair, change)
        }
    };
    signed.map_err(|error| refused(&error.to_string()))
}

async fn hold<'w>(node: &Node, wallet: &'w Wallet, cr_id: ConsentId) -> Result<Held<'w>, Failure> {
    let view = consents::view(node, cr_id).await?;
    let key = &pseudonym(wallet, view.surrogate_id)?.key;
    let operator = node.operator_key.verifying_key();
    let chain = chain_check::check_own(&view, &node.chain, key.verifying_key(), operator)
        .map_err(|error| refused(&error.to_string()))?;
    Ok(Held { view, chain, key })
}
