//! `/v1/accounts/devices`, and the passes of devices without keys.

use std::sync::Arc;

use assent_api::v1::devices::{
    AskPass, ConfirmPass, DevicePass, DeviceWaits, PassAsked, WaitForKeys, WaitingDevices,
};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};

use crate::http::body::{Answer, Body};
use crate::http::failure::Failure;
use crate::http::page_caller::{DeviceCaller, PartyCaller, SentByDevice};
use crate::keyrings::passes;
use crate::network::Network;
use crate::node::Node;
use crate::pages;

pub(super) fn routes(node: &Arc<Node>) -> Router<Arc<Node>> {
    Router::new()
        .route("/accounts/devices", get(list).post(wait))
        .route("/accounts/devices/{device}", delete(leave))
        .route("/accounts/passes", post(ask_pass))
        .route("/accounts/passes/confirmations", post(confirm_pass))
        .layer(pages::sessions(node))
}

async fn wait(
    State(node): State<Arc<Node>>,
    sent: SentByDevice<WaitForKeys>,
) -> Result<Answer<DeviceWaits>, Failure> {
    let waiting = &node.keyrings.waiting;
    let expires_at = waiting.enter(sent.party, sent.body, node.clock.now())?;
    Ok(Answer(DeviceWaits { expires_at }))
}

async fn list(
    State(node): State<Arc<Node>>,
    PartyCaller(party): PartyCaller,
) -> Result<Answer<WaitingDevices>, Failure> {
    let devices = node.keyrings.waiting.of(party, node.clock.now());
    Ok(Answer(WaitingDevices { devices }))
}

async fn leave(
    State(node): State<Arc<Node>>,
    DeviceCaller(party): DeviceCaller,
    Path(device): Path<String>,
) -> Result<StatusCode, Failure> {
    if node
        .keyrings
        .waiting
        .leave(party, &device, node.clock.now())
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::not_found())
    }
}

async fn ask_pass(
    State(node): State<Arc<Node>>,
    network: Network,
    Body(body): Body<AskPass>,
) -> Result<Answer<PassAsked>, Failure> {
    passes::ask(&node, network, &body).map(Answer)
}

async fn confirm_pass(
    State(node): State<Arc<Node>>,
    Body(body): Body<ConfirmPass>,
) -> Result<Answer<DevicePass>, Failure> {
    passes::confirm(&node, &body).await.map(Answer)
}
