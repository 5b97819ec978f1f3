//! The pages: rendered here, useful without JavaScript, and under a policy that lets nothing in from
//! elsewhere.

mod assets;
mod day;
mod downloads;
mod events;
mod figures;
mod leaving;
mod live;
mod session;
mod spelling;
#[cfg(test)]
pub(crate) mod tests;
mod texts;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::description::{ANSWERED, LINKED, POLICY};
use crate::household::Phase;
use crate::insights::Insights;
use session::Visitor;
use texts::Texts;

/// The longest form.
const BODY_BYTES_MAX: usize = 4096;

/// What is sent along with everything.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Everything that a browser can ask for. What changes something is refused when it comes from
/// another site.
pub fn routes(insights: Arc<Insights>) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/start", post(leaving::start))
        .route(LINKED, get(leaving::linked))
        .route(ANSWERED, get(leaving::answered))
        .route("/prices", post(live::set_prices))
        .route("/events", get(events::events))
        .route("/data/power.json", get(downloads::power_graph))
        .route("/data/quarters.json", get(downloads::quarters_graph))
        .route("/data/power.csv", get(downloads::power_csv))
        .route("/data/quarters.csv", get(downloads::quarters_csv))
        .route("/data/days.csv", get(downloads::days_csv))
        .route("/privacy", get(privacy))
        .route("/assets/{name}", get(assets::asset))
        .fallback(missing)
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(CsrfLayer::new())
        .layer(map_response(harden))
        .with_state(insights)
}

async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    response
}

/// `GET /`: the live page for whoever is read for, else the start.
async fn front(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
    wanted: axum::extract::Query<day::Wanted>,
) -> Response {
    let phase = visitor.phase();
    match (phase, visitor.household()) {
        (Phase::Reading, Some(household)) => live::page(&insights, household, texts, &wanted),
        _ => start_page(&insights, &visitor, texts),
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: Frame,
    phase: Phase,
    /// What is to say about it.
    said: String,
    source: String,
    /// What went wrong, where something did: who is shown to have done it, and its code.
    fault: Option<(String, String)>,
}

fn start_page(insights: &Insights, visitor: &Visitor, texts: Texts) -> Response {
    let phase = visitor.phase();
    let fault = visitor.household().and_then(|household| {
        let record = household.record();
        let fault = record.fault.as_ref()?;
        Some((
            texts.get(&format!("culprit-{}", fault.culprit)),
            fault.code.clone(),
        ))
    });
    let title = texts.get(&format!("title-{}", phase.name()));
    respond(
        StatusCode::OK,
        &StartPage {
            said: texts.get(&format!("phase-{}", phase.name())),
            frame: Frame::new(texts, title, phase),
            phase,
            source: insights.source_name.clone(),
            fault,
        },
    )
}

/// What every page has around it.
#[derive(Debug, Clone)]
struct Frame {
    texts: Texts,
    title: String,
    phase: Phase,
}

impl Frame {
    fn new(texts: Texts, title: String, phase: Phase) -> Self {
        Self {
            texts,
            title,
            phase,
        }
    }

    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    fn has_graphs(&self) -> bool {
        assets::has_graphs()
    }
}

#[derive(Template)]
#[template(path = "note.html")]
struct NotePage {
    frame: Frame,
    text: String,
}

/// A page that says one thing, and leads back.
fn note(status: StatusCode, texts: Texts, key: &str) -> Response {
    let title = texts.get(&format!("{key}-title"));
    let text = texts.get(key);
    let frame = Frame::new(texts, title, Phase::New);
    respond(status, &NotePage { frame, text })
}

fn respond(status: StatusCode, template: &impl Template) -> Response {
    let html = template.render().expect("templates render into memory");
    let html_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, html_type, html).into_response()
}

async fn missing(headers: HeaderMap) -> Response {
    note(StatusCode::NOT_FOUND, Texts::of(&headers), "missing")
}

/// The privacy statement that the description pins.
async fn privacy() -> Response {
    let text_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (text_type, POLICY).into_response()
}
