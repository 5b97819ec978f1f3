//! Signing in and out.
//!
//! A link is good for ten minutes and one use, and works only when a button is pressed: scanners of
//! mail follow links, they press no buttons. Who asks for a link learns nothing about whether the
//! address is known.

pub(super) mod address;
pub(crate) mod link;
mod passkey;
mod provider;

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use assent_model::ids::PartyId;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use tokio::time::Instant;
use tower_sessions::Session;

use self::address::{AddressField, Sent};
use self::provider::Choice;
use super::failure::PageFailure;
use super::frame::{Frame, local_path, page};
use super::mail;
use super::signed_in::{Means, SignedIn, who};
use super::texts::Texts;
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::directory::ANSWER_AFTER;
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::network::Network;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/sign-in", get(ask).post(send))
        .route("/sign-in/link/{token}", get(confirm).post(follow))
        .route("/sign-in/key", post(with_key))
        .route("/sign-in/passkey/begin", post(passkey::begin))
        .route("/sign-in/passkey", post(passkey::end))
        .route("/sign-in/providers/{provider}", get(provider::begin))
        .route("/sign-in/providers/{provider}/callback", get(provider::end))
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
    has_passkeys: bool,
    providers: Vec<Choice>,
    address: AddressField,
}

impl AskPage {
    fn new(node: &Node, texts: Texts, here: &str, again: bool) -> Self {
        Self {
            frame: Frame::open(texts, "sign-in-title", "/sign-in"),
            here: here.to_owned(),
            again,
            has_passkeys: node.passkeys.are_offered(),
            providers: provider::choices(node),
            address: AddressField::default(),
        }
    }
}

async fn ask(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let here = local_path(&asked.here);
    if !asked.again && who(&node, &session).await?.is_some() {
        return Ok(Redirect::to(here).into_response());
    }
    let shown = AskPage::new(&node, texts, here, asked.again);
    Ok(page(StatusCode::OK, &shown))
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
    network: Network,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, PageFailure> {
    let begin = Instant::now();
    let address = match sent.address(&texts) {
        Ok(address) => address,
        Err(address) => {
            let shown = AskPage::new(&node, texts, sent.here(), sent.again);
            let shown = AskPage { address, ..shown };
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let mailed = link::mail(&node, network, address, &texts.tag(), sent.here());
    tokio::time::sleep_until(begin + ANSWER_AFTER).await;
    mailed?;
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
    /// Into which account the button leads, so that nobody is signed in to another's unawares; empty
    /// where the link leads nowhere.
    account: String,
}

/// Shows the button, whatever the link: that it is used up shows when it is pressed.
async fn confirm(
    State(node): State<Arc<Node>>,
    texts: Texts,
    Path(token): Path<String>,
) -> Result<Response, PageFailure> {
    let account = match link::look(&node, &token).await? {
        Some(followed) => account(&node, followed.party).await?,
        None => String::new(),
    };
    let frame = Frame::open(texts, "sign-in-confirm-title", "/sign-in");
    let shown = ConfirmPage {
        frame,
        token,
        account,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// An account in words that its owner knows and that tell others little: the masked address, or the
/// number where there is none.
async fn account(node: &Node, party: PartyId) -> Result<String, Failure> {
    let contact = contacts::contact_of(node, party).await?;
    let address = contact.and_then(|contact| EmailAddress::parse(&contact.email));
    Ok(address.map_or_else(|| party.to_string(), |address| address.masked()))
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
