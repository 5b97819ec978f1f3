//! What the operator of the node sees: whether it is well, who is registered, what the log says.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use askama::Template;
use assent_ledger::block::LogEntry;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::Span;
use axum::Router;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use fluent_templates::fluent_bundle::FluentValue;
use serde::Deserialize;
use serde_json::Value;

use super::services::Before;
use super::{Listed, PAGE};
use crate::history::leaf;
use crate::last_backup::LastBackup;
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;
use crate::sequencing::parties_like;

/// The most entries that one page of the log looks through for a kind.
const LOOKED_AT_MAX: u64 = 2_000;
/// So many blocks are shown.
const BLOCKS: usize = 10;
/// The components whose entries can be looked at alone, as the log spells them.
const COMPONENTS: [&str; 5] = ["identity", "service", "link", "consent", "release"];

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/operator", get(health))
        .route("/operator/parties", get(parties))
        .route("/operator/log", get(log))
        .route("/operator/settings", get(settings))
}

/// The operator, signed in. For everybody else there are no such pages.
struct Operator {
    signed_in: SignedIn,
    texts: Texts,
}

impl Operator {
    fn frame(&self, title: &str, area: &'static str, here: &str) -> Frame {
        Frame::of(self.texts.clone(), title, area, here, &self.signed_in)
    }
}

impl FromRequestParts<Arc<Node>> for Operator {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, PageFailure> {
        let signed_in = SignedIn::from_request_parts(parts, node).await?;
        let texts = Texts::of(&parts.headers);
        if signed_in.kind == PartyKind::Operator && signed_in.party == node.operator {
            Ok(Self { signed_in, texts })
        } else {
            Err(PageFailure::not_found())
        }
    }
}

#[derive(Template)]
#[template(path = "operator/health.html")]
struct HealthPage {
    frame: Frame,
    is_ready: bool,
    height: u64,
    log_size: u64,
    at: String,
    root: String,
    checkpoint: String,
    bytes: u64,
    version: &'static str,
    store: &'static str,
    blocks: Vec<Block>,
}

/// A block that the node has made.
struct Block {
    height: u64,
    at: String,
    log_size: u64,
    root: String,
}

/// The newest blocks, newest first.
async fn blocks(node: &Node, height: u64) -> Result<Vec<Block>, PageFailure> {
    let mut blocks = Vec::new();
    for height in (0..=height).rev().take(BLOCKS) {
        let Some(header) = node.store.header(height).await? else {
            break;
        };
        blocks.push(Block {
            height,
            at: exact(header.time),
            log_size: header.log_size,
            root: header.log_root.to_string(),
        });
    }
    Ok(blocks)
}

async fn health(
    State(node): State<Arc<Node>>,
    operator: Operator,
) -> Result<Response, PageFailure> {
    let head = node.head.borrow().clone();
    let shown = HealthPage {
        frame: operator.frame("operator-health", "operator-health", "/operator"),
        is_ready: node.intake.is_open(),
        height: head.header.height,
        log_size: head.header.log_size,
        at: exact(head.header.time),
        root: head.header.log_root.to_string(),
        checkpoint: head.checkpoint.to_string(),
        bytes: node.store.size().await?,
        version: env!("CARGO_PKG_VERSION"),
        store: if node.config.store_url().starts_with("sqlite:") {
            "SQLite"
        } else {
            "PostgreSQL"
        },
        blocks: blocks(&node, head.header.height).await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

struct Count {
    kind: String,
    custody: String,
    parties: u64,
}

#[derive(Template)]
#[template(path = "operator/parties.html")]
struct PartiesPage {
    frame: Frame,
    counts: Vec<Count>,
    ids: Vec<String>,
    next: Option<String>,
}

async fn parties(
    State(node): State<Arc<Node>>,
    operator: Operator,
    Query(query): Query<Before>,
) -> Result<Response, PageFailure> {
    let kinds = [
        (PartyKind::Person, "person"),
        (PartyKind::Organisation, "organisation"),
        (PartyKind::Device, "device"),
        (PartyKind::Oracle, "oracle"),
    ];
    let custodies = [
        (Custody::Hosted, "hosted"),
        (Custody::Page, "page"),
        (Custody::Independent, "independent"),
    ];
    let mut counts = Vec::new();
    for (kind, kind_word) in kinds {
        for (custody, custody_word) in custodies {
            let count = node.store.count(&parties_like(kind, custody)).await?;
            if count > 0 {
                counts.push(Count {
                    kind: operator.texts.get(&format!("operator-kind-{kind_word}")),
                    custody: operator
                        .texts
                        .get(&format!("operator-custody-{custody_word}")),
                    parties: count,
                });
            }
        }
    }
    let listed = Listed::read(&node, "parties", query.before.as_deref()).await?;
    let shown = PartiesPage {
        next: listed.next,
        ids: listed.found.into_iter().map(|(_, member)| member).collect(),
        frame: operator.frame("operator-parties", "operator-parties", "/operator/parties"),
        counts,
    };
    Ok(page(StatusCode::OK, &shown))
}

struct EntryRow {
    index: u64,
    component: String,
    kind: String,
    at: String,
    height: u64,
}

#[derive(Template)]
#[template(path = "operator/log.html")]
struct LogPage {
    frame: Frame,
    components: Vec<(String, String)>,
    component: String,
    rows: Vec<EntryRow>,
    next: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    component: String,
    before: Option<u64>,
}

async fn log(
    State(node): State<Arc<Node>>,
    operator: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageFailure> {
    let size = node.head.borrow().header.log_size;
    let mut end = wanted.before.unwrap_or(size).min(size);
    let floor = end.saturating_sub(LOOKED_AT_MAX);
    let mut rows = Vec::new();
    while end > floor && rows.len() < PAGE {
        let begin = end.saturating_sub(200).max(floor);
        let entries = node.store.entries(begin..end).await?;
        for entry in entries.iter().rev() {
            end = entry.index;
            let row = entry_row(entry)?;
            if wanted.component.is_empty() || row.component == wanted.component {
                rows.push(row);
            }
            if rows.len() == PAGE {
                break;
            }
        }
        end = end.min(if rows.len() == PAGE { end } else { begin });
    }
    let texts = &operator.texts;
    let word = |name: &&str| {
        let key = format!("operator-component-{name}");
        ((*name).to_owned(), texts.get(&key))
    };
    let shown = LogPage {
        components: COMPONENTS.iter().map(word).collect(),
        frame: operator.frame("operator-log", "operator-log", "/operator/log"),
        component: wanted.component,
        rows,
        next: Some(end).filter(|end| *end > 0),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn entry_row(entry: &LogEntry) -> Result<EntryRow, PageFailure> {
    let leaf = leaf(entry)?;
    let event = serde_json::to_value(&leaf.event).map_err(|_| PageFailure::Internal)?;
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("").to_owned();
    Ok(EntryRow {
        index: leaf.index,
        component: word(event.get("component")),
        kind: word(event.pointer("/what/type")),
        at: exact(leaf.time),
        height: leaf.height,
    })
}

/// A limit, and how often it was met.
struct LimitRow {
    name: String,
    allowed: String,
    refused: u64,
}

/// The last backup that was noted.
struct Backup {
    at: String,
    height: u64,
    /// How many entries of the log are not in it.
    behind: u64,
}

#[derive(Template)]
#[template(path = "operator/settings.html")]
struct SettingsPage {
    frame: Frame,
    configuration: String,
    limits: Vec<LimitRow>,
    is_file: bool,
    backup: Option<Backup>,
}

async fn settings(State(node): State<Arc<Node>>, operator: Operator) -> Response {
    let data_dir = node.config.data_dir.clone();
    let read = tokio::task::spawn_blocking(move || LastBackup::read(&data_dir));
    let size = node.head.borrow().header.log_size;
    let backup = read.await.ok().flatten().map(|last| Backup {
        at: exact(last.at),
        height: last.height,
        behind: size.saturating_sub(last.log_size),
    });
    let shown = SettingsPage {
        frame: operator.frame(
            "operator-settings",
            "operator-settings",
            "/operator/settings",
        ),
        configuration: node.config.printed(),
        limits: limits(&node, &operator.texts),
        is_file: node.config.store_url().starts_with("sqlite:"),
        backup,
    };
    page(StatusCode::OK, &shown)
}

/// All limits as they are set, and how often each was met since the node was started.
fn limits(node: &Node, texts: &Texts) -> Vec<LimitRow> {
    let per_minute = node.config.requests_per_minute;
    let requests = LimitRow {
        name: texts.get("limit-requests"),
        allowed: if per_minute == 0 {
            texts.get("operator-limit-none")
        } else {
            allowed(texts, per_minute, Span::from_minutes(1))
        },
        refused: node.requests_refused.load(Ordering::Relaxed),
    };
    let own = node.contacts.limits().into_iter().map(|limit| LimitRow {
        name: texts.get(&format!("limit-{}", limit.name)),
        allowed: allowed(texts, limit.times, limit.within),
        refused: limit.refused,
    });
    std::iter::once(requests).chain(own).collect()
}

fn allowed(texts: &Texts, times: u32, within: Span) -> String {
    let minutes = within.as_millis() / Span::from_minutes(1).as_millis();
    let values = [
        ("times", FluentValue::from(times)),
        ("minutes", FluentValue::from(minutes)),
    ];
    texts.with("operator-limit", &values)
}
