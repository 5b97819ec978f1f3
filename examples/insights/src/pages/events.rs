//! What is new, for the page that is open: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::sleep;

use super::figures::{Figures, figures};
use super::live::seconds;
use super::session::Visitor;
use super::texts::Texts;
use crate::energy::PowerPoint;
use crate::household::{Phase, Record};
use crate::households::{Household, SessionSecret};
use crate::insights::Insights;

/// The least time between two events.
const PACE: Duration = Duration::from_millis(500);
/// Without anything new, the figures are said again: what was read a minute ago is not of now.
const AT_LATEST: Duration = Duration::from_secs(15);

/// An event of this kind is sent with every change.
const NEWS: &str = "news";

/// What is new.
#[derive(Debug, Serialize)]
struct News {
    /// Where the household stands; the page is loaded anew when that is another.
    phase: &'static str,
    figures: Figures,
    /// The latest power: seconds since 1970, used, fed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    power: Option<(i64, Option<i64>, Option<i64>)>,
    /// How many quarter-hours are over.
    quarters: usize,
}

/// A page that is open.
struct Open {
    insights: Arc<Insights>,
    secret: SessionSecret,
    household: Arc<Household>,
    changes: watch::Receiver<u64>,
    texts: Texts,
}

impl Open {
    /// The next event; none once the session is another's, or nobody's: who had the secret of before sees
    /// nothing of what comes after.
    async fn next(&mut self) -> Option<Event> {
        wait(&mut self.changes).await?;
        let household = self.insights.households.find(&self.secret)?;
        let is_same = Arc::ptr_eq(&household, &self.household);
        is_same.then(|| event(&household, &self.texts))
    }
}

/// `GET /events`.
pub(super) async fn events(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
) -> Response {
    let Some((secret, household)) = visitor.session() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let mut changes = household.watch();
    changes.mark_changed();
    let open = Open {
        insights,
        secret,
        household,
        changes,
        texts,
    };
    let news = stream::unfold(open, |mut open| async move {
        let event = open.next().await?;
        Some((Ok::<_, Infallible>(event), open))
    });
    Sse::new(news)
        .keep_alive(KeepAlive::default())
        .into_response()
}

async fn wait(changes: &mut watch::Receiver<u64>) -> Option<()> {
    if changes.has_changed().ok()? {
        sleep(PACE).await;
    } else {
        let _ = tokio::time::timeout(AT_LATEST, changes.changed()).await;
    }
    changes.mark_unchanged();
    Some(())
}

fn event(household: &Household, texts: &Texts) -> Event {
    let phase = household.phase();
    let news = news(&household.record(), phase, texts);
    let event = Event::default().event(NEWS).json_data(news);
    event.expect("texts and numbers always serialise")
}

fn news(record: &Record, phase: Phase, texts: &Texts) -> News {
    let energy = record.energy.as_ref().filter(|_| phase == Phase::Reading);
    let latest = energy.and_then(|energy| energy.power.latest());
    let spelled = energy.map(|energy| figures(energy, &record.prices, texts, seconds()));
    let power = |point: PowerPoint| (point.at, point.delivered, point.returned);
    News {
        phase: phase.name(),
        figures: spelled.unwrap_or_default(),
        power: latest.map(power),
        quarters: energy.map_or(0, |energy| energy.quarters.len()),
    }
}
