//! Talking to a node: one method for each route.
//!
//! A method takes what the route takes and returns what it answers. Answers that are not a
//! success come as [`ClientError::Problem`]. Nothing is followed elsewhere, every request has a
//! time limit, and what a node can do twice without harm is tried again.

mod accounts;
mod consents;
mod data;
mod error;
mod identity;
mod ledger;
mod links;
mod pairings;
mod redirects;
mod releases;
mod services;
mod sign_in;
mod streams;
mod tail;
mod wallets;
mod webhooks;

pub use accounts::LookUpError;
pub use data::{DataClient, FetchError};
pub use error::ClientError;
pub use identity::{EnrolError, TraceError};
pub use ledger::TilePath;
pub use releases::ReleaseError;
pub use streams::StreamAccess;
pub use tail::{StreamTail, TailEvent};

use std::net::IpAddr;
use std::time::Duration;

use assent_api::problem::{self, Problem};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::statements::Signer;
use crate::statements::request_proof::Caller;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take as a whole.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait before each further attempt.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A client of one node. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct NodeClient {
    http: reqwest::Client,
    base: Url,
}

/// Who calls, for routes that want to know: the signer gives chain and time.
#[derive(Debug, Clone, Copy)]
pub struct Identified<'a> {
    /// For which chain and when.
    pub signer: &'a Signer,
    /// Who.
    pub caller: Caller<'a>,
}

/// Which part of a list.
#[derive(Debug, Clone, Default)]
pub struct PageQuery {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// The most items.
    pub limit: Option<u32>,
}

/// Whether an attempt that may have reached the node can be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// It only reads.
    Harmless,
    /// It must not: only an attempt that never reached the node is made again.
    UnsentOnly,
}

impl NodeClient {
    /// A client of the node at `base`, such as `https://node.example`. Plain `http` is for
    /// loopback addresses only.
    ///
    /// # Errors
    /// [`ClientError::BadAddress`], [`ClientError::InsecureAddress`], or the TLS set-up fails.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        let mut base = Url::parse(base).map_err(|_| ClientError::BadAddress)?;
        check_secure(&base)?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err(ClientError::BadAddress);
        }
        // Paths are added below it.
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self {
            http: http_client()?,
            base,
        })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let request = || self.request(Method::GET, path, None, None);
        json(&self.send(Repeat::Harmless, request).await?)
    }

    async fn get_bytes(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        let request = || self.request(Method::GET, path, None, None);
        self.send(Repeat::Harmless, request).await
    }

    async fn get_text(&self, path: &str) -> Result<String, ClientError> {
        let body = self.get_bytes(path).await?;
        String::from_utf8(body).map_err(|_| ClientError::UnexpectedAnswer {
            status: StatusCode::OK.as_u16(),
        })
    }

    async fn get_as<T: DeserializeOwned>(
        &self,
        who: Identified<'_>,
        path: &str,
    ) -> Result<T, ClientError> {
        let request = || self.request(Method::GET, path, None, Some(who));
        json(&self.send(Repeat::Harmless, request).await?)
    }

    /// Sends signed statements. An attempt that may have arrived is not made again here: the caller
    /// knows whether it may, and with the same bytes gets the recorded outcome of a command.
    async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let body = encode(body);
        let request = || self.request(Method::POST, path, Some(&body), None);
        json(&self.send(Repeat::UnsentOnly, request).await?)
    }

    async fn post_as<B: Serialize, T: DeserializeOwned>(
        &self,
        who: Identified<'_>,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let body = encode(body);
        let request = || self.request(Method::POST, path, Some(&body), Some(who));
        json(&self.send(Repeat::UnsentOnly, request).await?)
    }

    /// Puts something in the place of the revision that the caller has seen.
    async fn put_as<B: Serialize, T: DeserializeOwned>(
        &self,
        who: Identified<'_>,
        path: &str,
        body: &B,
        seen: Option<u64>,
    ) -> Result<T, ClientError> {
        let body = encode(body);
        let request = || {
            let request = self.request(Method::PUT, path, Some(&body), Some(who))?;
            Ok(match seen {
                Some(revision) => request.header(IF_MATCH, format!("\"{revision}\"")),
                None => request,
            })
        };
        json(&self.send(Repeat::UnsentOnly, request).await?)
    }

    /// Asks for something to be done that needs no words.
    async fn post_empty_as<T: DeserializeOwned>(
        &self,
        who: Identified<'_>,
        path: &str,
    ) -> Result<T, ClientError> {
        let request = || self.request(Method::POST, path, None, Some(who));
        json(&self.send(Repeat::UnsentOnly, request).await?)
    }

    async fn delete_as(&self, who: Identified<'_>, path: &str) -> Result<(), ClientError> {
        let request = || self.request(Method::DELETE, path, None, Some(who));
        self.send(Repeat::UnsentOnly, request).await?;
        Ok(())
    }

    /// Builds a request, with a fresh proof of who calls where one is wanted.
    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Vec<u8>>,
        who: Option<Identified<'_>>,
    ) -> Result<RequestBuilder, ClientError> {
        let url = self.base.join(path).map_err(|_| ClientError::BadAddress)?;
        let proof = who.map(|who| {
            let target = path_and_query(&url);
            let body = body.map(Vec::as_slice);
            who.signer
                .request_proof(who.caller, method.as_str(), &target, body)
        });
        let mut request = self.http.request(method, url);
        if let Some(proof) = proof {
            request = request.header(AUTHORIZATION, proof);
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        Ok(request)
    }

    async fn send(
        &self,
        repeat: Repeat,
        request: impl Fn() -> Result<RequestBuilder, ClientError>,
    ) -> Result<Vec<u8>, ClientError> {
        let mut delays = RETRY_DELAYS.into_iter();
        loop {
            let error = match attempt(request()?).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let again = error.is_unsent() || repeat == Repeat::Harmless && error.is_passing();
            match delays.next().filter(|_| again) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return Err(error),
            }
        }
    }
}

fn http_client() -> Result<reqwest::Client, ClientError> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        // A proof is for one address: elsewhere it is of no use and would only be given away.
        .redirect(Policy::none())
        .build()
        .map_err(ClientError::transport)
}

/// Plain text only ever stays on this machine.
fn check_secure(url: &Url) -> Result<(), ClientError> {
    let is_loopback = url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let address: Option<IpAddr> = address.parse().ok();
        host == "localhost" || address.is_some_and(|address| address.is_loopback())
    });
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback => Ok(()),
        "http" => Err(ClientError::InsecureAddress),
        _ => Err(ClientError::BadAddress),
    }
}

fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn encode<B: Serialize>(body: &B) -> Vec<u8> {
    serde_json::to_vec(body).expect("transfer objects have a JSON form")
}

async fn attempt(request: RequestBuilder) -> Result<Vec<u8>, ClientError> {
    let mut response = request.send().await.map_err(ClientError::transport)?;
    let body = read(&mut response).await?;
    if response.status().is_success() {
        return Ok(body);
    }
    Err(match problem(&response, &body) {
        Some(problem) => ClientError::Problem(Box::new(problem)),
        None => ClientError::UnexpectedAnswer {
            status: response.status().as_u16(),
        },
    })
}

fn problem(response: &Response, body: &[u8]) -> Option<Problem> {
    let content_type = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = content_type.split(';').next()?.trim();
    (media_type == problem::MEDIA_TYPE)
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
}

async fn read(response: &mut Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::transport)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(ClientError::AnswerTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(body).map_err(|_| ClientError::UnexpectedAnswer {
        status: StatusCode::OK.as_u16(),
    })
}

/// A path with the query of a page.
fn paged(path: &str, page: &PageQuery) -> String {
    let mut query = String::new();
    if let Some(cursor) = &page.cursor {
        query.push_str("&cursor=");
        query.extend(percent_encoded(cursor));
    }
    if let Some(limit) = page.limit {
        query.push_str("&limit=");
        query.push_str(&limit.to_string());
    }
    match query.strip_prefix('&') {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

/// The text as a value in a query (RFC 3986, section 2.1).
fn percent_encoded(text: &str) -> impl Iterator<Item = char> {
    text.bytes().flat_map(|byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let spelled = if plain {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        };
        spelled.chars().collect::<Vec<_>>()
    })
}
