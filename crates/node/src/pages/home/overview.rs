//! The first page, for everybody and for who is signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use super::consents::lines;
use super::standing::Standing;
use crate::holdings;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::{SignedIn, who};
use crate::pages::texts::Texts;

#[derive(Template)]
#[template(path = "home/welcome.html")]
struct WelcomePage {
    frame: Frame,
}

/// `GET /`: what this is. Who is signed in is at home already.
pub(super) async fn welcome(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
) -> Result<Response, PageFailure> {
    if who(&node, &session).await?.is_some() {
        return Ok(Redirect::to("/home").into_response());
    }
    let frame = Frame::open(texts, "welcome-title", "/");
    Ok(page(StatusCode::OK, &WelcomePage { frame }))
}

#[derive(Template)]
#[template(path = "home/overview.html")]
struct OverviewPage {
    frame: Frame,
    active: usize,
    paused: usize,
    waiting: usize,
}

/// `GET /home`.
pub(super) async fn overview(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(&node, signed_in.party).await?;
    let lines = lines(&holdings, node.clock.now());
    let count = |standing| {
        lines
            .iter()
            .filter(|line| line.standing() == standing)
            .count()
    };
    let (active, paused) = (count(Standing::Active), count(Standing::Paused));
    let waiting = count(Standing::Waiting);
    let shown = OverviewPage {
        frame: Frame::of(texts, "home-title", "home", "/home", &signed_in),
        active,
        paused,
        waiting,
    };
    Ok(page(StatusCode::OK, &shown))
}
