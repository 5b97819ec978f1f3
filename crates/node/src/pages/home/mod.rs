//! My Home: who can use a person's data, what became of it, and the buttons that end it.

mod consent;
mod consents;
mod overview;
mod paging;
mod standing;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/", get(overview::welcome))
        .route("/home", get(overview::overview))
        .route("/home/consents", get(consents::consents))
        .route("/home/requests", get(consents::requests))
        .route("/home/consents/{consent}", get(consent::consent))
        .route(
            "/home/consents/{consent}/withdraw",
            get(consent::withdraw).post(consent::withdraw_now),
        )
        .route("/home/consents/{consent}/{change}", post(consent::change))
}
