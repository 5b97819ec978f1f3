//! The services that a person is linked with, and taking a link away.

use std::sync::Arc;

use askama::Template;
use assent_model::ids::LinkId;
use assent_model::records::Custody;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::descriptions;
use crate::holdings::{self, HeldLink, Holdings, Standing};
use crate::hosted;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::consent::custody;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// A link as it is shown.
struct Line {
    id: String,
    service: String,
    provider: String,
    about: String,
    removed: bool,
    /// How many consents are in force over it.
    active: usize,
}

#[derive(Template)]
#[template(path = "home/services.html")]
struct ServicesPage {
    frame: Frame,
    lines: Vec<Line>,
    /// Who keeps the keys.
    keeper: &'static str,
}

/// `GET /home/services`.
pub(super) async fn services(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(&node, signed_in.party).await?;
    let mut lines = Vec::new();
    for held in &holdings.links {
        lines.push(line(&node, &texts, &holdings, held).await?);
    }
    let shown = ServicesPage {
        keeper: custody(signed_in.custody),
        frame: Frame::of(
            texts,
            "services-title",
            "services",
            "/home/services",
            &signed_in,
        ),
        lines,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn line(
    node: &Node,
    texts: &Texts,
    holdings: &Holdings,
    held: &HeldLink,
) -> Result<Line, Failure> {
    let current = descriptions::current(node, held.link.service).await?;
    let description = descriptions::shared(node, &current).await?;
    let language = names::language(texts);
    let lines = &holdings.lines;
    let hanging = lines.chosen(|like| like.is_consent && like.link == Some(held.id));
    Ok(Line {
        id: held.id.to_string(),
        about: names::picked(&description.description, &language),
        service: plain(&description.name),
        provider: plain(&description.provider.name),
        removed: held.link.is_removed(),
        active: lines.counts(&hanging).of(Standing::Active),
    })
}

#[derive(Template)]
#[template(path = "home/unlink.html")]
struct UnlinkPage {
    frame: Frame,
    line: Line,
    keeper: &'static str,
}

/// `GET /home/services/{link}/remove`: says first what it does.
pub(super) async fn remove(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(link): Path<String>,
) -> Result<Response, PageFailure> {
    let id = parsed(&link)?;
    let holdings = holdings::of(&node, signed_in.party).await?;
    let held = holdings.link(id).ok_or_else(PageFailure::not_found)?;
    let line = line(&node, &texts, &holdings, held).await?;
    let here = format!("/home/services/{id}/remove");
    let frame = Frame::of(texts, "unlink-title", "services", &here, &signed_in);
    let keeper = custody(signed_in.custody);
    let shown = UnlinkPage {
        frame,
        line,
        keeper,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /home/services/{link}/remove`.
pub(super) async fn remove_now(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(link): Path<String>,
) -> Result<Redirect, PageFailure> {
    let id = own_hosted(&node, &signed_in, &link).await?;
    hosted::remove_link(&node, signed_in.party, id).await?;
    Ok(Redirect::to("/home/services"))
}

/// `POST /home/services/{link}/restore`.
pub(super) async fn restore(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(link): Path<String>,
) -> Result<Response, PageFailure> {
    let id = own_hosted(&node, &signed_in, &link).await?;
    hosted::restore_link(&node, signed_in.party, id).await?;
    Ok(Redirect::to("/home/services").into_response())
}

/// A link of this person, whose keys the operator keeps.
async fn own_hosted(node: &Node, signed_in: &SignedIn, link: &str) -> Result<LinkId, PageFailure> {
    let id = parsed(link)?;
    let holdings = holdings::of(node, signed_in.party).await?;
    holdings.link(id).ok_or_else(PageFailure::not_found)?;
    if signed_in.custody == Custody::Hosted {
        Ok(id)
    } else {
        Err(Failure::forbidden().into())
    }
}

fn parsed(link: &str) -> Result<LinkId, PageFailure> {
    link.parse().map_err(|_| PageFailure::not_found())
}
