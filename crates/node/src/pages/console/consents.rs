//! The consents of a service: counted by purpose and status, listed by pseudonym, and what is
//! owed after their end.

use std::sync::Arc;

use askama::Template;
use assent_model::ids::ServiceId;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::standing::{Debt, LOOKED_AT_MAX, STATUSES, Standing, counted, debt, newest, status};
use super::{Organisation, PAGE, cursor, read_cursor};
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/console/services/{service}/consents", get(list))
        .route("/console/services/{service}/acknowledgements", get(owed))
}

struct Row {
    cr_id: String,
    surrogate: String,
    purpose: String,
    status: &'static str,
    word: String,
    since: String,
}

struct Count {
    purpose: String,
    counts: Vec<usize>,
}

#[derive(Template)]
#[template(path = "console/consents.html")]
struct ConsentsPage {
    frame: Frame,
    id: ServiceId,
    statuses: Vec<(String, String)>,
    counts: Vec<Count>,
    purpose: String,
    status: String,
    rows: Vec<Row>,
    next: Option<String>,
    is_cut: bool,
    looked_at: usize,
}

#[derive(Debug, Deserialize)]
struct Filter {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    status: String,
    before: Option<String>,
}

async fn list(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Response, PageFailure> {
    let (id, _) = organisation.service(&node, &id).await?;
    let texts = organisation.texts.clone();
    let word = |status: &str| texts.get(&format!("console-status-{status}"));
    let now = node.clock.now();
    let (found, is_cut) = newest(&node, id).await?;
    let counts = counted(&found, now).into_iter().map(|(purpose, of)| Count {
        purpose: purpose.to_string(),
        counts: STATUSES
            .iter()
            .map(|status| of.get(status).copied().unwrap_or_default())
            .collect(),
    });
    let before = read_cursor(filter.before.as_deref());
    let is_wanted = |one: &&Standing| {
        let member = one.cr_id.to_string();
        before.is_none_or(|before| (one.position, member.as_str()) < before)
            && (filter.purpose.is_empty()
                || one.consent.usage_rules.purpose_id.as_str() == filter.purpose)
            && (filter.status.is_empty() || status(&one.consent, now) == filter.status)
    };
    let mut wanted: Vec<&Standing> = found.iter().filter(is_wanted).take(PAGE + 1).collect();
    let has_more = wanted.len() > PAGE;
    wanted.truncate(PAGE);
    let last = wanted.last().filter(|_| has_more);
    let next = last.map(|last| cursor(last.position, &last.cr_id.to_string()));
    let row = |one: &&Standing| Row {
        cr_id: one.cr_id.to_string(),
        surrogate: one.consent.surrogate.to_string(),
        purpose: one.consent.usage_rules.purpose_id.to_string(),
        status: status(&one.consent, now),
        word: word(status(&one.consent, now)),
        since: exact(one.consent.valid_from),
    };
    let here = format!("/console/services/{id}/consents");
    let shown = ConsentsPage {
        frame: organisation.frame("console-consents", "console-services", &here),
        id,
        statuses: STATUSES
            .iter()
            .map(|status| ((*status).to_owned(), word(status)))
            .collect(),
        counts: counts.collect(),
        rows: wanted.iter().map(row).collect(),
        purpose: filter.purpose,
        status: filter.status,
        next,
        is_cut,
        looked_at: LOOKED_AT_MAX as usize,
    };
    Ok(page(StatusCode::OK, &shown))
}

struct Owed {
    cr_id: String,
    purpose: String,
    by: Option<String>,
}

#[derive(Template)]
#[template(path = "console/acknowledgements.html")]
struct OwedPage {
    frame: Frame,
    id: ServiceId,
    rows: Vec<Owed>,
    overdue: usize,
    owed: usize,
    is_cut: bool,
    looked_at: usize,
}

async fn owed(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let (id, _) = organisation.service(&node, &id).await?;
    let now = node.clock.now();
    let (found, is_cut) = newest(&node, id).await?;
    let mut debts: Vec<(Debt, &Standing)> = found
        .iter()
        .filter_map(|one| Some((debt(&one.consent, now)?, one)))
        .collect();
    debts.sort_by_key(|(debt, one)| (*debt, one.position));
    let overdue = debts.iter().filter(|(debt, _)| *debt == Debt::Overdue);
    let here = format!("/console/services/{id}/acknowledgements");
    let shown = OwedPage {
        frame: organisation.frame("console-owed", "console-services", &here),
        id,
        overdue: overdue.count(),
        owed: debts.len(),
        rows: debts
            .iter()
            .take(100)
            .map(|(debt, one)| Owed {
                cr_id: one.cr_id.to_string(),
                purpose: one.consent.usage_rules.purpose_id.to_string(),
                by: match debt {
                    Debt::Overdue => None,
                    Debt::Owed { by } => Some(exact(*by)),
                },
            })
            .collect(),
        is_cut,
        looked_at: LOOKED_AT_MAX as usize,
    };
    Ok(page(StatusCode::OK, &shown))
}
