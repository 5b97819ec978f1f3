//! `/v1/webhooks`: where services are told, for their providers.

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_api::v1::Page;
use assent_api::v1::webhooks::{
    ChangeWebhook, CreateWebhook, DeliveryView, ReplayDeliveries, Replaying, WebhookView,
};
use assent_exchange::service::state::Service;
use assent_model::ids::{PartyId, WebhookId};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::page::PageQuery;
use crate::http::body::{Answer, Id};
use crate::http::caller::{Caller, Signed};
use crate::http::conditional;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::webhooks::deliveries::{self, Delivery};
use crate::webhooks::endpoints::{Endpoint, EndpointError, StoredEndpoint};

/// The most messages that are sent again at once.
const REPLAYED_MAX: u32 = 1000;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/webhooks", get(list).post(create))
        .route("/webhooks/{webhook}", get(one).delete(remove))
        .route("/webhooks/{webhook}/state", post(change))
        .route("/webhooks/{webhook}/test", post(test))
        .route("/webhooks/{webhook}/replays", post(replay_many))
        .route("/webhooks/{webhook}/deliveries", get(delivered))
        .route(
            "/webhooks/{webhook}/deliveries/{delivery}/replay",
            post(replay),
        )
}

async fn create(
    State(node): State<Arc<Node>>,
    Signed { caller, body }: Signed<CreateWebhook>,
) -> Result<Response, Failure> {
    let stored = make(&node, caller.party()?, body).await?;
    let location = format!("/v1/webhooks/{}", stored.endpoint.webhook_id);
    let location = HeaderValue::from_str(&location).expect("an id is visible ASCII");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        tagged(&node, &stored),
    )
        .into_response())
}

/// Makes an endpoint for a service of this provider.
pub(crate) async fn make(
    node: &Node,
    provider: PartyId,
    body: CreateWebhook,
) -> Result<StoredEndpoint, Failure> {
    let service = node
        .state
        .get::<Service>(&body.service_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    if service.provider != provider {
        return Err(Failure::forbidden());
    }
    if let Err(refused) = node.webhooks.guard().check(&body.url) {
        return Err(Problem::new(Code::CallbackRefused)
            .with_detail(refused.to_string())
            .into());
    }
    let endpoint = Endpoint {
        webhook_id: WebhookId::random(),
        service_id: body.service_id,
        provider,
        url: body.url,
        created_at: node.clock.now(),
        enabled: true,
    };
    Ok(node.webhooks.endpoints.add(&node.store, endpoint).await?)
}

async fn list(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<WebhookView>>, Failure> {
    let after = page.cursor().map(str::parse).transpose();
    let after = after.map_err(|_| Failure::from(Code::MalformedTarget))?;
    let limit = page.limit() as usize;
    let mut found = node
        .webhooks
        .endpoints
        .of_provider(caller.party()?, after, limit + 1);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| has_more)
        .map(|last| last.endpoint.webhook_id.to_string());
    Ok(Answer(Page {
        items: found.iter().map(|stored| view(&node, stored)).collect(),
        next,
    }))
}

async fn one(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<WebhookId>,
) -> Result<Response, Failure> {
    Ok(tagged(&node, &own(&node, caller.party()?, id)?))
}

async fn remove(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<WebhookId>,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    let stored = own(&node, caller.party()?, id)?;
    conditional::check_if_match(&headers, &tag(&stored))?;
    node.webhooks
        .endpoints
        .remove(&node.store, id, stored.revision)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    State(node): State<Arc<Node>>,
    Id(id): Id<WebhookId>,
    headers: HeaderMap,
    Signed { caller, body }: Signed<ChangeWebhook>,
) -> Result<Response, Failure> {
    let stored = own(&node, caller.party()?, id)?;
    conditional::check_if_match(&headers, &tag(&stored))?;
    let stored = node
        .webhooks
        .set_enabled(id, stored.revision, body.enabled)
        .await?;
    Ok(tagged(&node, &stored))
}

async fn replay_many(
    State(node): State<Arc<Node>>,
    Id(id): Id<WebhookId>,
    Signed { caller, body }: Signed<ReplayDeliveries>,
) -> Result<Answer<Replaying>, Failure> {
    let stored = own(&node, caller.party()?, id)?;
    let deliveries = send_again(&node, stored, body).await? as u64;
    Ok(Answer(Replaying { deliveries }))
}

/// Sends the messages of a time again, oldest first, and does not wait for them. How many.
pub(crate) async fn send_again(
    node: &Node,
    stored: StoredEndpoint,
    wanted: ReplayDeliveries,
) -> Result<usize, Failure> {
    let id = stored.endpoint.webhook_id;
    let mut found = deliveries::newest(&node.store, id, None, REPLAYED_MAX).await?;
    found.retain(|delivery| {
        let at = delivery.at().as_millis();
        wanted.from.is_none_or(|from| at >= from)
            && wanted.until.is_none_or(|until| at < until)
            && (!wanted.failed_only || delivery.has_failed())
    });
    found.reverse();
    let count = found.len();
    node.webhooks.replay_all(stored.endpoint, found);
    Ok(count)
}

async fn test(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<WebhookId>,
) -> Result<Answer<DeliveryView>, Failure> {
    let stored = own(&node, caller.party()?, id)?;
    let sequence = node.head.borrow().header.log_size;
    let delivery = node.webhooks.send_test(&stored.endpoint, sequence).await?;
    Ok(Answer(delivery.view()))
}

async fn delivered(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Id(id): Id<WebhookId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<DeliveryView>>, Failure> {
    own(&node, caller.party()?, id)?;
    let limit = page.limit();
    let mut found = deliveries::list(&node.store, id, page.cursor(), limit + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let items: Vec<DeliveryView> = found.iter().map(Delivery::view).collect();
    let next = items
        .last()
        .filter(|_| has_more)
        .map(|last| last.delivery_id.clone());
    Ok(Answer(Page { items, next }))
}

async fn replay(
    State(node): State<Arc<Node>>,
    caller: Caller,
    Path((webhook, delivery)): Path<(String, String)>,
) -> Result<Answer<DeliveryView>, Failure> {
    let id = webhook.parse().map_err(|_| Failure::not_found())?;
    let stored = own(&node, caller.party()?, id)?;
    let delivery = deliveries::get(&node.store, id, &delivery)
        .await?
        .ok_or_else(Failure::not_found)?;
    let delivery = node.webhooks.replay(&stored.endpoint, delivery).await?;
    Ok(Answer(delivery.view()))
}

/// An endpoint, for whoever made it; for all others there is none.
pub(crate) fn own(node: &Node, caller: PartyId, id: WebhookId) -> Result<StoredEndpoint, Failure> {
    let stored = node.webhooks.endpoints.get(id);
    stored
        .filter(|stored| stored.endpoint.provider == caller)
        .ok_or_else(Failure::not_found)
}

/// The revision says all that can change, so the tag is a strong one.
fn tag(stored: &StoredEndpoint) -> String {
    format!("\"{}\"", stored.revision)
}

fn tagged(node: &Node, stored: &StoredEndpoint) -> Response {
    let tag = HeaderValue::from_str(&tag(stored)).expect("a tag is visible ASCII");
    ([(header::ETAG, tag)], Answer(view(node, stored))).into_response()
}

fn view(node: &Node, stored: &StoredEndpoint) -> WebhookView {
    let endpoint = &stored.endpoint;
    WebhookView {
        webhook_id: endpoint.webhook_id,
        service_id: endpoint.service_id,
        url: endpoint.url.clone(),
        public_key: node.webhooks.public_key.clone(),
        created_at: endpoint.created_at.as_millis(),
        enabled: endpoint.enabled,
    }
}

impl From<EndpointError> for Failure {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::TooMany => Code::TooManyWebhooks.into(),
            EndpointError::Changed => Code::PreconditionFailed.into(),
            EndpointError::Store(error) => error.into(),
        }
    }
}
