//! Meters: which are paired, how far each has come, and unpairing one. Where the keys are in the
//! browser, the wallet in the page signs what the node does for others.

mod adding;

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_model::ids::{PartyId, StreamId};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use fluent_templates::fluent_bundle::FluentValue;
use serde::Deserialize;

use crate::descriptions;
use crate::hosted;
use crate::http::failure::Failure;
use crate::meters::{self, Meter, Reader, Told};
use crate::node::Node;
use crate::pages::consent::{custody, word};
use crate::pages::dates::{self, When};
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;
use crate::streams;

/// Where the list is.
const HERE: &str = "/home/meters";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(meters))
        .route("/home/meters/add", get(adding::ask).post(adding::find))
        .route("/home/meters/pair", post(adding::pair))
        .route("/home/meters/{stream}/grants", post(grant))
        .route("/home/meters/{stream}/unpair", get(unpair).post(unpair_now))
}

/// A meter as it is shown.
struct Line {
    id: String,
    label: String,
    is_open: bool,
    /// How many records it has published.
    records: usize,
    /// What reads it, and what could.
    readers: Vec<ReaderLine>,
}

/// A consent that reads a meter, or could.
struct ReaderLine {
    consent: String,
    /// Where the consent says that the data comes from.
    source: String,
    service: String,
    /// How often it reads.
    how_often: String,
    /// Whether the meter was not told of it.
    is_new: bool,
    /// That it reads what was measured before, and from when on, as a sentence.
    since: Option<String>,
}

impl Line {
    async fn of(
        node: &Node,
        texts: &Texts,
        party: PartyId,
        meter: &Meter,
    ) -> Result<Self, Failure> {
        let records = streams::next(node, meter.stream_id).await?;
        let mut readers = Vec::new();
        if meter.is_open() {
            for reader in meters::readers(node, party, meter.stream_id).await? {
                readers.push(reader_line(node, texts, &reader).await?);
            }
        }
        Ok(Self {
            id: meter.stream_id.to_string(),
            label: plain(&meter.label),
            is_open: meter.is_open(),
            records: usize::try_from(records).unwrap_or(usize::MAX),
            readers,
        })
    }
}

async fn reader_line(node: &Node, texts: &Texts, reader: &Reader) -> Result<ReaderLine, Failure> {
    let resolutions = reader.resolutions.iter();
    let how_often: Vec<String> = resolutions
        .map(|resolution| word(texts, "resolution", resolution))
        .collect();
    let source = descriptions::shared(node, &reader.source).await?;
    let service = descriptions::shared(node, &reader.service).await?;
    Ok(ReaderLine {
        consent: reader.cr_id.to_string(),
        source: plain(&source.name),
        service: plain(&service.name),
        how_often: how_often.join(" · "),
        is_new: reader.told == Told::Nothing,
        since: match reader.told {
            Told::Since(at) => {
                let day = FluentValue::from(When::day(texts, at).words);
                Some(texts.with("meters-history-since", &[("day", day)]))
            }
            Told::Nothing | Told::FromThen => None,
        },
    })
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
    /// What was not, as the key of a sentence.
    wrong: Option<&'static str>,
    /// The last day from which earlier measurements can be given (ISO 8601).
    today: String,
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
    let done = match asked.done.as_str() {
        "paired" => Some("meters-done-paired"),
        "granted" => Some("meters-done-granted"),
        "unpaired" => Some("meters-done-unpaired"),
        _ => None,
    };
    shown(&node, texts, &signed_in, done, None).await
}

/// The list, after something was done or was not.
async fn shown(
    node: &Node,
    texts: Texts,
    signed_in: &SignedIn,
    done: Option<&'static str>,
    wrong: Option<&'static str>,
) -> Result<Response, PageFailure> {
    let meters = meters::meters(node, signed_in.party).await?;
    let mut lines = Vec::new();
    for meter in &meters {
        lines.push(Line::of(node, &texts, signed_in.party, meter).await?);
    }
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = MetersPage {
        lines,
        keeper: custody(signed_in.custody),
        done,
        wrong,
        today: dates::day(node.clock.now()),
        frame: Frame::of(texts, "meters-title", "meters", HERE, signed_in),
    };
    Ok(page(status, &shown))
}

#[derive(Template)]
#[template(path = "home/unpair.html")]
struct UnpairPage {
    frame: Frame,
    line: Line,
    /// Who keeps the keys.
    keeper: &'static str,
}

/// What `POST /home/meters/{stream}/grants` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    consent: String,
    /// The first day of what was measured before that is given as well (ISO 8601), where any is.
    from: Option<String>,
}

/// Lets a consent read a meter, where a person with several says which, or read what it measured before.
async fn grant(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(stream): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageFailure> {
    let meter = own(&node, &signed_in, &stream).await?;
    let consent = chosen.consent.parse().map_err(|_| Code::MalformedBody)?;
    let history_from = match chosen.from.as_deref().map(dates::begin_of) {
        None => None,
        Some(Some(from)) if from <= node.clock.now() => Some(from),
        Some(_) => {
            return shown(&node, texts, &signed_in, None, Some("meters-history-wrong")).await;
        }
    };
    let (party, stream) = (signed_in.party, meter.stream_id);
    hosted::grant(&node, party, stream, consent, history_from).await?;
    Ok(Redirect::to("/home/meters?done=granted").into_response())
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
        line: Line::of(&node, &texts, signed_in.party, &meter).await?,
        keeper: custody(signed_in.custody),
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
    let meters = meters::meters(node, signed_in.party).await?;
    let found = meters
        .into_iter()
        .find(|meter| meter.stream_id == id && meter.is_open());
    found.ok_or_else(PageFailure::not_found)
}
