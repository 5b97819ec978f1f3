//! Leaving for the node, and coming back.

use std::sync::Arc;

use assent_client::errand::{ReturnError, Returned};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use super::note;
use super::session::{self, Visitor};
use super::texts::Texts;
use crate::consenting::{self, ConsentingError};
use crate::insights::Insights;

/// `POST /start`: begins a session where there is none, and sends the person to the node.
pub(super) async fn start(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
) -> Response {
    let (begun, household) = match visitor.household() {
        Some(household) if !household.phase().can_ask() => {
            return Redirect::to("/").into_response();
        }
        Some(household) => (None, Arc::clone(household)),
        None => match insights.households.begin() {
            Ok((secret, household)) => (Some(secret), household),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no session is begun"
                );
                return note(StatusCode::SERVICE_UNAVAILABLE, texts, "full");
            }
        },
    };
    let is_secure = session::is_secure(&insights);
    match consenting::send(&insights, &household).await {
        Ok(url) => {
            let cookie = begun.map(|secret| {
                let cookie = session::cookie(&secret, is_secure);
                AppendHeaders([(header::SET_COOKIE, cookie)])
            });
            (cookie, Redirect::to(&url)).into_response()
        }
        Err(error) => {
            // Nobody has its cookie.
            if let Some(Err(error)) = begun.map(|secret| insights.households.give_up(&secret)) {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "a session stays that nobody has");
            }
            failed(&error, texts)
        }
    }
}

/// `GET /linked`: the person comes back from linking, and goes on to answer.
pub(super) async fn linked(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
    Query(returned): Query<Returned>,
) -> Response {
    let Some(household) = visitor.household() else {
        return failed(&ConsentingError::NotAway, texts);
    };
    match consenting::linked(&insights, household, &returned).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) => failed(&error, texts),
    }
}

/// `GET /answered`: the person comes back from answering. Who consented goes on under another secret, so
/// that nobody who gave this session to the person reads along.
pub(super) async fn answered(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
    Query(returned): Query<Returned>,
) -> Response {
    let Some(household) = visitor.household() else {
        return failed(&ConsentingError::NotAway, texts);
    };
    if let Err(error) = consenting::answered(&insights, household, &returned).await {
        return failed(&error, texts);
    }
    match insights.households.renew(household) {
        Ok(secret) => {
            let cookie = session::cookie(&secret, session::is_secure(&insights));
            let cookie = AppendHeaders([(header::SET_COOKIE, cookie)]);
            (cookie, Redirect::to("/")).into_response()
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a session keeps its secret");
            Redirect::to("/").into_response()
        }
    }
}

/// What a person is told. A no is not a failure: the start says so, and offers to ask again.
fn failed(error: &ConsentingError, texts: Texts) -> Response {
    match error {
        ConsentingError::Return(ReturnError::Refused(_)) => Redirect::to("/").into_response(),
        ConsentingError::NotAway | ConsentingError::Return(_) => {
            note(StatusCode::BAD_REQUEST, texts, "another-visit")
        }
        error => {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "the node is of no use"
            );
            note(StatusCode::BAD_GATEWAY, texts, "node-fails")
        }
    }
}
