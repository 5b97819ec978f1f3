//! An example of what a person will see once something is shared: invented, and said to be so. For who
//! is new here.

use std::sync::Arc;

use askama::Template;
use assent_model::time::{Span, Timestamp};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::node::Node;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// What happened in the example: how many days ago, what kind, who and what, as keys; and why it was
/// refused, if it was.
const STORY: [(u64, &str, &str, &str, Option<&str>); 7] = [
    (0, "closing", "example-service", "did-acknowledge", None),
    (1, "change", "who-you", "did-withdraw", None),
    (
        2,
        "refusal",
        "example-service",
        "did-try",
        Some("consent-disabled"),
    ),
    (3, "change", "who-you", "did-pause", None),
    (9, "access", "example-source", "did-release", None),
    (10, "change", "who-you", "did-give", None),
    (10, "question", "example-service", "did-ask", None),
];

/// A line of the example.
struct Line {
    when: When,
    kind: String,
    who: String,
    what: String,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "home/example.html")]
struct ExamplePage {
    frame: Frame,
    given: When,
    ended: When,
    lines: Vec<Line>,
}

/// `GET /home/example`.
pub(super) async fn example(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let now = node.clock.now();
    let shown = ExamplePage {
        given: When::day(&texts, ago(now, 10)),
        ended: When::day(&texts, ago(now, 1)),
        lines: STORY.map(|line| said(&texts, now, line)).into(),
        frame: Frame::of(texts, "example-title", "home", "/home/example", &signed_in),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn ago(now: Timestamp, days: u64) -> Timestamp {
    now - Span::from_days(days)
}

fn said(
    texts: &Texts,
    now: Timestamp,
    (days, kind, who, what, refusal): (u64, &str, &str, &str, Option<&str>),
) -> Line {
    Line {
        when: When::day(texts, ago(now, days)),
        kind: texts.get(&format!("activity-kind-{kind}")),
        who: texts.get(who),
        what: texts.get(what),
        refusal: refusal.map(|code| texts.get(&format!("refusal-{code}"))),
    }
}
