//! The code that a person goes back with, and what the service gets for it.

use assent_api::problem::Code;
use assent_api::v1::redirects::{Redeem, RedeemedConsent, RedeemedLink};
use assent_crypto::digest::Digest;
use assent_crypto::domains;
use assent_exchange::consent::state::{Consent, Request, RequestStatus};
use assent_model::ids::{PartyId, RequestId};
use serde::{Deserialize, Serialize};

use super::address::back;
use super::{CODE_LIFETIME, Pushed, Wanted, is_good, place, secret};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
const KIND: &str = "redirect-code";

/// What is kept under a code.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    pushed: Pushed,
    /// The link record that the person signed, where a link was wanted.
    record: Option<String>,
}

/// Where a person goes back to with an answer: the address carries a fresh code.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn answered(
    node: &Node,
    pushed: &Pushed,
    record: Option<String>,
) -> Result<String, Failure> {
    let code = secret();
    let kept = Kept {
        pushed: pushed.clone(),
        record,
    };
    let id = place(node, domains::REDIRECT_CODE, &code);
    let (owner, end) = (
        pushed.provider.to_string(),
        node.clock.now() + CODE_LIFETIME,
    );
    let document = vaulted::document(node, KIND, id, owner, Some(end), &kept);
    node.store.put_documents(vec![document]).await?;
    Ok(back(node, pushed, ("code", &code)))
}

/// Tells the requester what became of its request.
///
/// # Errors
/// The code is unknown, another's or spent, or the verifier is wrong.
pub(crate) async fn redeem_consent(
    node: &Node,
    provider: PartyId,
    body: &Redeem,
) -> Result<RedeemedConsent, Failure> {
    let kept = redeem(node, provider, body, |wanted| {
        matches!(wanted, Wanted::Answer(_))
    });
    match kept.await?.pushed.wanted {
        Wanted::Answer(request_id) => outcome(node, request_id).await,
        Wanted::Link { .. } => Err(Code::Internal.into()),
    }
}

async fn outcome(node: &Node, request_id: RequestId) -> Result<RedeemedConsent, Failure> {
    let request = node.state.get::<Request>(&request_id).await?;
    let (outcome, cr_id) = match request.ok_or_else(Failure::not_found)?.status {
        RequestStatus::Requested { .. } => ("requested", None),
        RequestStatus::Given { cr_id } => ("given", Some(cr_id)),
        RequestStatus::Refused => ("refused", None),
        RequestStatus::Expired => ("expired", None),
    };
    let consent = match &cr_id {
        Some(cr_id) => node.state.get::<Consent>(cr_id).await?,
        None => None,
    };
    Ok(RedeemedConsent {
        request_id,
        outcome: outcome.into(),
        cr_id,
        resource_set: consent.map(|consent| consent.resource_set.clone()),
    })
}

/// Hands out the link record that a person signed.
///
/// # Errors
/// The code is unknown, another's or spent, or the verifier is wrong.
pub(crate) async fn redeem_link(
    node: &Node,
    provider: PartyId,
    body: &Redeem,
) -> Result<RedeemedLink, Failure> {
    let kept = redeem(node, provider, body, |wanted| {
        matches!(wanted, Wanted::Link { .. })
    });
    let record = kept.await?.record.ok_or(Code::Internal)?;
    Ok(RedeemedLink { record })
}

/// Uses a code up. A wrong verifier spends it too: it is tried once.
async fn redeem(
    node: &Node,
    provider: PartyId,
    body: &Redeem,
    is_wanted: fn(&Wanted) -> bool,
) -> Result<Kept, Failure> {
    let spent = || Failure::from(Code::CodeSpent);
    let id = place(node, domains::REDIRECT_CODE, &body.code);
    let found = node.store.document(KIND, &id).await?.ok_or_else(spent)?;
    let kept: Kept = vaulted::opened(node, &found)?;
    // To others a code is one that does not exist, and stays good for its owner.
    if kept.pushed.provider != provider || !is_wanted(&kept.pushed.wanted) {
        return Err(spent());
    }
    let is_first = node.store.delete_document(KIND, &id).await?;
    if !is_first || !is_good(node, found.document.expires_at) {
        return Err(spent());
    }
    let is_long_enough = (43..=128).contains(&body.code_verifier.len());
    let challenge = Digest::of(body.code_verifier.as_bytes());
    if !is_long_enough || challenge != kept.pushed.code_challenge {
        return Err(Code::VerifierWrong.into());
    }
    Ok(kept)
}
