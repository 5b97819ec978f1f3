//! `/v1/services`.

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_api::v1::consents::ConsentView;
use assent_api::v1::services::{RegisterService, ServiceView};
use assent_api::v1::{Outcome, Page};
use assent_exchange::command::Command;
use assent_exchange::event::Event;
use assent_exchange::identity::state::Party;
use assent_exchange::service::command::ServiceCommand;
use assent_exchange::service::event::ServiceEvent;
use assent_exchange::service::state::Service;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::records::service::ServiceRegistration;
use assent_model::statement::{self, Verified};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;

use super::consents;
use super::page::PageQuery;
use crate::descriptions;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/services", get(list).post(register))
        .route("/services/{service}", get(current))
        .route("/services/{service}/versions/{version}", get(version))
        .route("/services/{service}/consents", get(consents_of))
}

async fn register(
    State(node): State<Arc<Node>>,
    Body(body): Body<RegisterService>,
) -> Result<Created<Outcome>, Failure> {
    let registration = statement::verify::<ServiceRegistration>(&body.registration)?;
    let description = descriptions::checked(&body.description)?;
    let said = registration.content();
    let matches = description.reference() == said.description
        && description.outline() == said.outline
        && description.provider.party_id == said.provider;
    if !matches {
        let problem = Problem::new(Code::DescriptionInvalid);
        return Err(Failure::from(problem.with_detail(
            "the signed reference or outline is not that of the description",
        )));
    }
    let location = format!(
        "/v1/services/{}/versions/{}",
        description.service_id, description.version
    );
    // Before the registration, so that no registered version is ever without its text, unless it
    // will be refused and nothing is to be written. Under its digest: twice changes nothing.
    let is_next = is_next(&node, &registration).await?;
    if is_next {
        descriptions::keep(&node, &description).await?;
    }
    let command = Command::Service(ServiceCommand::Register(registration));
    let outcome = node.intake.submit(command, Vec::new()).await?;
    if !is_next {
        descriptions::keep(&node, &description).await?;
    }
    Ok(Created { location, outcome })
}

/// Whether the rules would accept a registration as things stand. Another command may be on its
/// way, so they are asked all the same.
async fn is_next(
    node: &Node,
    registration: &Verified<ServiceRegistration>,
) -> Result<bool, Failure> {
    let said = registration.content();
    let version = said.description.version;
    let provider = node.state.get::<Party>(&said.provider).await?;
    let is_provider = provider
        .is_some_and(|party| party.is_active() && party.signing_key == *registration.signer());
    let service = node
        .state
        .get::<Service>(&said.description.service_id)
        .await?;
    let follows = service.map_or(version == 1, |service| {
        service.provider == said.provider && service.version.checked_add(1) == Some(version)
    });
    let now = node.clock.now();
    let is_timely = registration.envelope().check(&node.chain, now).is_ok();
    Ok(is_provider && follows && is_timely)
}

async fn list(
    State(node): State<Arc<Node>>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<ServiceView>>, Failure> {
    let members = page.members(&node, "services").await?;
    let mut items = Vec::new();
    for id in members.typed()? {
        items.push(view(&node, id, None).await?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

async fn current(
    State(node): State<Arc<Node>>,
    Id(id): Id<ServiceId>,
) -> Result<Answer<ServiceView>, Failure> {
    view(&node, id, None).await.map(Answer)
}

async fn version(
    State(node): State<Arc<Node>>,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Answer<ServiceView>, Failure> {
    let id = id.parse().map_err(|_| Failure::not_found())?;
    view(&node, id, Some(version)).await.map(Answer)
}

/// The consents of a service, for its provider.
async fn consents_of(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<ServiceId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<ConsentView>>, Failure> {
    let service = node
        .state
        .get::<Service>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    if caller.party()? != service.provider {
        return Err(Failure::forbidden());
    }
    let members = page.members(&node, &format!("{id}/consents")).await?;
    let mut items = Vec::new();
    for cr_id in members.typed()? {
        items.push(consents::view(&node, cr_id).await?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

async fn view(node: &Node, id: ServiceId, version: Option<u32>) -> Result<ServiceView, Failure> {
    let service = node
        .state
        .get::<Service>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let version = version.unwrap_or(service.version);
    let registered = history(&node.store, &id.to_string())
        .await?
        .into_iter()
        .find_map(|leaf| match leaf.event {
            Event::Service(ServiceEvent::Registered { registration })
                if registration.content().description.version == version =>
            {
                Some(registration)
            }
            _ => None,
        });
    let registration = registered.ok_or_else(Failure::not_found)?;
    let description: ServiceDescription =
        descriptions::read(node, &registration.content().description).await?;
    Ok(ServiceView {
        service_id: id,
        provider: service.provider,
        version,
        current: version == service.version,
        registration: registration.compact().to_owned(),
        description: serde_json::to_value(description)
            .map_err(|_| Failure::from(Code::Internal))?,
    })
}
