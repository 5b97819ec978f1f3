//! My Home: who can use a person's data, what became of it, and the buttons that end it.

mod overview;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/", get(overview::welcome))
        .route("/home", get(overview::overview))
}
