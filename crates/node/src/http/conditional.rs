//! Conditional requests (RFC 9110, section 13): `ETag` on what can change, `If-None-Match`,
//! `If-Match`.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

/// How many bytes of a digest make a tag.
const TAG_BYTES: usize = 16;

/// Tags answers with JSON that have no tag yet, and answers 304 to who has the newest one. The
/// tag is weak and made from the answer itself: what is shown of a thing can change without its
/// records (an acknowledgement is missed, a caller may see more), so no part of it would do.
pub(super) async fn tag(request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !is_get || response.status() != StatusCode::OK || !is_json(response.headers()) {
        return response;
    }
    let tagged = if response.headers().contains_key(header::ETAG) {
        Ok(response)
    } else {
        with_tag(response).await
    };
    let response = match tagged {
        Ok(response) => response,
        Err(failure) => return failure.into_response(),
    };
    let tag = &response.headers()[header::ETAG];
    if known.is_some_and(|known| names(&known, tag, Comparison::Weak)) {
        let tag = tag.clone();
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json")
}

async fn with_tag(response: Response) -> Result<Response, Failure> {
    let (mut parts, body) = response.into_parts();
    // A body of our own, and in memory already.
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Failure::from(Code::Internal))?;
    let digest = Digest::of(&body);
    let tag = format!(
        "W/\"{}\"",
        base64url::encode(&digest.as_bytes()[..TAG_BYTES])
    );
    let tag = HeaderValue::from_str(&tag).expect("a tag is visible ASCII");
    parts.headers.insert(header::ETAG, tag);
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Refuses a change of something that is not as the caller saw it. Who names no tag wants the
/// change in any case.
///
/// # Errors
/// `If-Match` names other tags than the one that `current` is.
pub(super) fn check_if_match(headers: &HeaderMap, current: &str) -> Result<(), Failure> {
    let current = HeaderValue::from_str(current).map_err(|_| Failure::from(Code::Internal))?;
    match headers.get(header::IF_MATCH) {
        Some(wanted) if !names(wanted, &current, Comparison::Strong) => {
            Err(Code::PreconditionFailed.into())
        }
        _ => Ok(()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Weak,
    Strong,
}

/// Whether a list of tags has this one in it, or is `*`.
fn names(list: &HeaderValue, tag: &HeaderValue, comparison: Comparison) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else {
        return false;
    };
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    list.split(',')
        .map(str::trim)
        .any(|listed| match comparison {
            _ if listed == "*" => true,
            Comparison::Weak => opaque(listed) == opaque(tag),
            Comparison::Strong => listed == tag && !tag.starts_with("W/"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &'static str, tag: &'static str, comparison: Comparison, expected: bool) {
        let names = names(
            &HeaderValue::from_static(list),
            &HeaderValue::from_static(tag),
            comparison,
        );
        assert_eq!(names, expected, "{list} {tag} {comparison:?}");
    }

    #[test]
    fn tags_are_compared_as_rfc_9110_says() {
        for (list, tag, strong, weak) in [
            ("\"1\"", "\"1\"", true, true),
            ("\"1\"", "\"2\"", false, false),
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "W/\"1\"", false, true),
            ("\"2\", W/\"1\"", "W/\"1\"", false, true),
            ("\"2\",\"1\"", "\"1\"", true, true),
            ("*", "\"1\"", true, true),
            ("*", "W/\"1\"", true, true),
            ("1", "\"1\"", false, false),
            ("", "\"1\"", false, false),
        ] {
            check(list, tag, Comparison::Strong, strong);
            check(list, tag, Comparison::Weak, weak);
        }
    }
}
