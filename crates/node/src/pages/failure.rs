//! Pages that say what went wrong, in words, and what to do about it.

use askama::Template;
use assent_api::problem::Code;
use assent_storage::StoreError;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, page};
use super::texts::Texts;
use crate::http::failure::Failure;

/// A page that is not the one that was asked for.
#[derive(Debug)]
pub(crate) enum PageFailure {
    /// Only for who is signed in: `here` is where to go on afterwards.
    SignIn {
        /// A path of this node.
        here: String,
    },
    /// Signing in was too long ago for this: `here` is where to go on afterwards.
    SignInAgain {
        /// A path of this node.
        here: String,
    },
    /// Something that the API would answer with a problem.
    Problem(Failure),
    /// A bug, which says no more.
    Internal,
}

impl PageFailure {
    /// The same for a program.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Problem(failure) => failure,
            Self::SignIn { .. } => Code::Unauthenticated.into(),
            Self::SignInAgain { .. } => Code::SignInAgain.into(),
            Self::Internal => Code::Internal.into(),
        }
    }

    /// There is no such page, or not for this reader.
    pub(crate) fn not_found() -> Self {
        Failure::not_found().into()
    }
}

impl From<Failure> for PageFailure {
    fn from(failure: Failure) -> Self {
        Self::Problem(failure)
    }
}

impl From<Code> for PageFailure {
    fn from(code: Code) -> Self {
        Failure::from(code).into()
    }
}

impl From<StoreError> for PageFailure {
    fn from(error: StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl From<tower_sessions::session::Error> for PageFailure {
    fn from(error: tower_sessions::session::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a session failed");
        Code::StoreUnavailable.into()
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    frame: Frame,
    code: String,
    advice: String,
}

/// A failure that its page has no words for yet: the language is that of the request.
#[derive(Debug, Clone)]
struct Wordless(Failure);

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        let failure = match self {
            Self::SignIn { here } => return Redirect::to(&sign_in(&here)).into_response(),
            Self::SignInAgain { here } => {
                return Redirect::to(&format!("{}&again=true", sign_in(&here))).into_response();
            }
            Self::Problem(failure) => failure,
            Self::Internal => Code::Internal.into(),
        };
        let mut response = status(&failure).into_response();
        response.extensions_mut().insert(Wordless(failure));
        response
    }
}

/// Says what went wrong in the language of the reader, wherever in a page it did.
pub(super) async fn in_words(request: Request, next: Next) -> Response {
    let texts = Texts::of(request.headers());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Wordless>() {
        Some(Wordless(failure)) => failure_page(&failure, texts),
        None => response,
    }
}

/// The page of a failure.
pub(super) fn failure_page(failure: &Failure, texts: Texts) -> Response {
    let problem = failure.problem();
    let key = match (problem.code.as_str(), problem.status) {
        // Most often somebody who changed their mind there.
        ("provider-refused", _) => "failure-provider",
        (_, 404) => "failure-not-found",
        (_, 403) => "failure-forbidden",
        (_, 409) => "failure-conflict",
        (_, 410) => "failure-gone",
        (_, 429) => "failure-too-often",
        (_, 503) => "failure-unavailable",
        (_, 400..500) => "failure-refused",
        _ => "failure-internal",
    };
    let shown = FailurePage {
        code: problem.code.clone(),
        advice: texts.get(&format!("{key}-advice")),
        frame: Frame::open(texts, key, "/home"),
    };
    page(status(failure), &shown)
}

fn status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.problem().status).expect("problem statuses are HTTP's")
}

fn sign_in(here: &str) -> String {
    let here: String = here
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("/sign-in?here={here}")
}
