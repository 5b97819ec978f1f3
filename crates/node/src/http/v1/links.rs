//! `/v1/links`.

use std::sync::Arc;

use assent_api::v1::Outcome;
use assent_api::v1::links::{ChangeLink, CreateLink, LinkView};
use assent_exchange::command::Command;
use assent_exchange::event::Event;
use assent_exchange::link::command::LinkCommand;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::link::state::Link;
use assent_model::ids::LinkId;
use assent_model::records::link::{LinkRecord, LinkStatusRecord};
use assent_model::statement;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use super::consents::verify_change;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::stopping;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/links", post(create))
        .route("/links/{link}", get(link))
        .route("/links/{link}/statuses", post(change))
}

async fn create(
    State(node): State<Arc<Node>>,
    Body(body): Body<CreateLink>,
) -> Result<Created<Outcome>, Failure> {
    let record = statement::verify::<LinkRecord>(&body.record)?;
    let countersignature = statement::verify(&body.countersignature)?;
    let location = format!("/v1/links/{}", record.content().slr_id);
    let command = Command::Link(LinkCommand::Create {
        record,
        countersignature,
    });
    let outcome = node.intake.submit(command, Vec::new()).await?;
    Ok(Created { location, outcome })
}

async fn change(
    State(node): State<Arc<Node>>,
    Id(link): Id<LinkId>,
    Body(body): Body<ChangeLink>,
) -> Result<Answer<Outcome>, Failure> {
    let record = statement::verify::<LinkStatusRecord>(&body.record)?;
    if record.content().slr_id != link {
        return Err(Failure::not_found());
    }
    let consents = body
        .consents
        .iter()
        .map(verify_change)
        .collect::<Result<Vec<_>, _>>()?;
    let changes = consents.clone();
    let command = Command::Link(LinkCommand::Change { record, consents });
    stopping::submit(&node, command, &changes).await.map(Answer)
}

async fn link(
    State(node): State<Arc<Node>>,
    Id(id): Id<LinkId>,
) -> Result<Answer<LinkView>, Failure> {
    view(&node, id).await.map(Answer)
}

/// A link with its chain of records, from state and log.
pub(super) async fn view(node: &Node, id: LinkId) -> Result<LinkView, Failure> {
    let link = node
        .state
        .get::<Link>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let mut created = None;
    let mut statuses = Vec::new();
    for leaf in history(&node.store, &id.to_string()).await? {
        match leaf.event {
            Event::Link(LinkEvent::Created {
                record,
                countersignature,
            }) => {
                created = Some((
                    record.compact().to_owned(),
                    countersignature.compact().to_owned(),
                ));
            }
            Event::Link(LinkEvent::StatusChanged { record }) => {
                statuses.push(record.compact().to_owned());
            }
            _ => {}
        }
    }
    let (record, countersignature) = created.ok_or_else(Failure::not_found)?;
    Ok(LinkView {
        slr_id: id,
        surrogate_id: link.surrogate,
        service_id: link.service,
        status: link.status,
        head: link.head,
        record,
        countersignature,
        statuses,
    })
}
