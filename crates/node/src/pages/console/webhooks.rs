//! Where a service is told, and what became of each message.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_api::v1::webhooks::{CreateWebhook, DeliveryView, ReplayDeliveries};
use assent_model::ids::{ServiceId, WebhookId};
use assent_model::time::Timestamp;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::services::Before;
use super::{Organisation, PAGE};
use crate::http::failure::Failure;
use crate::http::v1::webhooks as api;
use crate::node::Node;
use crate::pages::dates::{begin_of, day, end_of, exact};
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::spelling::plain;
use crate::webhooks::deliveries::{self, Delivery};
use crate::webhooks::endpoints::StoredEndpoint;

/// The most endpoints that are shown.
const ENDPOINTS_MAX: usize = 200;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/console/webhooks", get(list).post(make))
        .route("/console/webhooks/{webhook}", get(one).post(act))
        .route(
            "/console/webhooks/{webhook}/deliveries/{delivery}/replay",
            post(replay),
        )
}

struct Row {
    id: WebhookId,
    service: ServiceId,
    url: String,
    enabled: bool,
}

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    endpoints: Vec<Row>,
    public_key: String,
    service: String,
    url: String,
    error: String,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    service: String,
    #[serde(default)]
    url: String,
}

async fn list(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Query(wanted): Query<Wanted>,
) -> Response {
    shown(&node, &organisation, wanted, String::new())
}

fn shown(node: &Node, organisation: &Organisation, wanted: Wanted, error: String) -> Response {
    let known = node
        .webhooks
        .endpoints
        .of_provider(organisation.party(), None, ENDPOINTS_MAX);
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shown = WebhooksPage {
        frame: organisation.frame("console-webhooks", "console-webhooks", "/console/webhooks"),
        endpoints: known.iter().map(row).collect(),
        public_key: node.webhooks.public_key.clone(),
        service: wanted.service,
        url: wanted.url,
        error,
    };
    page(status, &shown)
}

fn row(stored: &StoredEndpoint) -> Row {
    let endpoint = &stored.endpoint;
    Row {
        id: endpoint.webhook_id,
        service: endpoint.service_id,
        url: plain(&endpoint.url),
        enabled: endpoint.enabled,
    }
}

async fn make(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageFailure> {
    let (service_id, _) = organisation.service(&node, wanted.service.trim()).await?;
    let body = CreateWebhook {
        service_id,
        url: wanted.url.trim().to_owned(),
    };
    match api::make(&node, organisation.party(), body).await {
        Ok(made) => {
            let there = format!("/console/webhooks/{}", made.endpoint.webhook_id);
            Ok(Redirect::to(&there).into_response())
        }
        Err(failure) => match why(&failure) {
            Some(key) => {
                let error = organisation.texts.get(key);
                Ok(shown(&node, &organisation, wanted, error))
            }
            None => Err(failure.into()),
        },
    }
}

/// The key of what to say about an address that is refused.
fn why(failure: &Failure) -> Option<&'static str> {
    let code = failure.problem().code.as_str();
    if code == Code::CallbackRefused.as_str() {
        Some("webhook-address-refused")
    } else if code == Code::TooManyWebhooks.as_str() {
        Some("webhook-too-many")
    } else {
        None
    }
}

struct DeliveryRow {
    id: String,
    kind: String,
    subject: String,
    state: String,
    word: String,
    next: Option<String>,
    attempts: Vec<AttemptRow>,
}

struct AttemptRow {
    at: String,
    /// The status of the answer, or why there was none.
    result: String,
    millis: u64,
}

#[derive(Template)]
#[template(path = "console/webhook.html")]
struct WebhookPage {
    frame: Frame,
    endpoint: Row,
    revision: u64,
    public_key: String,
    /// Since when nothing reaches it.
    failing: Option<String>,
    today: String,
    deliveries: Vec<DeliveryRow>,
    next: Option<String>,
}

async fn one(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Query(query): Query<Before>,
) -> Result<Response, PageFailure> {
    let stored = own(&node, &organisation, &id)?;
    let id = stored.endpoint.webhook_id;
    let count = u32::try_from(PAGE + 1).expect("a page is short");
    let mut found = deliveries::newest(&node.store, id, query.before.as_deref(), count).await?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let views: Vec<DeliveryView> = found.iter().map(Delivery::view).collect();
    let last = views.last().filter(|_| has_more);
    let here = format!("/console/webhooks/{id}");
    let shown = WebhookPage {
        next: last.map(|last| last.delivery_id.clone()),
        deliveries: views.iter().map(|view| told(&organisation, view)).collect(),
        frame: organisation.frame("console-webhook", "console-webhooks", &here),
        endpoint: row(&stored),
        revision: stored.revision,
        failing: node.webhooks.health.failing_since(id).map(exact),
        today: day(node.clock.now()),
        public_key: node.webhooks.public_key.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn told(organisation: &Organisation, view: &DeliveryView) -> DeliveryRow {
    let at = |millis| exact(Timestamp::from_millis(millis));
    let attempts = view.attempts.iter().rev().map(|attempt| AttemptRow {
        at: at(attempt.at),
        result: match (attempt.status, &attempt.failure) {
            (Some(status), _) => status.to_string(),
            (None, Some(failure)) => organisation.texts.get(&format!("attempt-{failure}")),
            (None, None) => String::new(),
        },
        millis: attempt.millis,
    });
    DeliveryRow {
        id: view.delivery_id.clone(),
        kind: view.kind.clone(),
        subject: view.data.id.clone(),
        word: organisation
            .texts
            .get(&format!("webhook-state-{}", view.state)),
        state: view.state.clone(),
        next: view.next_attempt_at.map(at),
        attempts: attempts.collect(),
    }
}

#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "this is the name in the form")]
struct Action {
    action: String,
    revision: u64,
    /// The first day of what is sent again; from the beginning where there is none.
    #[serde(default)]
    from: String,
    /// The last day; until now where there is none.
    #[serde(default)]
    until: String,
    /// Whether what was delivered is sent again, too.
    #[serde(default)]
    delivered: bool,
}

impl Action {
    /// What is to be sent again.
    fn range(&self) -> ReplayDeliveries {
        ReplayDeliveries {
            from: begin_of(&self.from).map(Timestamp::as_millis),
            until: end_of(&self.until).map(Timestamp::as_millis),
            failed_only: !self.delivered,
        }
    }
}

async fn act(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Form(action): Form<Action>,
) -> Result<Response, PageFailure> {
    let stored = own(&node, &organisation, &id)?;
    let id = stored.endpoint.webhook_id;
    let (endpoints, revision) = (&node.webhooks.endpoints, action.revision);
    match action.action.as_str() {
        "test" => {
            let sequence = node.head.borrow().header.log_size;
            node.webhooks.send_test(&stored.endpoint, sequence).await?;
        }
        "enable" | "disable" => {
            let enabled = action.action == "enable";
            let set = node.webhooks.set_enabled(id, revision, enabled);
            set.await.map_err(Failure::from)?;
        }
        "remove" => {
            let removed = endpoints.remove(&node.store, id, revision).await;
            removed.map_err(Failure::from)?;
            return Ok(Redirect::to("/console/webhooks").into_response());
        }
        "replay" => {
            api::send_again(&node, stored, action.range()).await?;
        }
        _ => return Err(PageFailure::not_found()),
    }
    Ok(Redirect::to(&format!("/console/webhooks/{id}")).into_response())
}

async fn replay(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Response, PageFailure> {
    let stored = own(&node, &organisation, &id)?;
    let id = stored.endpoint.webhook_id;
    let delivery = deliveries::get(&node.store, id, &delivery).await?;
    let delivery = delivery.ok_or_else(PageFailure::not_found)?;
    node.webhooks.replay(&stored.endpoint, delivery).await?;
    Ok(Redirect::to(&format!("/console/webhooks/{id}")).into_response())
}

fn own(node: &Node, organisation: &Organisation, id: &str) -> Result<StoredEndpoint, PageFailure> {
    let id = id.parse().map_err(|_| PageFailure::not_found())?;
    api::own(node, organisation.party(), id).map_err(|_| PageFailure::not_found())
}
