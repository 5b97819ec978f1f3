//! Version 1.

mod consent_requests;
mod consents;
mod identity;
mod links;
mod log;
mod page;
mod pseudonyms;
mod releases;
mod services;
mod webhooks;

use std::sync::Arc;

use axum::Router;

use crate::node::Node;

/// All routes of version 1.
pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .merge(identity::routes())
        .merge(services::routes())
        .merge(links::routes())
        .merge(consent_requests::routes())
        .merge(consents::routes())
        .merge(pseudonyms::routes())
        .merge(releases::routes())
        .merge(webhooks::routes())
        .merge(log::routes())
}
