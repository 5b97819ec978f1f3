//! The first page, for everybody and for who is signed in.

use std::sync::Arc;

use askama::Template;
use assent_exchange::consent::state::{Consent, Status};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use crate::accounts;
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
}

/// `GET /home`.
pub(super) async fn overview(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let belongings = accounts::belongings(&node, signed_in.party).await?;
    let (mut active, mut paused) = (0, 0);
    for cr_id in &belongings.consents {
        match node
            .state
            .get::<Consent>(cr_id)
            .await?
            .map(|found| found.status)
        {
            Some(Status::Active) => active += 1,
            Some(Status::Disabled { .. }) => paused += 1,
            _ => {}
        }
    }
    let shown = OverviewPage {
        frame: Frame::of(texts, "home-title", "home", "/home", &signed_in),
        active,
        paused,
    };
    Ok(page(StatusCode::OK, &shown))
}
