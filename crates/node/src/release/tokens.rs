//! Authorisation tokens: at most five minutes, bound to the requester's key and to one consent.

use assent_api::v1::releases::{
    Confirmation, TOKEN_SECONDS_MAX, TOKEN_TYP, TokenAnswer, TokenClaims,
};
use assent_crypto::jws;
use assent_exchange::consent::state::{Consent, Role};
use assent_model::canonical;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::names::Jti;
use assent_model::records::release::UseAction;
use assent_model::time::Timestamp;

use super::decide::{Refusal, receipt_for, standing_refusal};
use crate::http::failure::Failure;
use crate::node::Node;

/// Issues a token for a sink's consent to the sink's provider. The receipt, of issue or refusal,
/// is durable before the answer.
///
/// # Errors
/// The consent is unknown to the caller, or not in force.
pub async fn issue(node: &Node, caller: PartyId, cr_id: ConsentId) -> Result<TokenAnswer, Failure> {
    let consent = node
        .state
        .get::<Consent>(&cr_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let Role::Sink {
        counterpart,
        source,
        ..
    } = &consent.role
    else {
        return Err(Failure::not_found());
    };
    // Whoever is not the requester learns nothing about the consent, not even that it is there.
    if consent.provider != caller {
        return Err(Failure::not_found());
    }
    let head = node.fresh_head().await?;
    let paired = node
        .state
        .get::<Consent>(counterpart)
        .await?
        .ok_or_else(Failure::not_found)?;
    let refusal = standing_refusal(node, cr_id, &consent, head.header.time)
        .or_else(|| standing_refusal(node, *counterpart, &paired, head.header.time));
    let receipt = receipt_for(
        cr_id,
        &consent,
        UseAction::TokenIssued,
        refusal,
        node.clock.now(),
    );
    node.receipts.append(&receipt).await?;
    if let Some(refusal) = refusal {
        return Err(refused(refusal));
    }
    let Role::Source { pop_key, .. } = &paired.role else {
        return Err(Failure::not_found());
    };
    let now = node.clock.now();
    let claims = TokenClaims {
        iss: node.chain.to_string(),
        aud: source.service_id,
        client_id: consent.service.service_id,
        sub: paired.surrogate.to_string(),
        cr_id,
        source_cr_id: *counterpart,
        cnf: Confirmation { jkt: *pop_key },
        iat: now.as_seconds(),
        exp: expiry(&consent, now),
        jti: Jti::random(),
    };
    let access_token = jws::sign(TOKEN_TYP, &node.token_key, &canonical::encode(&claims));
    Ok(TokenAnswer {
        access_token,
        token_type: "DPoP".into(),
        expires_in: claims.exp.saturating_sub(claims.iat),
    })
}

/// A token never outlives the consent.
fn expiry(consent: &Consent, now: Timestamp) -> u64 {
    let latest = now.as_seconds() + TOKEN_SECONDS_MAX;
    consent
        .valid_until
        .map_or(latest, |end| end.as_seconds().min(latest))
}

fn refused(refusal: Refusal) -> Failure {
    Failure::refused(refusal.code(), refusal.title())
}
