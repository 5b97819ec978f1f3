//! How many requests one network address may send.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use assent_api::problem::Code;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::failure::Failure;

/// Counts requests by address, or not at all.
#[derive(Clone)]
pub(super) struct Limits(Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>);

impl Limits {
    /// So many a minute; no limit for 0.
    pub(super) fn per_minute(requests: u32) -> Self {
        Self(
            NonZeroU32::new(requests)
                .map(|requests| Arc::new(RateLimiter::keyed(Quota::per_minute(requests)))),
        )
    }
}

/// Refuses what is over the limit.
pub(super) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let Some(limiter) = limits.0 else {
        return next.run(request).await;
    };
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    match address {
        Some(address) if limiter.check_key(&address).is_err() => {
            Failure::from(Code::RateLimited).into_response()
        }
        _ => next.run(request).await,
    }
}
