//! Pages for people: signing in, My Home, the consent form, the console. Rendered on the server, in
//! the language of the reader, and usable without JavaScript wherever no key of the reader's own has
//! to sign.
//!
//! One folder an area, its templates under `templates/` in a folder of the same name, its words under
//! `texts/pages/{language}/` in a file of the same name. No word that a person reads stands in code
//! or templates. A page reads what the API reads and changes things through the same commands: there
//! is no second way in. Nothing is loaded from elsewhere and no script or style stands in a page.

mod assets;
mod browser_session;
mod ceremony;
mod consent;
mod console;
mod dates;
mod devices;
mod failure;
mod frame;
mod home;
mod linking;
mod logos;
mod mail;
mod names;
pub(crate) mod receipts;
mod sign_in;
mod sign_up;
mod signed_in;
mod spelling;
pub(crate) mod texts;
#[cfg(test)]
mod texts_tests;
mod wallet;

use std::sync::Arc;

use assent_model::ids::PartyId;
use axum::Router;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use failure::PageFailure;
use texts::Texts;
use tower_http::csrf::CsrfLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use crate::http::failure::Failure;
use crate::node::Node;
use crate::owned;
use crate::passkeys;
use crate::providers::bindings;

pub(crate) use sign_in::link::offer as sign_in_link;
pub(crate) use spelling::plain;

/// The cookie that names a session, where people's browsers come without encryption: on one machine.
const COOKIE: &str = "assent-session";
/// The same over https: browsers take a cookie of this name from this host alone, so that no other host
/// of its domain brings a person into a session of somebody else.
const HOST_COOKIE: &str = "__Host-assent-session";

/// The sessions of browsers.
pub(crate) fn sessions(node: &Arc<Node>) -> SessionManagerLayer<browser_session::Sessions> {
    let is_secure = node.config.public_url.starts_with("https://");
    SessionManagerLayer::new(browser_session::Sessions::new(Arc::clone(node)))
        .with_name(if is_secure { HOST_COOKIE } else { COOKIE })
        .with_path("/")
        .with_same_site(SameSite::Lax)
        .with_secure(is_secure)
        .with_expiry(Expiry::OnSessionEnd)
}

/// Who is signed in at the session of a request, if anybody is.
///
/// # Errors
/// The store fails.
pub(crate) async fn signed_in_party(
    node: &Node,
    extensions: &Extensions,
) -> Result<Option<(PartyId, bool)>, Failure> {
    let Some(session) = extensions.get::<Session>() else {
        return Ok(None);
    };
    let who = signed_in::who(node, session).await;
    let who = who.map_err(PageFailure::into_failure)?;
    Ok(who.map(|who| (who.party, who.is_fresh(node))))
}

/// All pages of a node. What changes something is refused when it comes from another site.
pub(crate) fn routes(node: &Arc<Node>) -> Router<Arc<Node>> {
    Router::new()
        .merge(sign_in::routes())
        .merge(sign_up::routes())
        .merge(mail::routes())
        .merge(home::routes())
        .merge(devices::routes())
        .merge(console::routes())
        .merge(consent::routes())
        .merge(linking::routes())
        .merge(receipts::routes())
        .route("/language", axum::routing::post(texts::choose))
        .layer(from_fn(failure::in_words))
        .layer(CsrfLayer::new())
        .layer(sessions(node))
        .route("/assets/{name}", get(assets::asset))
        .route("/logos/{service}/{version}", get(logos::logo))
}

/// A page that says what went wrong, in the language of the reader.
pub(crate) fn failure_page(failure: &Failure, headers: &HeaderMap) -> Response {
    failure::failure_page(failure, Texts::of(headers))
}

/// The kinds of documents that keep somebody signed in, or are about to sign somebody in.
const SIGNED_IN: [&str; 3] = [browser_session::KIND, ceremony::KIND, sign_in::link::KIND];
/// The kinds of documents that let somebody sign in.
const WAYS_IN: [&str; 2] = [passkeys::KIND, bindings::KIND];

/// Signs a party out everywhere and voids what waits to sign it in.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn sign_out(node: &Node, party: PartyId) -> Result<(), Failure> {
    owned::forget(node, &SIGNED_IN, party).await
}

/// Forgets everything that is kept for signing a party in.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn forget(node: &Node, party: PartyId) -> Result<(), Failure> {
    // The ways in first, so that nobody comes in meanwhile.
    owned::forget(node, &WAYS_IN, party).await?;
    sign_out(node, party).await
}
