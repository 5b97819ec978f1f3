//! Turning letters off from a letter, without signing in (RFC 8058). Programs that look at links
//! follow them; they send no forms, so that only a form changes something.

use std::sync::Arc;

use askama::Template;
use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::failure::PageFailure;
use super::frame::{Frame, page};
use super::texts::Texts;
use crate::mail::topics::{self, Topic};
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/letters/{topic}/{party}/{mark}", get(ask).post(act))
}

/// What a path is made of.
type Names = Path<(String, String, String)>;

/// What has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Nothing,
    Off,
    On,
}

#[derive(Template)]
#[template(path = "mail/stop.html")]
struct StopPage {
    frame: Frame,
    path: String,
    topic: String,
    done: Done,
}

/// What the form sends. Programs that read mail send another one, which turns letters off.
#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    letters: String,
}

async fn ask(
    State(node): State<Arc<Node>>,
    texts: Texts,
    names: Names,
) -> Result<Response, PageFailure> {
    answer(&node, texts, names, None).await
}

async fn act(
    State(node): State<Arc<Node>>,
    texts: Texts,
    names: Names,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageFailure> {
    answer(&node, texts, names, Some(wanted.letters == "on")).await
}

async fn answer(
    node: &Node,
    texts: Texts,
    Path((topic, party, mark)): Names,
    wanted: Option<bool>,
) -> Result<Response, PageFailure> {
    let not_found = || PageFailure::not_found().in_words(texts.clone());
    let read = topics::read_stop_path(&node.index_key, &topic, &party, &mark);
    let (party, topic) = read.ok_or_else(not_found)?;
    let known = node.state.get::<Party>(&party).await?;
    if !known.is_some_and(|party| party.is_active()) {
        return Err(not_found());
    }
    let done = match wanted {
        None => Done::Nothing,
        Some(wanted) => {
            topics::set(node, party, topic, wanted).await?;
            if wanted { Done::On } else { Done::Off }
        }
    };
    Ok(page(
        StatusCode::OK,
        &stop_page(node, texts, party, topic, done),
    ))
}

fn stop_page(node: &Node, texts: Texts, party: PartyId, topic: Topic, done: Done) -> StopPage {
    let path = topics::stop_path(&node.index_key, party, topic);
    StopPage {
        topic: texts.get(&format!("topic-{}", topic.name())),
        frame: Frame::open(texts, "letters-stop-title", &path),
        path,
        done,
    }
}
