//! A small source: a service that hands out meter readings, and only what a consent covers.
//!
//! It shows what an integration has to do. It learns of consents from the node, checks each with
//! its whole history and keeps it; it holds every request against what it keeps, asks the node
//! for a decision, drops what the person did not consent to, and seals the rest.

mod archive;
mod denial;
mod service;

pub(crate) use archive::Archive;
pub(crate) use service::SourceService;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::failure::{Doing, Failure};
use denial::Denial;

/// The header of proofs of possession.
const DPOP: &str = "dpop";
/// The least time between two looks at the node, however many requests want one.
const LEARN_PAUSE: Duration = Duration::from_secs(1);

/// Answers requests for data until `stop` is ready.
pub(crate) async fn serve(
    service: Arc<SourceService>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let router = Router::new()
        .route("/data/{dataset}", get(data))
        .fallback(|| async { Denial::NothingHere })
        .with_state(service);
    let served = axum::serve(listener, router).with_graceful_shutdown(stop);
    served.await.doing("the source cannot go on listening")
}

/// Looks at the node for new and changed consents every `interval`, and sooner when a request names
/// one that may have changed. Never ends.
pub(crate) async fn keep_learning(service: Arc<SourceService>, interval: Duration) {
    loop {
        if let Err(failure) = service.learn().await {
            tracing::warn!(failure = failure.line(), "consents could not be learned");
        }
        if let Err(failure) = service.acknowledge_ends().await {
            tracing::warn!(failure = failure.line(), "an end could not be acknowledged");
        }
        tokio::time::sleep(LEARN_PAUSE).await;
        let rest = interval.saturating_sub(LEARN_PAUSE);
        // Whether the time is over or somebody wants it: both are a reason to look.
        let _ = tokio::time::timeout(rest, service.wanted()).await;
    }
}

async fn data(
    State(service): State<Arc<SourceService>>,
    Path(dataset): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Denial> {
    let dataset = dataset.parse().map_err(|_| Denial::NothingHere)?;
    let authorization = only(&headers, header::AUTHORIZATION.as_str());
    let dpop = only(&headers, DPOP);
    let document = service.release(authorization, dpop, &dataset).await?;
    let body = serde_json::to_vec(&document).map_err(|_| Denial::Failed)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// The value of a header that is there once; two are as good as none.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default(),
        _ => "",
    }
}
