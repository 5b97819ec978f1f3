//! All routes, and what holds for every request.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use assent_api::problem::Code;
use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::conditional::tag;
use super::failure::Failure;
use super::idempotency::{Idempotency, once};
use super::observe::{forget_other_ids, observe};
use super::problems::complete;
use super::rate::{Limits, limit, locate};
use super::{openapi, pages, v1};
use crate::node::Node;
use crate::pages as pages_for_people;
use crate::streams::records::UPLOAD_BYTES_MAX;

/// No request runs longer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Names a request in answers and logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Pages load nothing from elsewhere and run nothing that is not ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'";

/// What scripts of other sites may send and read: all of `/v1` and nothing else, and never with a
/// cookie. Who calls from elsewhere signs a proof, as every program does.
fn other_origins() -> CorsLayer {
    let of_the_api = |_: &HeaderValue, request: &Parts| request.uri.path().starts_with("/v1/");
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(of_the_api))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("dpop"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            REQUEST_ID,
        ])
        .max_age(Duration::from_hours(1))
}

/// A bug ends the request that met it and nothing else. What it has to say is for nobody outside.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request ends with a bug");
    Failure::from(Code::Internal).into_response()
}

/// The whole API of a node.
pub fn router(node: Arc<Node>) -> Router {
    let body_bytes_max = node.config.body_bytes_max;
    let proxies = node.config.trusted_proxies.clone();
    let limits = Limits::per_minute(
        node.config.requests_per_minute,
        Arc::clone(&node.requests_refused),
    );
    let fixed =
        |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let uploads = Router::new()
        .nest("/v1", v1::relay::uploads())
        .with_state(Arc::clone(&node))
        .layer(RequestBodyLimitLayer::new(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/openapi.json", get(openapi::openapi))
        .route("/problems", get(pages::problems))
        .route("/problems/{code}", get(pages::problem))
        .merge(pages_for_people::routes(&node))
        .nest("/v1", v1::routes(&node))
        .fallback(|| async { Failure::not_found() })
        .method_not_allowed_fallback(|| async { Failure::from(Code::MethodNotAllowed) })
        .with_state(Arc::clone(&node))
        .layer(from_fn_with_state(Idempotency::new(node), once))
        .layer(from_fn(tag))
        .layer(RequestBodyLimitLayer::new(body_bytes_max))
        .merge(uploads)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(limits, limit))
        .layer(from_fn_with_state(proxies, locate))
        .layer(from_fn(complete))
        .layer(other_origins())
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(from_fn(observe))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(map_request(forget_other_ids))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use tower::ServiceExt as _;

    use super::*;

    /// Attack: find a request that meets a bug. It is answered like any other, without a word of it.
    #[tokio::test]
    async fn a_bug_tells_nothing_and_ends_one_request() {
        async fn buggy() -> &'static str {
            panic!("ann@example.org was not expected here")
        }
        let router: Router = Router::new()
            .route("/buggy", get(buggy))
            .route("/good", get(|| async { "good" }))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(complete));
        for (path, status) in [("/buggy", 500), ("/good", 200), ("/buggy", 500)] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            let body = to_bytes(answer.into_body(), 4096).await.expect("a body");
            let body = String::from_utf8(body.to_vec()).expect("text");
            assert!(!body.contains("ann@") && !body.contains("panic"), "{body}");
            assert_eq!(
                body.contains("\"code\":\"internal\""),
                status == 500,
                "{body}"
            );
        }
    }
}
