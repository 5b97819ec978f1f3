//! Calls to an identity provider, where the guard of callbacks lets them go: the addresses come from
//! what the provider publishes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::{self, Response};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;

use crate::webhooks::guard::{Guard, Refused};

/// How long a call may take as a whole.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most that is read of an answer.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
const USER_AGENT: &str = concat!("assent/", env!("CARGO_PKG_VERSION"));

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The address leads where nothing is called.
    #[error("the address is refused")]
    Refused(#[from] Refused),
    /// No connection, or no answer in time.
    #[error("the call failed")]
    Failed(#[from] reqwest::Error),
    /// More than an answer has.
    #[error("the answer is too long")]
    TooLong,
    /// What the library wants to send, or was sent, is not HTTP.
    #[error("this is not HTTP")]
    NotHttp(#[from] http::Error),
}

/// A way to call.
pub(super) struct Line {
    http: reqwest::Client,
    guard: Guard,
}

impl Line {
    pub(super) fn new(private_allowed: bool) -> Result<Self, reqwest::Error> {
        let guard = Guard::new(private_allowed);
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIMEOUT)
            // Each of these could lead somewhere else than to an address that was checked.
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .build()?;
        Ok(Self { http, guard })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let url = self.guard.check(&parts.uri.to_string())?;
        let request = self
            .http
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body);
        let mut answer = request.send().await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if read.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(CallError::TooLong);
            }
            read.extend_from_slice(&chunk);
        }
        Ok(response.body(read)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Line {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
