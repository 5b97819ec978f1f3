//! Signing in and out.
//!
//! A link is good for ten minutes and one use, and works only when a button is pressed: scanners of
//! mail follow links, they press no buttons. Who asks for a link learns nothing about whether the
//! address is known.

pub(crate) mod link;

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use tower_sessions::Session;

use super::failure::PageFailure;
use super::frame::{Frame, local_path, page};
use super::mail;
use super::signed_in::{Means, SignedIn, who};
use super::texts::Texts;
use crate::contacts::address::EmailAddress;
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/sign-in", get(ask).post(send))
        .route("/sign-in/link/{token}", get(confirm).post(follow))
        .route("/sign-in/key", post(with_key))
        .route("/sign-out", post(sign_out))
}

/// What `GET /sign-in` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Where to go afterwards.
    here: String,
    /// Whether it is asked for once more, because something needs it.
    again: bool,
}

#[derive(Template)]
#[template(path = "sign_in/ask.html")]
struct AskPage {
    frame: Frame,
    here: String,
    again: bool,
    /// What is wrong with the address that was typed; empty at first.
    error: String,
    email: String,
}

async fn ask(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let here = local_path(&asked.here).to_owned();
    if !asked.again && who(&node, &session).await?.is_some() {
        return Ok(Redirect::to(&here).into_response());
    }
    let shown = AskPage {
        frame: Frame::open(texts, "sign-in-title", "/sign-in"),
        here,
        again: asked.again,
        error: String::new(),
        email: String::new(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What `POST /sign-in` takes.
#[derive(Deserialize)]
struct Sent {
    email: String,
    #[serde(default)]
    here: String,
    #[serde(default)]
    again: bool,
}

#[derive(Template)]
#[template(path = "sign_in/sent.html")]
struct SentPage {
    frame: Frame,
    /// Whether letters can be read at this node.
    has_mail_page: bool,
}

async fn send(
    State(node): State<Arc<Node>>,
    texts: Texts,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, PageFailure> {
    let here = local_path(&sent.here).to_owned();
    let Some(address) = EmailAddress::parse(sent.email.trim()) else {
        let shown = AskPage {
            error: texts.get("sign-in-email-invalid"),
            frame: Frame::open(texts, "sign-in-title", "/sign-in"),
            here,
            again: sent.again,
            email: sent.email,
        };
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let language = texts.tag();
    link::mail(&node, &address, &language, &here).await?;
    let frame = Frame::open(texts, "sign-in-sent-title", "/sign-in");
    let has_mail_page = mail::is_open(&node, &headers, peer);
    let shown = SentPage {
        frame,
        has_mail_page,
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Template)]
#[template(path = "sign_in/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    token: String,
}

/// Shows the button, whatever the link: that it is used up shows when it is pressed.
async fn confirm(texts: Texts, Path(token): Path<String>) -> Response {
    let frame = Frame::open(texts, "sign-in-confirm-title", "/sign-in");
    page(StatusCode::OK, &ConfirmPage { frame, token })
}

#[derive(Template)]
#[template(path = "sign_in/spent.html")]
struct SpentPage {
    frame: Frame,
}

async fn follow(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Path(token): Path<String>,
) -> Result<Response, PageFailure> {
    let Some(followed) = link::redeem(&node, &token).await? else {
        let frame = Frame::open(texts, "sign-in-spent-title", "/sign-in");
        return Ok(page(StatusCode::GONE, &SpentPage { frame }));
    };
    SignedIn::begin(&node, &session, followed.party, Means::Link).await?;
    Ok(Redirect::to(local_path(&followed.here)).into_response())
}

/// `POST /sign-in/key`: signs in who signs this request with the key of the party, as the wallet in
/// the browser does.
async fn with_key(
    State(node): State<Arc<Node>>,
    caller: Caller,
    session: Session,
) -> Result<StatusCode, Failure> {
    let party = caller.party()?;
    SignedIn::begin(&node, &session, party, Means::Key)
        .await
        .map_err(PageFailure::into_failure)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sign_out(session: Session) -> Result<Redirect, PageFailure> {
    session.flush().await?;
    Ok(Redirect::to("/"))
}
