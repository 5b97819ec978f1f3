//! The first page, for everybody and for who is signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use super::consents::Choice;
use super::visitor::Visitor;
use crate::holdings::{self, Standing};
use crate::homes::delegates;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::who;
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
    /// Homes with the number of consents that are in force there.
    homes: Vec<(Choice, usize)>,
    /// How many others have let this person in.
    entrusted: usize,
    /// Whether nothing has happened yet.
    is_new: bool,
}

/// `GET /home`.
pub(super) async fn overview(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
) -> Result<Response, PageFailure> {
    let entrusted = if visitor.is_delegate() {
        0
    } else {
        delegates::given_to(&node, visitor.owner).await?.len()
    };
    let holdings = holdings::of(&node, visitor.owner).await?;
    let shared = visitor.shared();
    let lines = &holdings.lines;
    let counts = lines.counts(&lines.chosen(|like| shared.sees(like)));
    let at_home = |home: Choice| {
        let there = lines.chosen(|like| shared.sees(like) && shared.is_at(like, &home.value));
        (home, lines.counts(&there).of(Standing::Active))
    };
    let shown = OverviewPage {
        active: counts.of(Standing::Active),
        paused: counts.of(Standing::Paused),
        waiting: counts.of(Standing::Waiting),
        homes: visitor.home_choices("").into_iter().map(at_home).collect(),
        entrusted,
        is_new: counts.all() == 0 && holdings.links.is_empty() && !visitor.is_delegate(),
        frame: visitor.frame(texts, "home-title", "home", "/home"),
    };
    Ok(page(StatusCode::OK, &shown))
}
