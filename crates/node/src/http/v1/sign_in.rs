//! `/v1/sign-in-links` and `/v1/sign-in-bindings`.

use std::sync::Arc;

use assent_api::v1::sign_in::{AskSignInLink, BindingList, BindingMade, NewBinding, SignInLink};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};

use crate::http::body::Answer;
use crate::http::caller::{Caller, Signed};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::sign_in_link;
use crate::providers::bindings;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/sign-in-links", post(make))
        .route("/sign-in-bindings", get(list).post(bind))
        .route("/sign-in-bindings/{binding}", delete(unbind))
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

async fn bind(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<NewBinding>,
) -> Result<Answer<BindingMade>, Failure> {
    let binding_id = bindings::bind(&node, caller.party()?, body).await?;
    Ok(Answer(BindingMade { binding_id }))
}

async fn list(
    State(node): State<Arc<Node>>,
    caller: Caller,
) -> Result<Answer<BindingList>, Failure> {
    let bindings = bindings::list(&node, caller.party()?).await?;
    Ok(Answer(BindingList { bindings }))
}

async fn unbind(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Path(binding): Path<String>,
) -> Result<StatusCode, Failure> {
    bindings::unbind(&node, caller.party()?, &binding).await?;
    Ok(StatusCode::NO_CONTENT)
}
