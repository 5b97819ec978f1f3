//! `/v1/directory`.

use std::sync::Arc;

use assent_api::v1::contacts::{LookUp, LookUpAnswer};
use axum::Router;
use axum::extract::State;
use axum::routing::post;

use crate::directory;
use crate::http::body::Answer;
use crate::http::caller::Signed;
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/directory/lookups", post(look_up))
}

async fn look_up(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<LookUp>,
) -> Result<Answer<LookUpAnswer>, Failure> {
    directory::look_up(&node, caller.party()?, &body.email)
        .await
        .map(Answer)
}
