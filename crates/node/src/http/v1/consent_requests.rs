//! `/v1/consent-requests`.

use std::sync::Arc;

use assent_api::v1::Outcome;
use assent_api::v1::consents::{AskConsent, FormView, RefuseConsent, RequestView, notice};
use assent_crypto::digest::Digest;
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Request, RequestStatus};
use assent_exchange::event::Event;
use assent_exchange::identity::state::Party;
use assent_model::canonical;
use assent_model::ids::RequestId;
use assent_model::names::Language;
use assent_model::records::consent::{ConsentRefusal, ConsentRequest};
use assent_model::statement;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::descriptions;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/consent-requests", post(ask))
        .route("/consent-requests/{request}", get(request))
        .route("/consent-requests/{request}/form", get(form))
        .route("/consent-requests/{request}/refusal", post(refuse))
}

async fn ask(
    State(node): State<Arc<Node>>,
    Body(body): Body<AskConsent>,
) -> Result<Created<Outcome>, Failure> {
    let request = statement::verify::<ConsentRequest>(&body.request)?;
    let location = format!("/v1/consent-requests/{}", request.content().request_id);
    let command = Command::Consent(ConsentCommand::Ask(request));
    let outcome = node.intake.submit(command, Vec::new()).await?;
    Ok(Created { location, outcome })
}

async fn refuse(
    State(node): State<Arc<Node>>,
    Id(id): Id<RequestId>,
    Body(body): Body<RefuseConsent>,
) -> Result<Answer<Outcome>, Failure> {
    let refusal = statement::verify::<ConsentRefusal>(&body.refusal)?;
    if refusal.content().request_id != id {
        return Err(Failure::not_found());
    }
    let command = Command::Consent(ConsentCommand::Refuse(refusal));
    Ok(Answer(node.intake.submit(command, Vec::new()).await?))
}

async fn request(
    State(node): State<Arc<Node>>,
    Id(id): Id<RequestId>,
) -> Result<Answer<RequestView>, Failure> {
    view(&node, id).await.map(Answer)
}

/// A request with its statement, from state and log.
pub(crate) async fn view(node: &Node, id: RequestId) -> Result<RequestView, Failure> {
    let request = node
        .state
        .get::<Request>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let (status, cr_id) = match request.status {
        RequestStatus::Requested { .. } => ("requested", None),
        RequestStatus::Given { cr_id } => ("given", Some(cr_id)),
        RequestStatus::Refused => ("refused", None),
        RequestStatus::Expired => ("expired", None),
    };
    let asked = history(&node.store, &id.to_string())
        .await?
        .into_iter()
        .find_map(|leaf| match leaf.event {
            Event::Consent(ConsentEvent::Requested { request, .. }) => {
                Some(request.compact().to_owned())
            }
            _ => None,
        });
    Ok(RequestView {
        request_id: id,
        surrogate_id: request.surrogate,
        status: status.into(),
        cr_id,
        request: asked.ok_or_else(Failure::not_found)?,
    })
}

#[derive(Debug, Deserialize)]
struct FormQuery {
    language: Option<String>,
}

async fn form(
    State(node): State<Arc<Node>>,
    Id(id): Id<RequestId>,
    Query(query): Query<FormQuery>,
) -> Result<Answer<FormView>, Failure> {
    let language = query.language.as_deref().unwrap_or("en");
    let language: Language = language
        .parse()
        .map_err(|_| Failure::from(assent_api::problem::Code::MalformedTarget))?;
    form_view(&node, id, &language).await.map(Answer)
}

/// What to show the person.
pub(crate) async fn form_view(
    node: &Node,
    id: RequestId,
    language: &Language,
) -> Result<FormView, Failure> {
    let request = node
        .state
        .get::<Request>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let service = descriptions::read(node, &request.service).await?;
    let source = match &request.source {
        Some(source) => Some(descriptions::read(node, source).await?),
        None => None,
    };
    let purpose = service
        .purpose(&request.usage_rules.purpose_id)
        .ok_or_else(Failure::not_found)?;
    let until = request
        .valid_until_max
        .map(assent_model::time::Timestamp::as_millis);
    let notice = notice(
        &service,
        purpose,
        source.as_ref(),
        &request.offer,
        until,
        language,
    );
    let provider = node
        .state
        .get::<Party>(&request.provider)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(FormView {
        request_id: id,
        notice_digest: Digest::of(&canonical::encode(&notice)),
        notice,
        usage_rules: request.usage_rules.clone(),
        service: request.service.clone(),
        source: request.source.clone(),
        pop_key: provider.signing_key.thumbprint().to_string(),
    })
}
