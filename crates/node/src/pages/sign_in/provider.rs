//! Signing in at an identity provider of an organisation.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::Asked;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::ceremony::Ceremony;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, local_path, page};
use crate::pages::signed_in::{Means, SignedIn};
use crate::pages::texts::Texts;
use crate::providers::{self, Begun, Provider, Vouched, bindings};

/// A provider on the page to sign in at.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
}

/// The providers of this node.
pub(super) fn choices(node: &Node) -> Vec<Choice> {
    let choice = |provider: &Provider| Choice {
        id: provider.settings.id.clone(),
        name: provider.settings.name.clone(),
    };
    node.providers.all().iter().map(choice).collect()
}

fn find<'a>(node: &'a Node, id: &str) -> Result<&'a Provider, Failure> {
    node.providers.find(id).ok_or_else(Failure::not_found)
}

/// `GET /sign-in/providers/{provider}`: sends somebody there. It signs nobody in, and changes nothing
/// but what this browser waits for.
pub(super) async fn begin(
    State(node): State<Arc<Node>>,
    session: Session,
    Path(provider): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Redirect, PageFailure> {
    let url = send(&node, &session, &provider, &asked).await?;
    Ok(Redirect::to(&url))
}

async fn send(
    node: &Node,
    session: &Session,
    provider: &str,
    asked: &Asked,
) -> Result<String, PageFailure> {
    let provider = find(node, provider)?;
    let (here, token) = (local_path(&asked.here), Ceremony::token());
    let begun = providers::begin(provider, &node.clock, token.clone(), here, asked.again);
    let (url, begun) = begun.await.map_err(Failure::from)?;
    Ceremony::Provider
        .begin(node, session, None, &token, &begun)
        .await?;
    Ok(url)
}

/// What the provider sends somebody back with.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    /// Who says so (RFC 9207), where the provider tells.
    iss: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/unbound.html")]
struct UnboundPage {
    frame: Frame,
    issuer: String,
    subject: String,
    /// With what the organisation lets the subject act for it.
    command: String,
}

/// `GET /sign-in/providers/{provider}/callback`: signs in whoever acts for a party.
pub(super) async fn end(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Path(provider): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, PageFailure> {
    match receive(&node, &session, &provider, back).await? {
        Received::Bound(here) => Ok(Redirect::to(&here).into_response()),
        Received::Unbound(issuer, subject) => Ok(unbound(texts, issuer, subject)),
    }
}

/// Who has come back.
enum Received {
    /// Somebody who acts for a party, now signed in: where to go on.
    Bound(String),
    /// Somebody whom no party has let in: issuer and subject.
    Unbound(String, String),
}

async fn receive(
    node: &Node,
    session: &Session,
    provider: &str,
    back: Back,
) -> Result<Received, PageFailure> {
    let provider = find(node, provider)?;
    let begun: Begun = Ceremony::Provider
        .end_with(node, session, &back.state)
        .await?;
    let Vouched { subject, seen_at } = vouched(node, provider, &begun, back).await?;
    let issuer = &provider.settings.issuer;
    let Some(party) = bindings::party_of(node, issuer, &subject).await? else {
        return Ok(Received::Unbound(issuer.clone(), subject));
    };
    // Who does not say when it saw the person may have seen it long ago.
    let seen_at = seen_at.unwrap_or_default();
    SignedIn::begin_seen(node, session, party, Means::Provider, seen_at).await?;
    Ok(Received::Bound(local_path(&begun.here).to_owned()))
}

/// Another provider than the one that somebody was sent to vouches for nobody (RFC 9700, section 4.4).
async fn vouched(
    node: &Node,
    provider: &Provider,
    begun: &Begun,
    back: Back,
) -> Result<Vouched, Failure> {
    let is_other = |iss: String| iss != provider.settings.issuer;
    if begun.provider != provider.settings.id || back.iss.is_some_and(is_other) {
        return Err(Code::ProviderRefused.into());
    }
    let code = back.code.ok_or(Code::ProviderRefused)?;
    Ok(providers::vouch(provider, &node.clock, begun, code).await?)
}

/// Says who is vouched for, to nobody else, so that the organisation can let the subject act for it.
fn unbound(texts: Texts, issuer: String, subject: String) -> Response {
    let shown = UnboundPage {
        frame: Frame::open(texts, "sign-in-unbound-title", "/sign-in"),
        command: format!(
            "assent account bind --issuer {} --subject {} --keys keys.json",
            quoted(&issuer),
            quoted(&subject)
        ),
        issuer,
        subject,
    };
    page(StatusCode::FORBIDDEN, &shown)
}

/// A word for a shell, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
