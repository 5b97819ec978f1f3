//! `/v1/sign-in-links`.

use std::sync::Arc;

use assent_api::v1::sign_in::{AskSignInLink, SignInLink};
use axum::Router;
use axum::extract::State;
use axum::routing::post;

use crate::http::body::Answer;
use crate::http::caller::Signed;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::sign_in_link;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/sign-in-links", post(make))
}

async fn make(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<AskSignInLink>,
) -> Result<Answer<SignInLink>, Failure> {
    let here = body.here.unwrap_or_default();
    sign_in_link(&node, caller.party()?, &here)
        .await
        .map(Answer)
}
