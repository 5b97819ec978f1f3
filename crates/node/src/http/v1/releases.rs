//! `/v1/tokens`, `/v1/decisions`, `/v1/receipts`.

use std::sync::Arc;

use assent_api::v1::releases::{
    Decide, Decision, ReceiptView, ReportUse, TokenAnswer, TokenRequest,
};
use assent_model::statement;
use axum::Router;
use axum::extract::State;
use axum::routing::post;

use crate::http::body::{Answer, Body};
use crate::http::caller::Signed;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::{decide, tokens};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/tokens", post(token))
        .route("/decisions", post(decision))
        .route("/receipts", post(receipt))
}

async fn token(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<TokenRequest>,
) -> Result<Answer<TokenAnswer>, Failure> {
    tokens::issue(&node, caller.party()?, body.cr_id)
        .await
        .map(Answer)
}

async fn decision(
    State(node): State<Arc<Node>>,
    Body(body): Body<Decide>,
) -> Result<Answer<Decision>, Failure> {
    let request = statement::verify(&body.request)?;
    decide::decide(&node, &request).await.map(Answer)
}

async fn receipt(
    State(node): State<Arc<Node>>,
    Body(body): Body<ReportUse>,
) -> Result<Answer<ReceiptView>, Failure> {
    let report = statement::verify(&body.report)?;
    let receipt = decide::report_use(&node, &report).await?;
    Ok(Answer(ReceiptView { receipt }))
}
