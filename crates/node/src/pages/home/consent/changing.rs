//! The buttons that change a consent, for who lets the operator keep the keys.

use std::sync::Arc;

use askama::Template;
use assent_exchange::consent::state::{Consent, Status};
use assent_model::records::Custody;
use assent_model::records::consent::ResourceSet;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{custody, held};
use crate::descriptions;
use crate::holdings;
use crate::homes::delegates;
use crate::hosted::{self, Change};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::home::visitor::Visitor;
use crate::pages::names;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

#[derive(Template)]
#[template(path = "home/withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    id: String,
    service: String,
    purpose: String,
    termination: String,
    is_over: bool,
    keeper: &'static str,
}

/// `GET /home/consents/{consent}/withdraw`: what it means, and the button.
pub(in crate::pages::home) async fn withdraw(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    if visitor.is_delegate() {
        return Err(PageFailure::from(Failure::forbidden()));
    }
    let holdings = holdings::of(&node, visitor.owner).await?;
    let held = held(&holdings, &visitor, &id)?;
    let service = descriptions::shared(&node, &held.consent.service).await?;
    let language = names::language(&texts);
    let purpose = &held.consent.usage_rules.purpose_id;
    let basis = service.purpose(purpose);
    let shown = WithdrawPage {
        id: held.id.to_string(),
        service: plain(&service.name),
        purpose: names::purpose(&service, purpose, &language),
        termination: basis.map_or_else(String::new, |basis| {
            names::picked(&basis.termination, &language)
        }),
        is_over: held.consent.has_ended(node.clock.now()),
        keeper: custody(visitor.custody),
        frame: visitor.frame(
            texts,
            "withdraw-title",
            "consents",
            &format!("/home/consents/{id}/withdraw"),
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /home/consents/{consent}/{change}`, for who lets the operator keep the keys. A form to
/// narrow names what stays allowed, each as `keep`.
pub(in crate::pages::home) async fn change(
    State(node): State<Arc<Node>>,
    visitor: Visitor,
    Path((id, change)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageFailure> {
    apply(&node, &visitor, &id, &change, &fields).await
}

/// `POST /home/consents/{consent}/withdraw`.
pub(in crate::pages::home) async fn withdraw_now(
    State(node): State<Arc<Node>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    apply(&node, &visitor, &id, "withdraw", &[]).await
}

async fn apply(
    node: &Arc<Node>,
    visitor: &Visitor,
    id: &str,
    change: &str,
    fields: &[(String, String)],
) -> Result<Response, PageFailure> {
    let (id, consent) = {
        let holdings = holdings::of(node, visitor.owner).await?;
        let held = held(&holdings, visitor, id)?;
        (held.id, Arc::clone(&held.consent))
    };
    let (change, done) = match change {
        "pause" => (Change::Disable, "paused"),
        "resume" => (Change::Enable, "resumed"),
        "narrow" => (Change::Narrow(narrowed(&consent, fields)), "narrowed"),
        "withdraw" => (Change::Withdraw, "withdrawn"),
        _ => return Err(PageFailure::not_found()),
    };
    if visitor.custody != Custody::Hosted {
        return Err(Failure::forbidden().into());
    }
    if let Some(entrusted) = &visitor.entrusted {
        // A delegate pauses what is active, and nothing else. What is paused is not paused again: each
        // time would be written down, and told to the person.
        if !matches!(change, Change::Disable) || consent.status != Status::Active {
            return Err(Failure::forbidden().into());
        }
        delegates::before_pause(node, entrusted, id).await?;
    }
    hosted::change(node, visitor.owner, id, &change).await?;
    Ok(Redirect::to(&format!("/home/consents/{id}?done={done}")).into_response())
}

/// What is allowed without the optional concepts that were not kept.
fn narrowed(consent: &Consent, fields: &[(String, String)]) -> ResourceSet {
    let is_kept = |id: &str| {
        fields
            .iter()
            .any(|(name, value)| name == "keep" && value == id)
    };
    let mut set = consent.resource_set.clone();
    for concepts in set.values_mut() {
        concepts.retain(|id| consent.required.contains(id) || is_kept(id.as_str()));
    }
    set.retain(|_, concepts| !concepts.is_empty());
    set
}
