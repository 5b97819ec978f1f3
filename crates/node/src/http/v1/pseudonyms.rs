//! `/v1/pseudonyms/{surrogate}/…`: what a pseudonym was asked, has given, and how it was used.
//! Only for the holder of the pseudonym's key.

use std::sync::Arc;

use assent_api::request_proof::Actor;
use assent_api::v1::Page;
use assent_api::v1::consents::{ConsentView, RequestView};
use assent_api::v1::links::LinkView;
use assent_exchange::event::Event;
use assent_exchange::release::event::ReleaseEvent;
use assent_model::ids::{ConsentId, SurrogateId};
use assent_model::records::release::UseReceipt;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;

use super::page::{Members, PageQuery};
use super::{consent_requests, consents, links};
use crate::history::history;
use crate::http::body::{Answer, Id};
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/pseudonyms/{surrogate}/requests", get(requests))
        .route("/pseudonyms/{surrogate}/consents", get(given))
        .route("/pseudonyms/{surrogate}/links", get(linked))
        .route(
            "/pseudonyms/{surrogate}/consents/{consent}/receipts",
            get(receipts),
        )
}

fn check_caller(caller: Caller, surrogate: SurrogateId) -> Result<(), Failure> {
    if caller.0 == Actor::Surrogate(surrogate) {
        Ok(())
    } else {
        Err(Failure::forbidden())
    }
}

async fn members(
    node: &Node,
    caller: Caller,
    surrogate: SurrogateId,
    list: &str,
    page: &PageQuery,
) -> Result<Members, Failure> {
    check_caller(caller, surrogate)?;
    page.members(node, &format!("{surrogate}/{list}")).await
}

async fn requests(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(surrogate): Id<SurrogateId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<RequestView>>, Failure> {
    let members = members(&node, caller, surrogate, "requests", &page).await?;
    let mut items = Vec::new();
    for id in members.typed()? {
        items.push(consent_requests::view(&node, id).await?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

async fn given(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(surrogate): Id<SurrogateId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<ConsentView>>, Failure> {
    let members = members(&node, caller, surrogate, "consents", &page).await?;
    let mut items = Vec::new();
    for id in members.typed()? {
        items.push(consents::view(&node, id).await?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

async fn linked(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(surrogate): Id<SurrogateId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<LinkView>>, Failure> {
    let members = members(&node, caller, surrogate, "links", &page).await?;
    let mut items = Vec::new();
    for id in members.typed()? {
        items.push(links::view(&node, id).await?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

/// The use receipts of one consent, refusals included, as far as blocks have taken them in.
async fn receipts(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Path((surrogate, consent)): Path<(String, String)>,
) -> Result<Answer<Page<UseReceipt>>, Failure> {
    let surrogate = surrogate.parse().map_err(|_| Failure::not_found())?;
    let consent: ConsentId = consent.parse().map_err(|_| Failure::not_found())?;
    check_caller(caller, surrogate)?;
    if consents::view(&node, consent).await?.surrogate_id != surrogate {
        return Err(Failure::not_found());
    }
    let mut items = Vec::new();
    for leaf in history(&node.store, &consent.to_string()).await? {
        if let Event::Release(ReleaseEvent::Recorded { batch }) = leaf.event {
            items.extend(
                batch
                    .content()
                    .receipts
                    .iter()
                    .filter(|receipt| receipt.cr_id == consent)
                    .cloned(),
            );
        }
    }
    Ok(Answer(Page { items, next: None }))
}
