//! What a service did with its consents, and what it was refused: the receipts that the people see.

use std::sync::Arc;

use askama::Template;
use assent_exchange::event::Event;
use assent_exchange::release::event::ReleaseEvent;
use assent_model::ids::ServiceId;
use assent_model::records::release::{UseAction, UseReceipt};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::services::Before;
use super::{Organisation, PAGE, cursor, entry_at, read_cursor};
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/console/services/{service}/uses", get(list))
}

struct Row {
    at: String,
    action: String,
    is_refused: bool,
    refusal: String,
    purpose: String,
    cr_id: String,
    /// Where in the log.
    index: u64,
}

#[derive(Template)]
#[template(path = "console/uses.html")]
struct UsesPage {
    frame: Frame,
    id: ServiceId,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Whole batches of receipts, the newest first, until a page is full.
async fn list(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Query(query): Query<Before>,
) -> Result<Response, PageFailure> {
    let (id, _) = organisation.service(&node, &id).await?;
    let before = read_cursor(query.before.as_deref());
    let limit = u32::try_from(PAGE + 1).expect("a page is short");
    let list = format!("{id}/uses");
    let found = node.store.newest(&list, before, limit).await?;
    let mut rows = Vec::new();
    let mut next = None;
    for (place, (position, member)) in found.iter().enumerate() {
        let batch = receipts(&node, *position, id).await?;
        rows.extend(batch.iter().map(|used| row(&organisation, used, *position)));
        if rows.len() >= PAGE && place + 1 < found.len() {
            next = Some(cursor(*position, member));
            break;
        }
    }
    let here = format!("/console/services/{id}/uses");
    let shown = UsesPage {
        frame: organisation.frame("console-uses", "console-services", &here),
        id,
        rows,
        next,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The receipts of a service in an entry of the log, the newest first.
async fn receipts(
    node: &Node,
    index: u64,
    service: ServiceId,
) -> Result<Vec<UseReceipt>, PageFailure> {
    let leaf = entry_at(node, index).await?;
    let Event::Release(ReleaseEvent::Recorded { batch }) = leaf.event else {
        return Err(PageFailure::Internal);
    };
    let receipts = batch.content().receipts.iter().rev();
    let own = receipts.filter(|receipt| receipt.service_id == service);
    Ok(own.cloned().collect())
}

fn row(organisation: &Organisation, used: &UseReceipt, index: u64) -> Row {
    let action = match used.action {
        UseAction::TokenIssued => "token-issued",
        UseAction::Released => "released",
        UseAction::Processed => "processed",
        UseAction::Refused => "refused",
    };
    Row {
        at: exact(used.at),
        action: organisation.texts.get(&format!("console-use-{action}")),
        is_refused: used.action == UseAction::Refused,
        refusal: used.refusal.clone().unwrap_or_default(),
        purpose: used.purpose_id.to_string(),
        cr_id: used.cr_id.to_string(),
        index,
    }
}
