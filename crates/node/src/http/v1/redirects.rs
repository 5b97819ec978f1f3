//! `/v1/consent-requests/{request}/redirect`, `/v1/link-requests` and what is redeemed afterwards.

use std::sync::Arc;

use assent_api::v1::redirects::{
    PushLink, PushRedirect, PushedRedirect, Redeem, RedeemedConsent, RedeemedLink,
};
use assent_model::ids::RequestId;
use axum::Router;
use axum::extract::State;
use axum::routing::post;

use crate::http::body::{Answer, Id};
use crate::http::caller::Signed;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::redirects;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/consent-requests/{request}/redirect", post(push_consent))
        .route("/consent-requests/redemptions", post(redeem_consent))
        .route("/link-requests", post(push_link))
        .route("/link-requests/redemptions", post(redeem_link))
}

async fn push_consent(
    State(node): State<Arc<Node>>,
    Id(request): Id<RequestId>,
    Signed { caller, body }: Signed<PushRedirect>,
) -> Result<Answer<PushedRedirect>, Failure> {
    redirects::push_consent(&node, caller.party()?, request, body)
        .await
        .map(Answer)
}

async fn redeem_consent(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<Redeem>,
) -> Result<Answer<RedeemedConsent>, Failure> {
    redirects::redeem_consent(&node, caller.party()?, &body)
        .await
        .map(Answer)
}

async fn push_link(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<PushLink>,
) -> Result<Answer<PushedRedirect>, Failure> {
    redirects::push_link(&node, caller.party()?, body)
        .await
        .map(Answer)
}

async fn redeem_link(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<Redeem>,
) -> Result<Answer<RedeemedLink>, Failure> {
    redirects::redeem_link(&node, caller.party()?, &body)
        .await
        .map(Answer)
}
