//! My Home: who can use a person's data, what became of it, and the buttons that end it.

mod account;
mod activity;
mod consent;
mod consents;
mod delegates;
mod example;
mod homes;
mod meters;
mod notifications;
mod numbers;
mod overview;
mod paging;
mod passkeys;
mod services;
mod telling;
mod visitor;

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
        .route("/home/services", get(services::services))
        .route(
            "/home/services/{link}/remove",
            get(services::remove).post(services::remove_now),
        )
        .route("/home/services/{link}/restore", post(services::restore))
        .route("/home/account", get(account::account))
        .route("/home/account/passkeys/new", get(passkeys::new))
        .route("/home/account/passkeys/begin", post(passkeys::begin))
        .route("/home/account/passkeys", post(passkeys::end))
        .route(
            "/home/account/passkeys/{passkey}/remove",
            get(passkeys::remove).post(passkeys::remove_now),
        )
        .route("/home/account/export", get(account::export))
        .route("/home/account/sign-out", post(account::sign_out))
        .route(
            "/home/account/erase",
            get(account::erase).post(account::erase_now),
        )
        .route("/home/consents/{consent}/{change}", post(consent::change))
        .route("/home/numbers", get(numbers::numbers))
        .route("/home/example", get(example::example))
        .merge(activity::routes())
        .merge(notifications::routes())
        .merge(homes::routes())
        .merge(meters::routes())
        .merge(delegates::routes())
}
