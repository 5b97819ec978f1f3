//! Whatever goes wrong, the answer is a problem: also where a layer or an extractor of the
//! framework says no in words of its own.

use assent_api::problem::Code;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

/// Gives every answer that is not a success the shape of a problem, with the id of the request.
pub(super) async fn complete(request: Request, next: Next) -> Response {
    let request_id = request.headers().get("x-request-id").cloned();
    let response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        completed(&response, request_id.as_ref())
    } else {
        response
    }
}

fn completed(response: &Response, request_id: Option<&HeaderValue>) -> Response {
    let known = response.extensions().get::<Failure>().cloned();
    let failure = known.unwrap_or_else(|| code_of(response.status()).into());
    let mut completed = failure.in_answer_to(request_id).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        completed
            .headers_mut()
            .insert(header::ALLOW, allowed.clone());
    }
    completed
}

/// The code of an answer that the framework gave.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::BAD_REQUEST => Code::MalformedTarget,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => Code::MalformedBody,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        _ => Code::Internal,
    }
}
