//! The picture of a draft: put into its text out of a file, and shown to who wrote it.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_model::description::Logo;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::Organisation;
use super::drafts;
use super::editor::{editor, own};
use super::findings::examine;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::logos::picture;

/// The longest form that is read: a file that is much too large is told apart from one that is a little.
const FORM_BYTES_MAX: usize = 1024 * 1024;

pub(super) fn routes() -> Router<Arc<Node>> {
    let logo = get(show).post(put);
    Router::new()
        .route("/console/drafts/{draft}/logo", logo)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// The same text with this picture, or without one; `None` where it is not JSON.
pub(super) fn with_logo(text: &str, logo: Option<&Logo>) -> Option<String> {
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
        return None;
    };
    match logo {
        Some(logo) => members.insert("logo".to_owned(), json!(logo)),
        None => members.remove("logo"),
    };
    Some(serde_json::to_string_pretty(&members).expect("a value has a JSON form"))
}

/// The picture of a text, if it has one that can be shown.
pub(super) fn logo_of(text: &str) -> Option<Logo> {
    let value: Value = serde_json::from_str(text).ok()?;
    let logo: Logo = serde_json::from_value(value.get("logo")?.clone()).ok()?;
    logo.check().ok().map(|()| logo)
}

async fn show(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let draft = own(&node, &organisation, &id).await?;
    let logo = logo_of(&draft.text).ok_or_else(PageFailure::not_found)?;
    let png = logo.bytes().ok_or_else(PageFailure::not_found)?;
    let not_kept = [(header::CACHE_CONTROL, "no-store")];
    Ok((not_kept, picture(png)).into_response())
}

async fn put(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, PageFailure> {
    // Before the form is read: of a draft of somebody else there is nothing to say about it.
    let draft = own(&node, &organisation, &id).await?;
    let form = Multipart::from_request(request, &node).await;
    let form = form.map_err(|_| Code::MalformedBody)?;
    let (party, texts) = (organisation.party(), &organisation.texts);
    let refused = |note: String| {
        let examined = examine(&draft.text, party, texts);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(editor(&organisation, Some(&id), examined, note, status))
    };
    let logo = match Logo::of(&file(form).await?) {
        Ok(logo) => logo,
        Err(error) => return refused(texts.get(&format!("editor-{}", error.code()))),
    };
    let Some(text) = with_logo(&draft.text, Some(&logo)) else {
        return refused(texts.get("editor-not-json"));
    };
    match drafts::keep(&node, party, Some(&id), &text).await? {
        Ok(id) => Ok(Redirect::to(&format!("/console/drafts/{id}#logo")).into_response()),
        Err(_) => refused(texts.get("editor-too-long")),
    }
}

/// The file that a form has.
async fn file(mut form: Multipart) -> Result<Vec<u8>, PageFailure> {
    loop {
        let field = form.next_field().await.map_err(|_| Code::MalformedBody)?;
        let field = field.ok_or(Code::MalformedBody)?;
        if field.name() == Some("logo") {
            let bytes = field.bytes().await.map_err(|_| Code::MalformedBody)?;
            return Ok(bytes.to_vec());
        }
    }
}
