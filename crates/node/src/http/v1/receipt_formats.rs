//! `/v1/consents/{consent}/receipt`.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::request_proof::Actor;
use assent_api::v1::receipt_formats::ReceiptFormat;
use assent_exchange::consent::state::Consent;
use assent_model::ids::ConsentId;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::exports::receipts;
use crate::http::body::Id;
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/consents/{consent}/receipt", get(receipt))
}

#[derive(Debug, Deserialize)]
struct FormatQuery {
    format: ReceiptFormat,
}

/// For the pseudonym that gave the consent and for the provider of the service.
async fn receipt(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<ConsentId>,
    query: Result<Query<FormatQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::from(Code::MalformedTarget))?;
    let consent = node
        .state
        .get::<Consent>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let may_read = [
        Actor::Surrogate(consent.surrogate),
        Actor::Party(consent.provider),
    ];
    if !may_read.contains(&caller.0) {
        return Err(Failure::not_found());
    }
    let receipt = receipts::receipt(&node, id, &consent, query.format).await?;
    Ok(([(header::CONTENT_TYPE, receipt.media_type)], receipt.body).into_response())
}
