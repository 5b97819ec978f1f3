//! `/v1/accounts`.

use std::sync::Arc;

use assent_api::v1::accounts::{
    AccountExport, AddPseudonym, ConfirmLostKey, EraseAccount, Erased, LostKeyStarted,
    PseudonymAdded, PseudonymList, StartLostKey, Stopped,
};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use super::account_export;
use crate::accounts::{self, lost_key};
use crate::erasure;
use crate::http::body::{Answer, Body};
use crate::http::caller::{Caller, Signed};
use crate::http::failure::Failure;
use crate::network::Network;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/accounts/pseudonyms", get(list).post(add))
        .route("/accounts/export", get(export))
        .route("/accounts/erasure", post(erase))
        .route("/accounts/lost-key/start", post(start_lost_key))
        .route("/accounts/lost-key/confirm", post(confirm_lost_key))
}

async fn add(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<AddPseudonym>,
) -> Result<Answer<PseudonymAdded>, Failure> {
    accounts::add(&node, caller.party()?, &body.statement)
        .await
        .map(Answer)
}

async fn list(
    State(node): State<Arc<Node>>,
    caller: Caller,
) -> Result<Answer<PseudonymList>, Failure> {
    let pseudonyms = accounts::pseudonyms(&node, caller.party()?).await?;
    Ok(Answer(PseudonymList { pseudonyms }))
}

async fn export(
    State(node): State<Arc<Node>>,
    caller: Caller,
) -> Result<Answer<AccountExport>, Failure> {
    account_export::export(&node, caller.party()?)
        .await
        .map(Answer)
}

async fn erase(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<EraseAccount>,
) -> Result<Answer<Erased>, Failure> {
    erasure::erase(&node, caller.party()?, &body)
        .await
        .map(Answer)
}

async fn start_lost_key(
    State(node): State<Arc<Node>>,
    network: Network,
    Body(body): Body<StartLostKey>,
) -> Result<Answer<LostKeyStarted>, Failure> {
    lost_key::start(&node, network, &body).map(Answer)
}

async fn confirm_lost_key(
    State(node): State<Arc<Node>>,
    Body(body): Body<ConfirmLostKey>,
) -> Result<Answer<Stopped>, Failure> {
    lost_key::confirm(&node, &body).await.map(Answer)
}
