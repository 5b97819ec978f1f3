//! The services of an organisation.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_exchange::service::state::{Description, DescriptionId};
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::records::service::DescriptionRef;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::drafts::{self, Standing};
use super::{Listed, Organisation};
use crate::descriptions;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::spelling::plain;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/console/services", get(list))
        .route("/console/services/{service}", get(one))
}

/// A service in the list.
struct Row {
    id: ServiceId,
    name: String,
    version: u32,
}

/// A draft in a list.
pub(super) struct DraftRow {
    id: String,
    name: String,
    saved: String,
    standing: &'static str,
}

#[derive(Template)]
#[template(path = "console/services.html")]
struct ServicesPage {
    frame: Frame,
    services: Vec<Row>,
    next: Option<String>,
    drafts: Vec<DraftRow>,
    party: String,
}

/// Which page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Before {
    pub(super) before: Option<String>,
}

async fn list(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Query(query): Query<Before>,
) -> Result<Response, PageFailure> {
    let list = format!("{}/services", organisation.party());
    let listed = Listed::read(&node, &list, query.before.as_deref()).await?;
    let mut services = Vec::new();
    for (_, member) in &listed.found {
        let (id, service) = organisation.service(&node, member).await?;
        let description = described(&node, id, service.version).await?;
        services.push(Row {
            id,
            name: plain(&description.name),
            version: service.version,
        });
    }
    let shown = ServicesPage {
        frame: organisation.frame("console-services", "console-services", "/console/services"),
        services,
        next: listed.next,
        drafts: draft_rows(&node, &organisation, None).await?,
        party: organisation.party().to_string(),
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Template)]
#[template(path = "console/service.html")]
struct ServicePage {
    frame: Frame,
    id: ServiceId,
    name: String,
    current: u32,
    digest: String,
    versions: Vec<u32>,
    drafts: Vec<DraftRow>,
}

async fn one(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let (id, service) = organisation.service(&node, &id).await?;
    let description = described(&node, id, service.version).await?;
    let name = plain(&description.name);
    let here = format!("/console/services/{id}");
    let mut frame = organisation.frame("console-services", "console-services", &here);
    frame.title.clone_from(&name);
    let shown = ServicePage {
        frame,
        id,
        name,
        current: service.version,
        digest: description.reference().digest.to_string(),
        versions: (1..=service.version).rev().take(100).collect(),
        drafts: draft_rows(&node, &organisation, Some(id)).await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The description of a service in a version.
pub(super) async fn described(
    node: &Node,
    service: ServiceId,
    version: u32,
) -> Result<ServiceDescription, Failure> {
    let id = DescriptionId { service, version };
    let known = node.state.get::<Description>(&id).await?;
    let known = known.ok_or_else(Failure::not_found)?;
    let reference = DescriptionRef {
        service_id: service,
        version,
        digest: known.digest,
    };
    descriptions::read(node, &reference).await
}

async fn draft_rows(
    node: &Node,
    organisation: &Organisation,
    of: Option<ServiceId>,
) -> Result<Vec<DraftRow>, Failure> {
    let mut rows = Vec::new();
    for draft in drafts::of(node, organisation.party()).await? {
        let is_shown = of.is_none_or(|of| draft.service == Some(of));
        if !is_shown {
            continue;
        }
        let standing = drafts::standing(node, &draft).await?;
        rows.push(DraftRow {
            name: plain(&draft.name()),
            saved: exact(draft.saved_at),
            standing: match standing {
                Standing::Draft => "draft",
                Standing::Registered => "registered",
                Standing::Superseded => "superseded",
            },
            id: draft.id,
        });
    }
    Ok(rows)
}

/// A description as the JSON that people edit.
pub(super) fn pretty(description: &ServiceDescription) -> Result<String, Failure> {
    serde_json::to_value(description)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .map_err(|_| Failure::from(Code::Internal))
}
