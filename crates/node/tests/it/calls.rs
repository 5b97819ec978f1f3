//! Calls by hand: everything that the SDK would do right can be done wrong here.

use assent_api::problem::Problem;
use assent_client::statements::Signer;
use assent_client::statements::request_proof::Caller;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::household::Provider;
use crate::world::World;

/// Who calls which node, with which headers.
#[derive(Clone)]
pub(crate) struct Calls<'a> {
    http: reqwest::Client,
    base: String,
    signer: Option<(Signer, Caller<'a>)>,
    headers: HeaderMap,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl<'a> Calls<'a> {
    /// Calls of a provider.
    pub(crate) fn of(world: &World, provider: &'a Provider) -> Self {
        let signer = Some((world.signer(), (&provider.keys).into()));
        Self {
            signer,
            ..Self::anonymous(world)
        }
    }

    /// Calls of a party or a pseudonym.
    pub(crate) fn by(world: &World, caller: impl Into<Caller<'a>>) -> Self {
        let signer = Some((world.signer(), caller.into()));
        Self {
            signer,
            ..Self::anonymous(world)
        }
    }

    /// Calls of nobody in particular.
    pub(crate) fn anonymous(world: &World) -> Self {
        let http = reqwest::Client::builder().build().unwrap();
        Self {
            http,
            base: world.url(""),
            signer: None,
            headers: HeaderMap::new(),
        }
    }
}

impl Calls<'_> {
    /// The same with one header more.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut calls = self.clone();
        let name: HeaderName = name.parse().unwrap();
        calls
            .headers
            .insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        calls
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn post_empty(&self, path: &str) -> Answered {
        self.send(Method::POST, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Answered {
        self.post_bytes(path, serde_json::to_vec(body).unwrap())
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: &impl Serialize) -> Answered {
        self.send_json(Method::PUT, path, serde_json::to_vec(body).unwrap())
            .await
    }

    pub(crate) async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Answered {
        self.send_json(Method::POST, path, body).await
    }

    /// Sends what says that it is JSON.
    pub(crate) async fn send_json(&self, method: Method, path: &str, body: Vec<u8>) -> Answered {
        let typed = if self.headers.contains_key("content-type") {
            self.clone()
        } else {
            self.with("content-type", "application/json")
        };
        typed.send(method, path, Some(body)).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Answered {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base));
        request = request.headers(self.headers.clone());
        if let Some((signer, caller)) = &self.signer {
            let proof = signer.request_proof(*caller, method.as_str(), path, body.as_deref());
            request = request.header("authorization", proof);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        Answered {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }
}

impl Answered {
    /// The body of a success.
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// The problem, if it is one.
    pub(crate) fn problem(&self) -> Option<Problem> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The problem that it must be.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> Problem {
        let (text, media_type) = (self.text(), self.headers.get("content-type"));
        assert_eq!(
            media_type.map(HeaderValue::as_bytes),
            Some(&b"application/problem+json"[..]),
            "{text}"
        );
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(
            (self.status, problem.code.as_str()),
            (status, code),
            "{text}"
        );
        assert_eq!(
            (problem.status, problem.kind),
            (status, format!("/problems/{code}")),
            "{text}"
        );
        assert!(problem.request_id.is_some(), "{text}");
        serde_json::from_slice(&self.body).unwrap()
    }
}
