//! Where requests come from, and how many one network may send.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assent_api::problem::Code;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::failure::Failure;
use crate::network::{Network, TrustedProxies};

/// The most networks that are remembered before those that sent nothing of late are forgotten.
const NETWORKS_MAX: usize = 100_000;
/// So many requests lie between two times that networks are forgotten.
const FORGET_EVERY: u64 = 10_000;

/// Finds out for all that follows where a request comes from.
pub(super) async fn locate(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(peer) = peer.map(|info| info.0.ip()) {
        let network = proxies.network(peer, request.headers());
        request.extensions_mut().insert(network);
    }
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for Network {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let network = parts.extensions.get::<Self>();
        network.copied().ok_or_else(|| Code::Internal.into())
    }
}

/// Counts requests by network, or not at all.
#[derive(Clone)]
pub(super) struct Limits {
    limiter: Option<Arc<DefaultKeyedRateLimiter<Network>>>,
    counted: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
}

impl Limits {
    /// So many a minute; no limit for 0. What is refused is counted.
    pub(super) fn per_minute(requests: u32, refused: Arc<AtomicU64>) -> Self {
        let limiter = NonZeroU32::new(requests)
            .map(|requests| Arc::new(RateLimiter::keyed(Quota::per_minute(requests))));
        Self {
            limiter,
            counted: Arc::default(),
            refused,
        }
    }

    fn let_pass(&self, network: Network) -> bool {
        let Some(limiter) = &self.limiter else {
            return true;
        };
        let counted = self.counted.fetch_add(1, Ordering::Relaxed);
        if counted.is_multiple_of(FORGET_EVERY) && limiter.len() > NETWORKS_MAX {
            limiter.retain_recent();
        }
        limiter.check_key(&network).is_ok()
    }
}

/// Refuses what is over the limit.
pub(super) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match request.extensions().get::<Network>() {
        Some(network) if !limits.let_pass(*network) => {
            limits.refused.fetch_add(1, Ordering::Relaxed);
            Failure::from(Code::RateLimited).into_response()
        }
        _ => next.run(request).await,
    }
}
