//! Pages for who comes to a form that there is nothing to answer at, and for who has answered.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// The way back to a service: a link, because no form may lead to another origin.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Back {
    /// The name of the service.
    pub(in crate::pages) name: String,
    /// Where it is.
    pub(in crate::pages) address: String,
}

#[derive(Template)]
#[template(path = "consent/closed.html")]
pub(in crate::pages) struct ClosedPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) lead: String,
    pub(in crate::pages) back: Option<Back>,
}

/// The link is unknown, or its time is over.
pub(in crate::pages) fn over(texts: Texts) -> Response {
    let shown = ClosedPage {
        lead: texts.get("consent-over"),
        frame: Frame::open(texts, "consent-over-title", "/home"),
        back: None,
    };
    page(StatusCode::GONE, &shown)
}

#[derive(Template)]
#[template(path = "consent/stranger.html")]
struct StrangerPage {
    frame: Frame,
    path: String,
}

/// Somebody else is asked. Who and what is not said.
pub(in crate::pages) fn stranger(texts: Texts, path: &str, signed_in: &SignedIn) -> Response {
    let shown = StrangerPage {
        frame: Frame::of(texts, "consent-stranger-title", "", path, signed_in),
        path: path.to_owned(),
    };
    page(StatusCode::NOT_FOUND, &shown)
}
