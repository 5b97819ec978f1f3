//! `/v1/log`: the log for foreign eyes.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::v1::ledger::EntryView;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::history::audit_path;
use crate::http::body::{Answer, Id};
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/entries/{index}", get(entry))
}

async fn checkpoint(State(node): State<Arc<Node>>) -> Response {
    let checkpoint = node.head.borrow().checkpoint.to_string();
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        checkpoint,
    )
        .into_response()
}

async fn entry(
    State(node): State<Arc<Node>>,
    Id(index): Id<u64>,
) -> Result<Answer<EntryView>, Failure> {
    let head = node.head.borrow().clone();
    if index >= head.header.log_size {
        return Err(Failure::not_found());
    }
    let entry = node
        .store
        .entry(index)
        .await?
        .ok_or_else(Failure::not_found)?;
    let proof = audit_path(&node, index, head.header.log_size).await?;
    let leaf = String::from_utf8(entry.bytes);
    Ok(Answer(EntryView {
        index,
        leaf: leaf.map_err(|_| Failure::from(Code::Internal))?,
        proof,
        checkpoint: head.checkpoint.to_string(),
    }))
}
