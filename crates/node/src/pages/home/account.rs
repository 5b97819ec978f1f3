//! The account: how a person is reached, who keeps the keys, taking everything along, and erasing it.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::accounts::EraseAccount;
use assent_model::records::Custody;
use assent_model::time::Timestamp;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use tower_sessions::Session;

use super::passkeys::{self, Line};
use crate::contacts;
use crate::erasure;
use crate::http::v1::account_export;
use crate::keyrings;
use crate::meters::{self, Meter};
use crate::node::Node;
use crate::pages;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// Where the page is.
pub(super) const HERE: &str = "/home/account";

#[derive(Template)]
#[template(path = "home/account.html")]
struct AccountPage {
    frame: Frame,
    email: String,
    party: String,
    /// The key of the sentence that says who keeps the keys.
    custody: &'static str,
    /// The passkeys; `None` where this node has none.
    passkeys: Option<Vec<Line>>,
    /// How many devices, kits and passkeys open the keys, where pages hold them.
    devices: Option<usize>,
    /// When the newest of them was added; empty where there is none.
    newest: String,
}

/// `GET /home/account`.
pub(super) async fn account(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let contact = contacts::contact_of(&node, signed_in.party).await?;
    let wrappings = match signed_in.custody {
        Custody::Page => keyrings::of(&node, signed_in.party).await?,
        Custody::Hosted | Custody::Independent => None,
    };
    let wrappings = wrappings.map(|kept| kept.wrappings);
    let newest = wrappings.iter().flatten().map(|one| one.made_at).max();
    let newest = newest.and_then(|at| Timestamp::try_from(at).ok());
    let shown = AccountPage {
        devices: wrappings.map(|wrappings| wrappings.len()),
        newest: newest.map_or_else(String::new, |at| When::day(&texts, at).words),
        email: contact.map(|contact| contact.email).unwrap_or_default(),
        party: signed_in.party.to_string(),
        custody: match signed_in.custody {
            Custody::Hosted => "account-keys-hosted",
            Custody::Page => "account-keys-page",
            Custody::Independent => "account-keys-independent",
        },
        passkeys: passkeys::lines(&node, &texts, &signed_in).await?,
        frame: Frame::of(texts, "account-title", "account", HERE, &signed_in),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `GET /home/account/export`: everything, as a file.
pub(super) async fn export(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let export = account_export::export(&node, signed_in.party).await?;
    let name = "attachment; filename=\"my-account.json\"";
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(export)).into_response())
}

/// `POST /home/account/sign-out`: ends every session of the account, this one too.
pub(super) async fn sign_out(
    State(node): State<Arc<Node>>,
    session: Session,
    signed_in: SignedIn,
) -> Result<Redirect, PageFailure> {
    pages::sign_out(&node, signed_in.party).await?;
    session.flush().await?;
    Ok(Redirect::to("/"))
}

#[derive(Template)]
#[template(path = "home/erase.html")]
struct ErasePage {
    frame: Frame,
    party: String,
    /// Whether what was typed was something else.
    mistyped: bool,
    /// Whether a meter is paired that the person's own key alone can unpair.
    has_own_meters: bool,
}

/// `GET /home/account/erase`, for who has just signed in.
pub(super) async fn erase(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    signed_in.fresh(&node)?;
    erase_page(&node, texts, &signed_in, StatusCode::OK).await
}

async fn erase_page(
    node: &Node,
    texts: Texts,
    signed_in: &SignedIn,
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let is_own = signed_in.custody != Custody::Hosted;
    let meters = meters::meters(node, signed_in.party).await?;
    let shown = ErasePage {
        frame: Frame::of(
            texts,
            "erase-title",
            "account",
            "/home/account/erase",
            signed_in,
        ),
        party: signed_in.party.to_string(),
        mistyped: status != StatusCode::OK,
        has_own_meters: is_own && meters.iter().any(Meter::is_open),
    };
    Ok(page(status, &shown))
}

/// What `POST /home/account/erase` takes.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    /// The id of the account, typed.
    party: String,
}

#[derive(Template)]
#[template(path = "home/erased.html")]
struct ErasedPage {
    frame: Frame,
}

/// `POST /home/account/erase`.
pub(super) async fn erase_now(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    signed_in: SignedIn,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, PageFailure> {
    signed_in.fresh_at(&node, "/home/account/erase")?;
    if confirmed.party.trim() != signed_in.party.to_string() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return erase_page(&node, texts, &signed_in, status).await;
    }
    let body = EraseAccount {
        party_id: signed_in.party,
    };
    erasure::erase(&node, signed_in.party, &body).await?;
    session.flush().await?;
    let frame = Frame::open(texts, "erased-title", "/");
    Ok(page(StatusCode::OK, &ErasedPage { frame }))
}
