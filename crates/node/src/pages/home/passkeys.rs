//! The passkeys of an account: making and removing them. Either takes a fresh sign-in.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::accounts::PasskeyView;
use assent_model::time::Timestamp;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::Value;
use tower_sessions::Session;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

use super::account::HERE;
use crate::contacts;
use crate::http::body::{Answer, Body};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::ceremony::Ceremony;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;
use crate::passkeys;

/// A passkey in the list of the account.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) made: When,
    pub(super) used: Option<When>,
    pub(super) stopped: bool,
}

impl Line {
    fn of(texts: &Texts, view: PasskeyView) -> Self {
        let when = |at| When::day(texts, Timestamp::from_millis(at));
        Self {
            id: view.passkey_id,
            name: plain(&view.name),
            made: when(view.made_at),
            used: view.used_at.map(when),
            stopped: view.stopped,
        }
    }
}

/// The passkeys of the account; `None` where this node has none.
pub(super) async fn lines(
    node: &Node,
    texts: &Texts,
    signed_in: &SignedIn,
) -> Result<Option<Vec<Line>>, PageFailure> {
    if !node.passkeys.are_offered() {
        return Ok(None);
    }
    let found = passkeys::list(node, signed_in.party).await?;
    Ok(Some(
        found
            .into_iter()
            .map(|view| Line::of(texts, view))
            .collect(),
    ))
}

#[derive(Template)]
#[template(path = "home/passkey.html")]
struct NewPage {
    frame: Frame,
}

/// `GET /home/account/passkeys/new`: asks for a name, and has the browser make a passkey.
pub(super) async fn new(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    if !node.passkeys.are_offered() {
        return Err(PageFailure::not_found());
    }
    signed_in.fresh(&node)?;
    let here = "/home/account/passkeys/new";
    let frame = Frame::of(texts, "passkey-new", "account", here, &signed_in);
    Ok(page(StatusCode::OK, &NewPage { frame }))
}

/// `POST /home/account/passkeys/begin`: what the browser is asked.
pub(super) async fn begin(
    State(node): State<Arc<Node>>,
    session: Session,
    signed_in: SignedIn,
) -> Result<Answer<Value>, Failure> {
    signed_in.fresh(&node).map_err(PageFailure::into_failure)?;
    let party = signed_in.party;
    let contact = contacts::contact_of(&node, party).await?;
    // What tells accounts of one person apart at the authenticator.
    let account = contact.map_or_else(|| party.to_string(), |contact| contact.email);
    let (asked, state) = passkeys::prepare(&node, party, &account).await?;
    let token = Ceremony::token();
    Ceremony::NewPasskey
        .begin(&node, &session, Some(party), &token, &(party, state))
        .await
        .map_err(PageFailure::into_failure)?;
    Ok(Answer(asked))
}

/// What `POST /home/account/passkeys` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    name: String,
    credential: RegisterPublicKeyCredential,
}

/// `POST /home/account/passkeys`: keeps what the authenticator made.
pub(super) async fn end(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    signed_in: SignedIn,
    Body(made): Body<Made>,
) -> Result<StatusCode, Failure> {
    signed_in.fresh(&node).map_err(PageFailure::into_failure)?;
    let begun = Ceremony::NewPasskey.end(&node, &session).await;
    let (party, state) = begun.map_err(PageFailure::into_failure)?;
    // Somebody else may have signed in at this browser meanwhile.
    if party != signed_in.party {
        return Err(Failure::forbidden());
    }
    let name = match made.name.trim() {
        "" => texts.get("passkey-unnamed"),
        name => name.to_owned(),
    };
    passkeys::keep(&node, party, &state, &name, &made.credential).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Template)]
#[template(path = "home/remove_passkey.html")]
struct RemovePage {
    frame: Frame,
    line: Line,
}

/// Where a passkey is removed.
fn removal(passkey: &str) -> String {
    format!("{HERE}/passkeys/{passkey}/remove")
}

/// `GET /home/account/passkeys/{passkey}/remove`: says first what it does, to who has just signed in.
pub(super) async fn remove(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(passkey): Path<String>,
) -> Result<Response, PageFailure> {
    let lines = lines(&node, &texts, &signed_in).await?.unwrap_or_default();
    let line = lines.into_iter().find(|line| line.id == passkey);
    let line = line.ok_or_else(PageFailure::not_found)?;
    signed_in.fresh(&node)?;
    let here = removal(&line.id);
    let frame = Frame::of(texts, "passkey-remove-title", "account", &here, &signed_in);
    Ok(page(StatusCode::OK, &RemovePage { frame, line }))
}

/// `POST /home/account/passkeys/{passkey}/remove`.
pub(super) async fn remove_now(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(passkey): Path<String>,
) -> Result<Redirect, PageFailure> {
    signed_in.fresh_at(&node, &removal(&passkey))?;
    passkeys::remove(&node, signed_in.party, &passkey).await?;
    Ok(Redirect::to(HERE))
}
