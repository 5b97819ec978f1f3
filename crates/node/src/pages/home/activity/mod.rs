//! The timeline: every change and every access, with who, what data and why. Refused attempts are in
//! it. What is shown can be taken along as a table or as JSON.

mod export;
mod filter;
mod line;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::filter::{Asked, Kind, Wanted};
use self::line::{Item, Line, Timeline};
use super::consents::{Choice, described, services};
use super::paging::{ROWS, query};
use super::visitor::Visitor;
use crate::holdings::{self, Standing};
use crate::homes;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::texts::Texts;

pub(super) use line::did;

/// Where the page is.
const HERE: &str = "/home/activity";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(activity))
        .route("/home/activity/export/{format}", get(export::export))
}

#[derive(Template)]
#[template(path = "home/activity.html")]
struct ActivityPage {
    frame: Frame,
    lines: Vec<Line>,
    services: Vec<Choice>,
    kinds: Vec<Choice>,
    standings: Vec<Choice>,
    homes: Vec<Choice>,
    from: String,
    to: String,
    /// Whether a day cannot be read, and counts for nothing.
    is_no_day: bool,
    is_filtered: bool,
    /// How many fit.
    count: usize,
    /// The newest page, where this is another.
    newest: Option<String>,
    older: Option<String>,
    csv: String,
    json: String,
}

/// `GET /home/activity`.
async fn activity(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let acts = homes::acts::of(&node, visitor.owner).await?;
    let holdings = holdings::of(&node, visitor.owner).await?;
    let shared = visitor.shared();
    let wanted = Wanted::read(&asked);
    let timeline = Timeline::new(&holdings, &shared, &acts, &wanted);
    let mut rows: Vec<Item<'_>> = timeline.newest(wanted.before).take(ROWS + 1).collect();
    let has_older = rows.len() > ROWS;
    rows.truncate(ROWS);
    let mut lines = Vec::new();
    for item in &rows {
        lines.push(Line::of(&node, &texts, &holdings, item).await?);
    }
    let fields = asked.fields();
    let after = rows.last().filter(|_| has_older);
    let older = after.map(|item| {
        let cursor = item.moment().cursor();
        query(HERE, &[&fields[..], &[("before", &cursor)]].concat())
    });
    let seen = holdings.lines.chosen(|like| shared.sees(like));
    let described = described(&node, &holdings, &seen).await?;
    let shown = ActivityPage {
        services: services(&described, &asked.service),
        kinds: choices(
            Kind::ALL.map(Kind::name),
            "activity-kind",
            &asked.kind,
            &texts,
        ),
        standings: choices(
            Standing::ALL.map(Standing::name),
            "standing",
            &asked.status,
            &texts,
        ),
        homes: visitor.home_choices(&asked.home),
        is_no_day: wanted.is_no_day,
        is_filtered: asked.is_filtered(),
        count: timeline.count(),
        newest: timeline
            .has_newer(wanted.before)
            .then(|| query(HERE, &fields)),
        older,
        csv: query("/home/activity/export/csv", &fields),
        json: query("/home/activity/export/json", &fields),
        from: asked.from.clone(),
        to: asked.to.clone(),
        lines,
        frame: visitor.frame(texts, "activity-title", "activity", HERE),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// A closed list as it is chosen from.
fn choices<const N: usize>(
    names: [&'static str; N],
    list: &str,
    chosen: &str,
    texts: &Texts,
) -> Vec<Choice> {
    let choice = |name: &'static str| Choice {
        value: name.into(),
        name: texts.get(&format!("{list}-{name}")),
        is_chosen: name == chosen,
    };
    names.map(choice).into()
}
