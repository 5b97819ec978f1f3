//! `Idempotency-Key` on POST (draft-ietf-httpapi-idempotency-key-header-07): the same request
//! again gets the same answer for 24 hours, and is not made twice.
//!
//! A key belongs to a method, a target and a caller. Only successes are kept: a refused request
//! has changed nothing and is decided anew. Answers are encrypted at rest. Nothing is kept for browsers:
//! what a cookie says is for the pages to find out, and one person's answer is never another's.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assent_api::problem::Code;
use assent_api::request_proof::Actor;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_model::time::Span;
use assent_storage::StoreError;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::{body, caller};
use crate::node::Node;
use crate::vaulted;

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KIND: &str = "idempotency";
/// How long an answer is kept.
const KEPT_FOR: Span = Span::from_days(1);
/// The longest key, in characters.
const KEY_LENGTH_MAX: usize = 255;
/// The longest answer that is kept, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What stands for itself once only: a proof or statement that is good for one answer.
const EXEMPT: &[&str] = &["/v1/tokens", "/v1/decisions"];
/// The headers that are kept with an answer.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// The keys of requests that are still running.
#[derive(Clone)]
pub(super) struct Idempotency {
    node: Arc<Node>,
    running: Running,
}

#[derive(Debug, Clone, Default)]
struct Running(Arc<Mutex<BTreeSet<String>>>);

/// A key in use until this is dropped.
struct InUse {
    running: Running,
    name: String,
}

impl Running {
    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, name: &str) -> Option<InUse> {
        let is_free = self.names().insert(name.to_owned());
        is_free.then(|| InUse {
            running: self.clone(),
            name: name.to_owned(),
        })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.running.names().remove(&self.name);
    }
}

impl Idempotency {
    /// No request is running.
    pub(super) fn new(node: Arc<Node>) -> Self {
        Self {
            node,
            running: Running::default(),
        }
    }
}

/// Whether answers of this path are kept.
pub(super) fn applies_to(path: &str) -> bool {
    !EXEMPT.contains(&path)
}

/// Answers a request that was made before as it was answered before.
pub(super) async fn once(
    State(idempotency): State<Idempotency>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let is_of_browser =
        headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION);
    let applies = request.method() == Method::POST && applies_to(request.uri().path());
    if !applies || is_of_browser || !headers.contains_key(KEY) {
        return next.run(request).await;
    }
    // A task of its own: a caller that hangs up must find the answer when it comes back.
    let answer = tokio::spawn(async move { idempotency.answer(request, next).await });
    match answer.await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => failure.into_response(),
        Err(_) => Failure::from(Code::Internal).into_response(),
    }
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Of the request body.
    request: Digest,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Idempotency {
    async fn answer(self, request: Request, next: Next) -> Result<Response, Failure> {
        let key = key(request.headers())?;
        let (mut parts, content) = request.into_parts();
        let bytes = body::read(content).await?;
        let mut caller = None;
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let covered = (!bytes.is_empty()).then_some(&bytes);
            let known = caller::authenticate(&self.node, &parts, covered).await?;
            parts.extensions.insert(known);
            caller = Some(known.0);
        }
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let name = self.name(&key, target, caller);
        let digest = Digest::of(&bytes);
        let _in_use = self.running.enter(&name).ok_or(Code::IdempotencyInFlight)?;
        if let Some(kept) = self.kept(&name).await? {
            return if kept.request == digest {
                replayed(kept)
            } else {
                Err(Code::IdempotencyMismatch.into())
            };
        }
        let response = next
            .run(Request::from_parts(parts, Body::from(bytes)))
            .await;
        self.keep(&name, digest, response).await
    }

    /// The name under which an answer is kept: it tells nothing about key or caller.
    fn name(&self, key: &str, target: &str, caller: Option<Actor>) -> String {
        let caller = match caller {
            None => String::new(),
            Some(Actor::Party(party)) => party.to_string(),
            Some(Actor::Surrogate(surrogate)) => surrogate.to_string(),
        };
        let parts = [key, target, &caller].map(str::as_bytes);
        hmac_sha256(&self.node.index_key, domains::IDEMPOTENCY, &parts).to_string()
    }

    async fn kept(&self, name: &str) -> Result<Option<Kept>, Failure> {
        let Some(stored) = self.node.store.document(KIND, name).await? else {
            return Ok(None);
        };
        let now = self.node.clock.now();
        if stored.document.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        vaulted::opened(&self.node, &stored).map(Some)
    }

    /// Keeps a success. What cannot be kept is answered all the same: it has happened.
    async fn keep(
        &self,
        name: &str,
        request: Digest,
        response: Response,
    ) -> Result<Response, Failure> {
        if !response.status().is_success() {
            return Ok(response);
        }
        let (parts, content) = response.into_parts();
        let bytes = to_bytes(content, usize::MAX)
            .await
            .map_err(|_| Failure::from(Code::Internal))?;
        if let Some(kept) = kept(request, parts.status, &parts.headers, &bytes)
            && let Err(error) = self.put(name, &kept).await
        {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "an answer cannot be kept"
            );
        }
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }

    async fn put(&self, name: &str, kept: &Kept) -> Result<(), StoreError> {
        let until = Some(self.node.clock.now() + KEPT_FOR);
        let (id, nobody) = (name.to_owned(), String::new());
        let document = vaulted::document(&self.node, KIND, id, nobody, until, kept);
        self.node.store.put_documents(vec![document]).await
    }
}

fn kept(request: Digest, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Kept> {
    let text = |name: &HeaderName| {
        Some((
            name.to_string(),
            headers.get(name)?.to_str().ok()?.to_owned(),
        ))
    };
    let body = (body.len() <= ANSWER_BYTES_MAX)
        .then(|| String::from_utf8(body.to_vec()))?
        .ok()?;
    let headers = KEPT_HEADERS.iter().filter_map(text).collect();
    Some(Kept {
        request,
        status: status.as_u16(),
        headers,
        body,
    })
}

fn replayed(kept: Kept) -> Result<Response, Failure> {
    let damaged = || Failure::from(Code::Internal);
    let status = StatusCode::from_u16(kept.status).map_err(|_| damaged())?;
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in &kept.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| damaged())?;
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| damaged())?);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// The key: a string of RFC 9651 (`"…"`), or the same without its quotes.
fn key(headers: &HeaderMap) -> Result<String, Failure> {
    let invalid = || Failure::from(Code::IdempotencyKeyInvalid);
    let mut values = headers.get_all(KEY).into_iter();
    let value = values
        .next()
        .and_then(|value| value.to_str().ok())
        .ok_or_else(invalid)?;
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let key = quoted.unwrap_or(value);
    let is_key = (1..=KEY_LENGTH_MAX).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b','));
    if is_key && values.next().is_none() {
        Ok(key.to_owned())
    } else {
        Err(invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY, value.parse().expect("a header value"));
        }
        assert_eq!(key(&headers).ok().as_deref(), expected, "{values:?}");
    }

    #[test]
    fn a_key_is_read_with_and_without_quotes() {
        let longest = "k".repeat(KEY_LENGTH_MAX);
        check(
            &["8e03978e-40d5-43dd-bc93-6894a57f9324"],
            Some("8e03978e-40d5-43dd-bc93-6894a57f9324"),
        );
        check(&["\"8e03978e\""], Some("8e03978e"));
        check(&[&longest], Some(&longest));
        check(&[&format!("{longest}k")], None);
        check(&[""], None);
        check(&["\"\""], None);
        check(&["\"half"], None);
        check(&["two words"], None);
        check(&["a,b"], None);
        check(&["ключ"], None);
        check(&["a", "b"], None);
    }

    #[test]
    fn a_key_is_free_again_when_its_request_ends() {
        let running = Running::default();
        let first = running.enter("a");
        assert!(first.is_some());
        assert!(running.enter("a").is_none());
        assert!(running.enter("b").is_some());
        drop(first);
        assert!(running.enter("a").is_some());
    }
}
