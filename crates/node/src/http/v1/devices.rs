//! `/v1/accounts/devices`.

use std::sync::Arc;

use assent_api::v1::devices::{DeviceWaits, WaitForKeys, WaitingDevices};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};

use crate::http::body::Answer;
use crate::http::failure::Failure;
use crate::http::page_caller::{PartyCaller, SentByParty};
use crate::node::Node;
use crate::pages;

pub(super) fn routes(node: &Arc<Node>) -> Router<Arc<Node>> {
    Router::new()
        .route("/accounts/devices", get(list).post(wait))
        .route("/accounts/devices/{device}", delete(leave))
        .layer(pages::sessions(node))
}

async fn wait(
    State(node): State<Arc<Node>>,
    sent: SentByParty<WaitForKeys>,
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
    PartyCaller(party): PartyCaller,
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
