//! Naming homes, and putting links with services into them.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::consents::Choice;
use crate::descriptions;
use crate::holdings;
use crate::homes;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// Where the page is.
const HERE: &str = "/home/homes";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(homes).post(add))
        .route("/home/homes/{home}/rename", post(rename))
        .route("/home/homes/{home}/remove", post(remove))
        .route("/home/homes/place/{link}", post(place))
}

/// A link with the choice of where it belongs.
struct Link {
    id: String,
    service: String,
    homes: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "home/homes.html")]
struct HomesPage {
    frame: Frame,
    homes: Vec<homes::Home>,
    links: Vec<Link>,
}

async fn homes(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let homes = homes::of(&node, signed_in.party).await?;
    let holdings = holdings::of(&node, signed_in.party).await?;
    let mut links = Vec::new();
    for held in &holdings.links {
        let service = descriptions::current(&node, held.link.service).await?;
        let service = descriptions::shared(&node, &service).await?;
        let choice = |home: &homes::Home| Choice {
            value: home.id.clone(),
            name: home.name.clone(),
            is_chosen: home.links.contains(&held.id),
        };
        links.push(Link {
            id: held.id.to_string(),
            service: plain(&service.name),
            homes: homes.iter().map(choice).collect(),
        });
    }
    let shown = HomesPage {
        frame: Frame::of(texts, "homes-title", "account", HERE, &signed_in),
        homes,
        links,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What names a home.
#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

async fn add(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Form(named): Form<Named>,
) -> Result<Redirect, PageFailure> {
    homes::add(&node, signed_in.party, &named.name).await?;
    Ok(Redirect::to(HERE))
}

async fn rename(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(home): Path<String>,
    Form(named): Form<Named>,
) -> Result<Redirect, PageFailure> {
    homes::rename(&node, signed_in.party, &home, &named.name).await?;
    Ok(Redirect::to(HERE))
}

async fn remove(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(home): Path<String>,
) -> Result<Redirect, PageFailure> {
    homes::remove(&node, signed_in.party, &home).await?;
    Ok(Redirect::to(HERE))
}

/// Where a link is put; nowhere where it is empty.
#[derive(Debug, Deserialize)]
struct Placed {
    home: String,
}

async fn place(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(link): Path<String>,
    Form(placed): Form<Placed>,
) -> Result<Redirect, PageFailure> {
    let not_found = || PageFailure::not_found();
    let link = link.parse().map_err(|_| not_found())?;
    {
        let holdings = holdings::of(&node, signed_in.party).await?;
        holdings.link(link).ok_or_else(not_found)?;
    }
    homes::place(&node, signed_in.party, link, &placed.home).await?;
    Ok(Redirect::to(HERE))
}
