//! Meters: which are paired, how far each has come, and unpairing one.

mod adding;

use std::sync::Arc;

use askama::Template;
use assent_model::ids::StreamId;
use assent_model::records::Custody;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::hosted::{self, Meter};
use crate::node::Node;
use crate::pages::consent::custody;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// Where the list is.
const HERE: &str = "/home/meters";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(meters))
        .route("/home/meters/add", get(adding::ask).post(adding::find))
        .route("/home/meters/pair", post(adding::pair))
        .route("/home/meters/{stream}/unpair", get(unpair).post(unpair_now))
}

/// A meter as it is shown.
struct Line {
    id: String,
    label: String,
    is_open: bool,
    /// How many records of it the ledger has seen.
    records: usize,
}

impl Line {
    fn of(meter: &Meter) -> Self {
        let records = meter.stream.anchor.map_or(0, |anchor| anchor.sequence + 1);
        Self {
            id: meter.stream_id.to_string(),
            label: plain(&meter.label),
            is_open: meter.is_open(),
            records: usize::try_from(records).unwrap_or(usize::MAX),
        }
    }
}

#[derive(Template)]
#[template(path = "home/meters.html")]
struct MetersPage {
    frame: Frame,
    lines: Vec<Line>,
    /// Who keeps the keys.
    keeper: &'static str,
    /// What was just done, as the key of a sentence.
    done: Option<&'static str>,
}

/// What `GET /home/meters` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: String,
}

async fn meters(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let meters = hosted::meters(&node, signed_in.party).await?;
    let shown = MetersPage {
        lines: meters.iter().map(Line::of).collect(),
        keeper: custody(signed_in.custody),
        done: match asked.done.as_str() {
            "paired" => Some("meters-done-paired"),
            "unpaired" => Some("meters-done-unpaired"),
            _ => None,
        },
        frame: Frame::of(texts, "meters-title", "meters", HERE, &signed_in),
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Template)]
#[template(path = "home/unpair.html")]
struct UnpairPage {
    frame: Frame,
    line: Line,
}

/// Says first what it does, to who has just signed in.
async fn unpair(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(stream): Path<String>,
) -> Result<Response, PageFailure> {
    let meter = own(&node, &signed_in, &stream).await?;
    signed_in.fresh(&node)?;
    let here = format!("/home/meters/{}/unpair", meter.stream_id);
    let shown = UnpairPage {
        line: Line::of(&meter),
        frame: Frame::of(texts, "unpair-title", "meters", &here, &signed_in),
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn unpair_now(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(stream): Path<String>,
) -> Result<Redirect, PageFailure> {
    let meter = own(&node, &signed_in, &stream).await?;
    let here = format!("/home/meters/{}/unpair", meter.stream_id);
    signed_in.fresh_at(&node, &here)?;
    hosted::unpair(&node, signed_in.party, meter.stream_id).await?;
    Ok(Redirect::to("/home/meters?done=unpaired"))
}

/// A meter of this person that is paired.
async fn own(node: &Node, signed_in: &SignedIn, stream: &str) -> Result<Meter, PageFailure> {
    let id: StreamId = stream.parse().map_err(|_| PageFailure::not_found())?;
    let meters = hosted::meters(node, signed_in.party).await?;
    let found = meters
        .into_iter()
        .find(|meter| meter.stream_id == id && meter.is_open());
    found.ok_or_else(PageFailure::not_found)
}

/// Only the operator can enter a code for somebody, and only where it keeps the keys.
fn is_hosted(signed_in: &SignedIn) -> bool {
    signed_in.custody == Custody::Hosted
}
