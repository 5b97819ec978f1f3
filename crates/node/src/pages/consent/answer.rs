//! What becomes of a form that is sent.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_exchange::consent::rejection::ConsentRejection;
use assent_exchange::consent::state::{Request, RequestStatus};
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::time::Timestamp;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::changes;
use super::closed::{Back, ClosedPage};
use super::fields::{Choices, Pairs, field};
use super::form::{self, Shown};
use super::visit::{Elsewhere, Seen, Standing, Visit, language, see};
use crate::hosted;
use crate::http::failure::Failure;
use crate::http::v1::consent_requests::form_view;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::receipts;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;
use crate::redirects::{self, Refused};

pub(super) async fn linked(
    (State(node), texts, session): Seen,
    Path(token): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Elsewhere {
    let here = Choices::read(&pairs).at(&format!("/consent/{token}"));
    let visit = match Visit::linked(&node, texts, &session, &token, &here).await {
        Ok(visit) => visit,
        Err(elsewhere) => return elsewhere,
    };
    answer(&node, &visit, &pairs).await
}

pub(super) async fn at_home(
    (State(node), texts, session): Seen,
    Path(request): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Elsewhere {
    let here = Choices::read(&pairs).at(&format!("/home/requests/{request}"));
    let visit = match Visit::at_home(&node, texts, &session, &request, &here).await {
        Ok(visit) => visit,
        Err(elsewhere) => return elsewhere,
    };
    answer(&node, &visit, &pairs).await
}

async fn answer(node: &Arc<Node>, visit: &Visit, pairs: &Pairs) -> Elsewhere {
    let choices = Choices::sent(pairs);
    if let Some(wanted) = field(pairs, "language") {
        let texts = Texts::in_language(wanted).unwrap_or_else(|| visit.texts.clone());
        let cookie = [(header::SET_COOKIE, texts.remember())];
        return Ok((cookie, see(&choices.at(&visit.path))).into_response());
    }
    if visit.opened.as_ref().is_some_and(|opened| opened.is_used) {
        return form::closed(node, visit, Standing::Answered, None).await;
    }
    let wanted = field(pairs, "answer").unwrap_or_default();
    if wanted == "signed" {
        return signed(node, visit, &choices).await;
    }
    match visit.standing(node).await? {
        Standing::Waiting => {}
        Standing::Answered => {
            let why = Some(Refused::AlreadyAnswered);
            return form::closed(node, visit, Standing::Answered, why).await;
        }
        other => return form::closed(node, visit, other, Some(Refused::Expired)).await,
    }
    match wanted {
        _ if visit.signed_in.custody != Custody::Hosted => own_key(node, visit).await,
        "give" => give(node, visit, pairs, &choices).await,
        "refuse" => {
            hosted::refuse(node, visit.signed_in.party, visit.request_id).await?;
            refused(node, visit).await
        }
        _ => Err(Code::MalformedBody.into()),
    }
}

/// The person's own key must sign; a form alone cannot.
async fn own_key(node: &Node, visit: &Visit) -> Elsewhere {
    let view = form_view(node, visit.request_id, &visit.language()).await?;
    let texts = visit.texts.clone();
    let name = plain(&view.notice.service_name);
    let shown = ClosedPage {
        lead: texts.named("consent-own-key", &name),
        frame: Frame::of(
            texts,
            "consent-own-key-title",
            "home",
            &visit.path,
            &visit.signed_in,
        ),
        back: None,
    };
    Ok(page(StatusCode::CONFLICT, &shown))
}

/// The person's own wallet has answered, or says so.
async fn signed(node: &Arc<Node>, visit: &Visit, choices: &Choices) -> Elsewhere {
    match visit.request.status {
        RequestStatus::Given { cr_id } => given(node, visit, cr_id).await,
        RequestStatus::Refused => refused(node, visit).await,
        _ => form::form(node, visit, choices, Shown::NotYet).await,
    }
}

async fn give(node: &Arc<Node>, visit: &Visit, pairs: &Pairs, choices: &Choices) -> Elsewhere {
    // The notice that was on the screen, whatever language was chosen elsewhere meanwhile.
    let shown = field(pairs, "shown").and_then(Texts::in_language);
    let shown: Language = language(&shown.ok_or(Code::MalformedBody)?);
    let view = form_view(node, visit.request_id, &shown).await?;
    if field(pairs, "notice") != Some(&view.notice_digest.to_string()) {
        return Err(Failure::rejected(ConsentRejection::UsageRulesMismatch.into()).into());
    }
    let max = view.notice.valid_until_max.map(Timestamp::from_millis);
    let valid_until = match choices.valid_until(node.clock.now(), max) {
        Ok(valid_until) => valid_until,
        Err(error) => return form::form(node, visit, choices, Shown::Until(error)).await,
    };
    if view.notice.minimum_age.is_some() && !choices.is_of_age {
        return form::form(node, visit, choices, Shown::Age).await;
    }
    let choice = hosted::Choice {
        resource_set: choices.resource_set(&view.notice)?,
        supersedes: replaced(node, visit, pairs, &shown).await?,
        valid_until,
        age_confirmed: choices.is_of_age,
        language: shown,
    };
    let cr_id = hosted::give(node, visit.signed_in.party, visit.request_id, &choice).await?;
    given(node, visit, cr_id).await
}

/// The consent that is replaced: the one that the person was shown.
async fn replaced(
    node: &Node,
    visit: &Visit,
    pairs: &Pairs,
    shown: &Language,
) -> Result<Option<ConsentId>, PageFailure> {
    let earlier = changes::earlier(node, &visit.request, shown).await?;
    let now = earlier.map(|earlier| earlier.cr_id);
    let then = field(pairs, "replaces").unwrap_or_default();
    if now.map(|cr_id| cr_id.to_string()).unwrap_or_default() == then {
        Ok(now)
    } else {
        Err(Failure::rejected(ConsentRejection::SupersedesMismatch.into()).into())
    }
}

/// The receipt, with the way back.
async fn given(node: &Node, visit: &Visit, cr_id: ConsentId) -> Elsewhere {
    let back = back_with_code(node, visit).await?;
    receipts::given(node, visit.texts.clone(), &visit.signed_in, cr_id, back).await
}

async fn back_with_code(node: &Node, visit: &Visit) -> Result<Option<Back>, PageFailure> {
    let Some(opened) = &visit.opened else {
        return Ok(None);
    };
    if !opened.use_up(node).await? {
        return Ok(None);
    }
    Ok(Some(Back {
        name: service_name(node, visit).await?,
        address: redirects::answered(node, &opened.pushed, None).await?,
    }))
}

async fn service_name(node: &Node, visit: &Visit) -> Result<String, PageFailure> {
    let view = form_view(node, visit.request_id, &visit.language()).await?;
    Ok(plain(&view.notice.service_name))
}

#[derive(Template)]
#[template(path = "consent/refused.html")]
struct RefusedPage {
    frame: Frame,
    name: String,
    back: Option<Back>,
}

async fn refused(node: &Node, visit: &Visit) -> Result<Response, PageFailure> {
    let request = node.state.get::<Request>(&visit.request_id).await?;
    if request.is_none_or(|request| request.status != RequestStatus::Refused) {
        return Err(Failure::unavailable().into());
    }
    let name = service_name(node, visit).await?;
    let is_first = match &visit.opened {
        Some(opened) => opened.use_up(node).await?,
        None => false,
    };
    let back = visit.back(node, &name, Refused::Denied);
    let texts = visit.texts.clone();
    let shown = RefusedPage {
        frame: Frame::of(
            texts,
            "consent-refused-title",
            "home",
            &visit.path,
            &visit.signed_in,
        ),
        name,
        back: back.filter(|_| is_first),
    };
    Ok(page(StatusCode::OK, &shown))
}
