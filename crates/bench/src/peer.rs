//! The hidden command `peer`: a server that reads the same requests as `POST /v1/decisions`, checks
//! the same signature on each, and does nothing else.

use std::sync::Arc;

use assent_api::v1::releases::{Decide, DecisionRequest};
use assent_crypto::jws::Unverified;
use assent_crypto::signature::VerifyingKey;
use assent_model::statement::{Content as _, STATEMENT_BYTES_MAX};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Outcome;
use crate::child::{Listening, until_input_ends};

/// Serves until standard input ends. All requests are signed with this key, a JWK.
pub(crate) fn run(key: &str) -> Outcome<()> {
    let key: VerifyingKey = serde_json::from_str(key)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(key))
}

async fn serve(key: VerifyingKey) -> Outcome<()> {
    let app = Router::new()
        .route("/v1/decisions", post(decide))
        .with_state(Arc::new(key));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(axum::serve(listener, app).into_future());
    until_input_ends(&Listening { address }).await?;
    server.abort();
    Ok(())
}

async fn decide(
    State(key): State<Arc<VerifyingKey>>,
    Json(body): Json<Decide>,
) -> Result<Json<Value>, StatusCode> {
    let request = Unverified::parse(&body.request, STATEMENT_BYTES_MAX);
    let verified = request.and_then(|request| request.verify(DecisionRequest::TYP, &key));
    verified.map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(Json(json!({ "allowed": true })))
}
