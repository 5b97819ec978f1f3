//! Receipts of consents, for the person who gave them: readable, printable, and as JSON in the
//! formats of others.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_api::v1::consents::{SubmittedForm, pick};
use assent_api::v1::receipt_formats::ReceiptFormat;
use assent_crypto::digest::Digest;
use assent_exchange::consent::state::Consent;
use assent_model::canonical;
use assent_model::ids::ConsentId;
use assent_model::time::Timestamp;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::consent::{Back, Fact, facts, titled};
use super::dates::{day, last_day};
use super::failure::PageFailure;
use super::frame::{Frame, page};
use super::signed_in::SignedIn;
use super::spelling::plain;
use super::texts::Texts;
use crate::accounts;
use crate::exports::receipts;
use crate::http::failure::Failure;
use crate::http::v1::consents;
use crate::node::Node;
use crate::vaulted;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/receipts/{consent}", get(readable))
        .route("/receipts/{consent}/{format}", get(download))
}

/// Where the receipt of a consent is.
pub(crate) fn path(cr_id: ConsentId) -> String {
    format!("/receipts/{cr_id}")
}

/// A form as it is kept: the salt beside it is of no use here.
#[derive(Deserialize)]
struct Kept {
    form: SubmittedForm,
}

#[derive(Template)]
#[template(path = "consent/receipt.html")]
struct ReceiptPage {
    frame: Frame,
    /// Whether it was given just now.
    is_new: bool,
    back: Option<Back>,
    path: String,
    cr_id: String,
    service: String,
    source: String,
    purpose: String,
    granted: Vec<String>,
    given: String,
    until: Option<String>,
    /// The statement about age that was confirmed; empty where none was asked for.
    age: String,
    language: String,
    digest: String,
    facts: Vec<Fact>,
}

/// When a receipt is looked at.
enum Occasion {
    /// Right after giving, with the way back to the service that asked.
    JustGiven(Option<Back>),
    /// Any time.
    Later,
}

/// The receipt of a consent that was given just now.
pub(super) async fn given(
    node: &Node,
    texts: Texts,
    signed_in: &SignedIn,
    cr_id: ConsentId,
    back: Option<Back>,
) -> Result<Response, PageFailure> {
    let frame = Frame::of(
        texts,
        "receipt-given-title",
        "home",
        &path(cr_id),
        signed_in,
    );
    show(node, frame, signed_in, cr_id, Occasion::JustGiven(back)).await
}

async fn readable(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(cr_id): Path<String>,
) -> Result<Response, PageFailure> {
    let cr_id = cr_id.parse().map_err(|_| PageFailure::not_found())?;
    let frame = Frame::of(texts, "receipt-title", "home", &path(cr_id), &signed_in);
    show(&node, frame, &signed_in, cr_id, Occasion::Later).await
}

async fn show(
    node: &Node,
    frame: Frame,
    signed_in: &SignedIn,
    cr_id: ConsentId,
    occasion: Occasion,
) -> Result<Response, PageFailure> {
    let consent = own(node, signed_in, cr_id).await?;
    // The other record of a pair answers the same form, which is kept with the first.
    let Some(form) = kept_form(node, &consent, cr_id).await? else {
        return Err(PageFailure::not_found());
    };
    let notice = &form.notice;
    let granted = notice.datasets.iter().filter_map(|dataset| {
        let chosen = form.resource_set.get(&dataset.dataset_id)?;
        let names = dataset.required.iter().chain(&dataset.optional);
        let names = names.filter(|(concept, _)| chosen.contains(*concept));
        let names: Vec<String> = names.map(|(_, name)| plain(name)).collect();
        Some(format!("{}: {}", titled(dataset), names.join(", ")))
    });
    let shown = ReceiptPage {
        is_new: matches!(occasion, Occasion::JustGiven(_)),
        back: match occasion {
            Occasion::JustGiven(back) => back,
            Occasion::Later => None,
        },
        path: path(cr_id),
        cr_id: cr_id.to_string(),
        service: plain(&notice.service_name),
        source: notice
            .source
            .as_ref()
            .map(|source| plain(&source.name))
            .unwrap_or_default(),
        purpose: plain(pick(&notice.purpose.name, &notice.language)),
        granted: granted.collect(),
        given: day(consent.valid_from),
        until: form.valid_until.map(Timestamp::from_millis).map(last_day),
        age: notice
            .minimum_age
            .as_ref()
            .filter(|_| form.age_confirmed)
            .map(|age| plain(&age.statement))
            .unwrap_or_default(),
        language: notice.language.to_string(),
        digest: Digest::of(&canonical::encode(notice)).to_string(),
        facts: facts(notice, &frame.texts),
        frame,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// A consent of who is signed in.
async fn own(
    node: &Node,
    signed_in: &SignedIn,
    cr_id: ConsentId,
) -> Result<Arc<Consent>, PageFailure> {
    let consent = node.state.get::<Consent>(&cr_id).await?;
    let consent = consent.ok_or_else(PageFailure::not_found)?;
    if accounts::has_named(node, signed_in.party, consent.surrogate).await? {
        Ok(consent)
    } else {
        Err(PageFailure::not_found())
    }
}

/// What a person was shown and answered, unless it was erased.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn kept_form(
    node: &Node,
    consent: &Consent,
    cr_id: ConsentId,
) -> Result<Option<SubmittedForm>, Failure> {
    let own = format!("{}/{}/{cr_id}", consent.surrogate, consents::FORM);
    let mut found = node.store.vault_get(&own).await?;
    if let (None, Some(other)) = (&found, consent.role.counterpart()) {
        let pair = node.state.get::<Consent>(&other).await?;
        let pair = pair.ok_or(Code::Internal)?;
        let id = format!("{}/{}/{other}", pair.surrogate, consents::FORM);
        found = node.store.vault_get(&id).await?;
    }
    let Some(entry) = found else {
        return Ok(None);
    };
    let opened = vaulted::open(node, &entry)?;
    let kept: Kept = serde_json::from_slice(&opened).map_err(|_| Failure::from(Code::Internal))?;
    Ok(Some(kept.form))
}

async fn download(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((cr_id, format)): Path<(String, String)>,
) -> Result<Response, PageFailure> {
    let cr_id: ConsentId = cr_id.parse().map_err(|_| PageFailure::not_found())?;
    let format = serde_json::from_value::<ReceiptFormat>(format.into());
    let format = format.map_err(|_| PageFailure::not_found())?;
    let consent = own(&node, &signed_in, cr_id).await?;
    let receipt = receipts::receipt(&node, cr_id, &consent, format).await?;
    let headers = [
        (header::CONTENT_TYPE, receipt.media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{cr_id}.json\""),
        ),
    ];
    Ok((headers, receipt.body).into_response())
}
