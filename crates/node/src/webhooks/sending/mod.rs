//! One attempt to deliver one message to one endpoint.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assent_crypto::signature::SigningKey;
use assent_model::time::{Span, Timestamp};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::guard::{Guard, Refused};
use super::{schedule, signature};

/// How long an attempt may take as a whole.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of an answer is read, so that a connection can be used again. What is in it does not
/// matter.
const ANSWER_BYTES_MAX: usize = 1024;
const USER_AGENT: &str = concat!("assent-webhooks/", env!("CARGO_PKG_VERSION"));

/// Sends messages, signed, to where the guard lets them go.
pub struct Sender {
    http: reqwest::Client,
    guard: Guard,
    key: SigningKey,
    timeout: Duration,
}

/// A message on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing<'a> {
    /// Where to.
    pub(super) url: &'a str,
    /// The same at every attempt.
    pub(super) id: &'a str,
    /// The payload.
    pub(super) body: &'a [u8],
}

/// What an attempt led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempted {
    pub(super) result: AttemptResult,
    pub(super) took: Span,
    /// How long the receiver asks to be left alone.
    pub(super) retry_after: Option<Span>,
}

/// The answer to an attempt, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AttemptResult {
    /// The receiver answered with this status.
    Status(u16),
    /// The address leads where callbacks do not go.
    AddressRefused,
    /// No connection.
    ConnectionFailed,
    /// No answer in time.
    TimedOut,
}

impl AttemptResult {
    /// Whether the receiver has the message. A redirect is a failure: it is not followed.
    pub(super) fn is_delivered(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// Whether the receiver says that the endpoint is gone for good.
    pub(super) fn is_gone(self) -> bool {
        self == Self::Status(StatusCode::GONE.as_u16())
    }

    /// The status, where there was an answer.
    pub(super) fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::AddressRefused | Self::ConnectionFailed | Self::TimedOut => None,
        }
    }

    /// Why there is no answer.
    pub(super) fn failure(self) -> Option<&'static str> {
        match self {
            Self::Status(_) => None,
            Self::AddressRefused => Some("address-refused"),
            Self::ConnectionFailed => Some("connection-failed"),
            Self::TimedOut => Some("timed-out"),
        }
    }
}

impl Sender {
    /// A sender that signs with `key`.
    ///
    /// # Errors
    /// The TLS set-up fails.
    pub fn new(guard: Guard, key: SigningKey) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            // Each of these could lead somewhere else than to an address that was checked.
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .build()?;
        Ok(Self {
            http,
            guard,
            key,
            timeout: TIMEOUT,
        })
    }

    /// The guard.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Makes one attempt.
    pub(super) async fn send(&self, outgoing: Outgoing<'_>, now: Timestamp) -> Attempted {
        let begin = Instant::now();
        let (result, retry_after) = match self.post(outgoing, now).await {
            Ok(response) => {
                let asked = response
                    .headers()
                    .get(RETRY_AFTER)
                    .and_then(|value| value.to_str().ok());
                let retry_after = asked.and_then(|asked| schedule::retry_after(asked, now));
                let status = response.status().as_u16();
                drain(response).await;
                (AttemptResult::Status(status), retry_after)
            }
            Err(result) => (result, None),
        };
        let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        Attempted {
            result,
            took: Span::from_millis(millis),
            retry_after,
        }
    }

    async fn post(
        &self,
        outgoing: Outgoing<'_>,
        now: Timestamp,
    ) -> Result<Response, AttemptResult> {
        let url = self
            .guard
            .check(outgoing.url)
            .map_err(|_| AttemptResult::AddressRefused)?;
        let signed = signature::sign(&self.key, outgoing.id, now, outgoing.body);
        self.http
            .post(url)
            .timeout(self.timeout)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", outgoing.id)
            .header("webhook-timestamp", signed.timestamp)
            .header("webhook-signature", signed.signature)
            .body(outgoing.body.to_vec())
            .send()
            .await
            .map_err(|error| failed(&error))
    }
}

/// Reads a little of the answer and lets go of the rest.
async fn drain(mut response: Response) {
    let mut read = 0;
    while read < ANSWER_BYTES_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) | Err(_) => return,
        }
    }
}

fn failed(error: &reqwest::Error) -> AttemptResult {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if cause.is::<Refused>() {
            return AttemptResult::AddressRefused;
        }
        source = cause.source();
    }
    if error.is_timeout() {
        AttemptResult::TimedOut
    } else {
        AttemptResult::ConnectionFailed
    }
}

#[cfg(test)]
mod tests;
