//! How many requests one network address may send.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assent_api::problem::Code;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::failure::Failure;

/// Counts requests by address, or not at all.
#[derive(Clone)]
pub(super) struct Limits {
    limiter: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
    refused: Arc<AtomicU64>,
}

impl Limits {
    /// So many a minute; no limit for 0. What is refused is counted.
    pub(super) fn per_minute(requests: u32, refused: Arc<AtomicU64>) -> Self {
        let limiter = NonZeroU32::new(requests)
            .map(|requests| Arc::new(RateLimiter::keyed(Quota::per_minute(requests))));
        Self { limiter, refused }
    }
}

/// Refuses what is over the limit.
pub(super) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let Some(limiter) = limits.limiter else {
        return next.run(request).await;
    };
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    match address {
        Some(address) if limiter.check_key(&address).is_err() => {
            limits.refused.fetch_add(1, Ordering::Relaxed);
            Failure::from(Code::RateLimited).into_response()
        }
        _ => next.run(request).await,
    }
}
