//! What a service has asked people, and what came of it.

use std::sync::Arc;

use askama::Template;
use assent_exchange::consent::state::{Request, RequestStatus};
use assent_model::ids::{RequestId, ServiceId};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::services::Before;
use super::{Listed, Organisation};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/console/services/{service}/requests", get(list))
}

struct Row {
    id: RequestId,
    surrogate: String,
    purpose: String,
    status: &'static str,
    word: String,
    asked: String,
    /// When an answer comes too late, while one is awaited.
    answer_by: Option<String>,
    /// The consent that answered it.
    consent: Option<String>,
}

#[derive(Template)]
#[template(path = "console/requests.html")]
struct RequestsPage {
    frame: Frame,
    id: ServiceId,
    rows: Vec<Row>,
    next: Option<String>,
}

async fn list(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Query(query): Query<Before>,
) -> Result<Response, PageFailure> {
    let (id, _) = organisation.service(&node, &id).await?;
    let list = format!("{id}/requests");
    let listed = Listed::read(&node, &list, query.before.as_deref()).await?;
    let mut rows = Vec::new();
    for (position, member) in &listed.found {
        rows.push(row(&node, &organisation, *position, member).await?);
    }
    let here = format!("/console/services/{id}/requests");
    let shown = RequestsPage {
        frame: organisation.frame("console-requests", "console-services", &here),
        id,
        rows,
        next: listed.next,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn row(
    node: &Node,
    organisation: &Organisation,
    position: u64,
    member: &str,
) -> Result<Row, PageFailure> {
    let id: RequestId = member.parse().map_err(|_| Failure::unavailable())?;
    let request = node.state.get::<Request>(&id).await?;
    let request = request.ok_or_else(Failure::unavailable)?;
    let asked = super::time_of(node, position).await?;
    let now = node.clock.now();
    let (status, answer_by, consent) = match request.status {
        RequestStatus::Requested { answer_by } if answer_by <= now => ("expired", None, None),
        RequestStatus::Requested { answer_by } => ("waiting", Some(exact(answer_by)), None),
        RequestStatus::Given { cr_id } => ("given", None, Some(cr_id.to_string())),
        RequestStatus::Refused => ("refused", None, None),
        RequestStatus::Expired => ("expired", None, None),
    };
    Ok(Row {
        id,
        surrogate: request.surrogate.to_string(),
        purpose: request.usage_rules.purpose_id.to_string(),
        word: organisation.texts.get(&format!("console-request-{status}")),
        status,
        asked: exact(asked),
        answer_by,
        consent,
    })
}
