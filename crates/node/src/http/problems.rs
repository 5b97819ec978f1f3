//! Whatever goes wrong, the answer is a problem, or for a person with a browser a page that says
//! so in words: also where a layer or an extractor of the framework says no in words of its own.

use assent_api::problem::Code;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use crate::pages;

/// Gives every answer that is not a success the shape of a problem, with the id of the request; or
/// of a page, unless it is one already.
pub(super) async fn complete(request: Request, next: Next) -> Response {
    let reader = reads_pages(&request).then(|| request.headers().clone());
    let request_id = request.headers().get("x-request-id").cloned();
    let response = next.run(request).await;
    let is_failure = response.status().is_client_error() || response.status().is_server_error();
    if is_failure && !is_page(response.headers()) {
        completed(&response, request_id.as_ref(), reader.as_ref())
    } else {
        response
    }
}

/// Whether it is a browser that goes to a page.
fn reads_pages(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT);
    let accepts_pages = accepted
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("text/html"));
    accepts_pages && !request.uri().path().starts_with("/v1/")
}

fn is_page(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE);
    media_type.is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"))
}

fn completed(
    response: &Response,
    request_id: Option<&HeaderValue>,
    reader: Option<&HeaderMap>,
) -> Response {
    let known = response.extensions().get::<Failure>().cloned();
    let failure = known.unwrap_or_else(|| code_of(response.status()).into());
    let mut completed = match reader {
        Some(headers) => pages::failure_page(&failure, headers),
        None => failure.in_answer_to(request_id).into_response(),
    };
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
        StatusCode::FORBIDDEN => Code::Forbidden,
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
