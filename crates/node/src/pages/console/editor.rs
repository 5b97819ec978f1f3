//! The editor of descriptions. What is saved is a draft; what registers it is the provider's key.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::consents::pick;
use assent_exchange::service::state::Service;
use assent_model::description::{ProcessingBasis, ServiceDescription};
use assent_model::ids::ServiceId;
use assent_model::vocabulary::Resolution;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Organisation;
use super::drafts::{self, Draft, NotKept};
use super::findings::{Examined, Finding, examine};
use super::logo::{logo_of, with_logo};
use super::services::{described, pretty};
use crate::node::Node;
use crate::pages::consent::preview;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::logos::Mark;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// What registers a description where the key of its provider is.
const REGISTER: &str =
    "assent service register --description description.json --keys provider.json";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/console/drafts/new", get(fresh))
        .route("/console/drafts", post(save_new))
        .route("/console/drafts/check", post(check))
        .route("/console/drafts/{draft}", get(one).post(save))
        .route("/console/drafts/{draft}/file", get(file))
        .route(
            "/console/drafts/{draft}/preview/{purpose}",
            get(preview_draft),
        )
        .route(
            "/console/services/{service}/versions/{version}/preview/{purpose}",
            get(preview_version),
        )
        .route(
            "/console/services/{service}/versions/{version}",
            get(version),
        )
}

#[derive(Template)]
#[template(path = "console/editor.html")]
struct EditorPage {
    frame: Frame,
    action: String,
    draft: Option<String>,
    text: String,
    findings: Vec<Finding>,
    is_good: bool,
    note: String,
    command: &'static str,
    previews: Vec<Preview>,
    /// Whether the text has a picture that can be shown.
    has_logo: bool,
    /// Whether there is a version that it would supersede.
    supersedes: bool,
}

/// A way to the form of a purpose.
struct Preview {
    name: String,
    path: String,
}

/// The forms of all purposes of a description that is found at a path.
fn previews(description: &ServiceDescription, path: &str, texts: &Texts) -> Vec<Preview> {
    let tag = texts.tag().parse().expect("the tag of a catalogue is one");
    let preview = |purpose: &ProcessingBasis| Preview {
        name: plain(pick(&purpose.name, &tag)),
        path: format!("{path}/preview/{}", purpose.purpose_id),
    };
    description.purposes.iter().map(preview).collect()
}

#[derive(Template)]
#[template(path = "console/findings.html")]
struct FindingsPart {
    frame: Frame,
    findings: Vec<Finding>,
    is_good: bool,
}

#[derive(Debug, Deserialize)]
struct Of {
    service: Option<String>,
}

async fn fresh(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Query(of): Query<Of>,
) -> Result<Response, PageFailure> {
    let text = match of.service {
        Some(id) => {
            let (id, service) = organisation.service(&node, &id).await?;
            next_version(&node, id, &service).await?
        }
        None => blank(&organisation),
    };
    let examined = Examined {
        text,
        description: None,
        findings: Vec::new(),
    };
    Ok(editor(
        &organisation,
        None,
        examined,
        String::new(),
        StatusCode::OK,
    ))
}

async fn next_version(
    node: &Node,
    id: ServiceId,
    service: &Service,
) -> Result<String, PageFailure> {
    let mut description = described(node, id, service.version).await?;
    description.version = service.version.saturating_add(1);
    Ok(pretty(&description)?)
}

/// What every description says, with the places that are to be filled in left empty.
fn blank(organisation: &Organisation) -> String {
    let tag = organisation.texts.tag();
    let value = json!({
        "service_id": ServiceId::random().to_string(),
        "version": 1,
        "name": "",
        "description": { (tag.clone()): "" },
        "provider": {
            "party_id": organisation.party().to_string(),
            "business_id": "",
            "name": "",
            "address": "",
            "jurisdiction": "",
            "contact": "",
            "supervisory_authority": ""
        },
        "instance": { "url": "https://" },
        "datasets": [blank_dataset(&tag)],
        "purposes": [blank_purpose(&tag)]
    });
    serde_json::to_string_pretty(&value).expect("a value has a JSON form")
}

fn blank_dataset(tag: &str) -> Value {
    json!({
        "dataset_id": "",
        "title": { (tag): "" },
        "description": { (tag): "" },
        "data_mappings": [
            { "property": "", "concept_id": "", "name": { (tag): "" }, "kind": "text" }
        ]
    })
}

/// A dataset that a device publishes while it measures.
fn blank_stream(tag: &str) -> Value {
    json!({
        "dataset_id": "",
        "title": { (tag): "" },
        "description": { (tag): "" },
        "resolution": Resolution::QuarterHour,
        "data_mappings": [
            { "property": "", "concept_id": "", "name": { (tag): "" }, "kind": "quantity" }
        ]
    })
}

fn blank_purpose(tag: &str) -> Value {
    json!({
        "purpose_id": "",
        "name": { (tag): "" },
        "description": { (tag): "" },
        "category": "requested-service-provision",
        "legal_basis": "consent",
        "processing_categories": ["obtain", "store", "use", "erase"],
        "required_concepts": [""],
        "optional_concepts": [],
        "policy": { "policy_ref": "https://", "policy_version": "1", "policy_hash": "" },
        "storage": { "location": "eu", "duration": "stated-purpose", "period": { (tag): "" } },
        "recipients": ["ours"],
        "collection_method": "from-another-service",
        "termination": { (tag): "" }
    })
}

/// The same text with one more dataset or purpose, where it is JSON with a list of them.
fn with_one_more(text: &str, list: &str, item: Value) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    let Some(items) = value.get_mut(list).and_then(Value::as_array_mut) else {
        return text.to_owned();
    };
    items.push(item);
    serde_json::to_string_pretty(&value).expect("a value has a JSON form")
}

/// The same text with a rule of age, where it is JSON and has none. 16 is what the law says unless a
/// country says less.
fn with_age(text: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    members.entry("minimum_age").or_insert_with(|| json!(16));
    serde_json::to_string_pretty(&members).expect("a value has a JSON form")
}

#[derive(Debug, Deserialize)]
struct Edited {
    text: String,
    #[serde(default)]
    action: String,
}

async fn one(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let draft = own(&node, &organisation, &id).await?;
    let examined = examine(&draft.text, organisation.party(), &organisation.texts);
    Ok(editor(
        &organisation,
        Some(&id),
        examined,
        String::new(),
        StatusCode::OK,
    ))
}

async fn save_new(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Form(edited): Form<Edited>,
) -> Result<Response, PageFailure> {
    act(&node, &organisation, None, &edited).await
}

async fn save(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Form(edited): Form<Edited>,
) -> Result<Response, PageFailure> {
    let draft = own(&node, &organisation, &id).await?;
    if edited.action == "delete" {
        drafts::delete(&node, &draft).await?;
        return Ok(Redirect::to("/console/services").into_response());
    }
    act(&node, &organisation, Some(&id), &edited).await
}

async fn act(
    node: &Node,
    organisation: &Organisation,
    id: Option<&str>,
    edited: &Edited,
) -> Result<Response, PageFailure> {
    let (party, texts) = (organisation.party(), &organisation.texts);
    let tag = texts.tag();
    let text = match edited.action.as_str() {
        "add-dataset" => with_one_more(&edited.text, "datasets", blank_dataset(&tag)),
        "add-stream" => with_one_more(&edited.text, "datasets", blank_stream(&tag)),
        "add-age" => with_age(&edited.text),
        "remove-logo" => with_logo(&edited.text, None).unwrap_or_else(|| edited.text.clone()),
        "add-purpose" => with_one_more(&edited.text, "purposes", blank_purpose(&tag)),
        _ => edited.text.clone(),
    };
    let examined = examine(&text, party, texts);
    if edited.action != "save" {
        let status = if examined.findings.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return Ok(editor(organisation, id, examined, String::new(), status));
    }
    match drafts::keep(node, party, id, &examined.text).await? {
        Ok(id) => Ok(Redirect::to(&format!("/console/drafts/{id}")).into_response()),
        Err(not_kept) => {
            let note = match not_kept {
                NotKept::TooMany => texts.get("editor-too-many"),
                NotKept::TooLong => texts.get("editor-too-long"),
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(editor(organisation, id, examined, note, status))
        }
    }
}

/// The findings alone, for the page that asks while somebody types.
async fn check(organisation: Organisation, Form(edited): Form<Edited>) -> Response {
    let examined = examine(&edited.text, organisation.party(), &organisation.texts);
    let shown = FindingsPart {
        frame: organisation.frame("console-editor", "console-services", "/console/services"),
        is_good: examined.findings.is_empty(),
        findings: examined.findings,
    };
    page(StatusCode::OK, &shown)
}

async fn file(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let draft = own(&node, &organisation, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"description.json\"",
        ),
    ];
    Ok((headers, draft.text).into_response())
}

pub(super) async fn own(
    node: &Node,
    organisation: &Organisation,
    id: &str,
) -> Result<Draft, PageFailure> {
    let draft = drafts::get(node, organisation.party(), id).await?;
    draft.ok_or_else(PageFailure::not_found)
}

pub(super) fn editor(
    organisation: &Organisation,
    id: Option<&str>,
    examined: Examined,
    note: String,
    status: StatusCode,
) -> Response {
    let action = id.map_or_else(
        || "/console/drafts".to_owned(),
        |id| format!("/console/drafts/{id}"),
    );
    let here = id.map_or("/console/drafts/new".to_owned(), |_| action.clone());
    let described = examined.description.as_ref();
    let shown = EditorPage {
        previews: id.and(described).map_or_else(Vec::new, |described| {
            previews(described, &action, &organisation.texts)
        }),
        has_logo: logo_of(&examined.text).is_some(),
        supersedes: described.is_some_and(|described| described.version > 1),
        frame: organisation.frame("console-editor", "console-services", &here),
        action,
        draft: id.map(str::to_owned),
        is_good: examined.description.is_some(),
        text: examined.text,
        findings: examined.findings,
        note,
        command: REGISTER,
    };
    page(status, &shown)
}

#[derive(Template)]
#[template(path = "console/version.html")]
struct VersionPage {
    frame: Frame,
    id: ServiceId,
    version: u32,
    is_current: bool,
    text: String,
    previews: Vec<Preview>,
}

async fn version(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Response, PageFailure> {
    let (id, service) = organisation.service(&node, &id).await?;
    let description = described(&node, id, version).await?;
    let here = format!("/console/services/{id}/versions/{version}");
    let shown = VersionPage {
        frame: organisation.frame("console-version", "console-services", &here),
        id,
        version,
        is_current: service.version == version,
        text: pretty(&description)?,
        previews: previews(&description, &here, &organisation.texts),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Where the data of a preview would come from.
#[derive(Debug, Deserialize)]
struct Source {
    #[serde(default)]
    source: String,
}

async fn preview_draft(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path((draft, purpose)): Path<(String, String)>,
    Query(source): Query<Source>,
) -> Result<Response, PageFailure> {
    let found = own(&node, &organisation, &draft).await?;
    let examined = examine(&found.text, organisation.party(), &organisation.texts);
    let Some(described) = examined.description else {
        // What is wrong stands in the editor.
        return Ok(Redirect::to(&format!("/console/drafts/{draft}")).into_response());
    };
    let here = format!("/console/drafts/{draft}/preview/{purpose}");
    let mark = Mark::at(&described, format!("/console/drafts/{draft}/logo"));
    let shown = (&described, mark);
    previewed(&node, &organisation, shown, &purpose, source, &here).await
}

async fn preview_version(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path((id, version, purpose)): Path<(String, u32, String)>,
    Query(source): Query<Source>,
) -> Result<Response, PageFailure> {
    let (id, _) = organisation.service(&node, &id).await?;
    let described = described(&node, id, version).await?;
    let here = format!("/console/services/{id}/versions/{version}/preview/{purpose}");
    let shown = (&described, Mark::of(&described));
    previewed(&node, &organisation, shown, &purpose, source, &here).await
}

async fn previewed(
    node: &Node,
    organisation: &Organisation,
    (description, mark): (&ServiceDescription, Mark),
    purpose: &str,
    source: Source,
    here: &str,
) -> Result<Response, PageFailure> {
    let purpose = purpose.parse().map_err(|_| PageFailure::not_found())?;
    let purpose = description.purpose(&purpose);
    let purpose = purpose.ok_or_else(PageFailure::not_found)?;
    let source = match source.source.trim() {
        "" => None,
        id => {
            let id: ServiceId = id.parse().map_err(|_| PageFailure::not_found())?;
            let service = node.state.get::<Service>(&id).await?;
            let version = service.ok_or_else(PageFailure::not_found)?.version;
            Some(super::services::described(node, id, version).await?)
        }
    };
    let texts = &organisation.texts;
    let frame = Frame {
        title: texts.named("consent-title", &plain(&description.name)),
        ..organisation.frame("preview-title", "console-services", here)
    };
    let now = node.clock.now();
    let source = source.as_ref();
    Ok(preview(frame, description, purpose, source, mark, now))
}
