//! What is logged and counted of each request: method, route and status. Never a path with ids
//! in it, a query, a header or a body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs and counts a request.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let request_id = request.headers().get("x-request-id").cloned();
    let begin = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let elapsed = begin.elapsed();
    metrics::counter!("assent_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("assent_request_seconds", "route" => route.clone())
        .record(elapsed.as_secs_f64());
    tracing::info!(
        method = %method,
        route,
        status,
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        request_id = request_id.as_ref().and_then(|id| id.to_str().ok()),
        "request"
    );
    response
}

/// Forgets the id that a caller gave its request, unless it is a UUID: ids stand in logs, where
/// nothing of a caller's own making belongs.
pub(super) async fn forget_other_ids(mut request: Request) -> Request {
    let id = request.headers().get("x-request-id");
    if id.is_some_and(|id| !is_uuid(id.as_bytes())) {
        request.headers_mut().remove("x-request-id");
    }
    request
}

fn is_uuid(id: &[u8]) -> bool {
    let is_in_place = |(place, byte): (usize, &u8)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.iter().enumerate().all(is_in_place)
}
