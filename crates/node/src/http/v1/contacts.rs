//! `/v1/contacts`.

use std::sync::Arc;

use assent_api::v1::contacts::{
    AskContact, CodeSent, ConfirmContact, ContactConfirmed, ContactView,
};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use crate::contacts;
use crate::http::body::Answer;
use crate::http::caller::{Caller, Signed};
use crate::http::failure::Failure;
use crate::network::Network;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/contacts", get(own).post(ask))
        .route("/contacts/confirmations", post(confirm))
}

async fn ask(
    State(node): State<Arc<Node>>,
    network: Network,
    Signed { caller, body }: Signed<AskContact>,
) -> Result<Answer<CodeSent>, Failure> {
    contacts::ask(&node, network, caller.party()?, &body.email, &body.language).map(Answer)
}

async fn confirm(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<ConfirmContact>,
) -> Result<Answer<ContactConfirmed>, Failure> {
    contacts::confirm(&node, caller.party()?, &body.code)
        .await
        .map(Answer)
}

async fn own(
    State(node): State<Arc<Node>>,
    caller: Caller,
) -> Result<Answer<ContactView>, Failure> {
    let contact = contacts::contact_of(&node, caller.party()?).await?;
    contact.map(Answer).ok_or_else(Failure::not_found)
}
