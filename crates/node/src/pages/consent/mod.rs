//! The consent form: what a service asks, in words, and two buttons of the same size.
//!
//! It is reached by a link that the service pushed for (`/consent/{token}`, see
//! [`redirects`](crate::redirects)) or from My Home (`/home/requests/{request}`). What is shown is
//! the notice whose digest the consent record carries, and nothing that is not chosen is given.

mod answer;
mod changes;
mod closed;
mod fields;
mod form;
mod notice;
mod preview;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::node::Node;

pub(super) use closed::{Back, ClosedPage, over};
pub(super) use form::custody;
pub(super) use notice::{Fact, facts, titled, word};
pub(super) use preview::preview;
pub(super) use visit::{language, name_of, not_me};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/consent/{token}", get(form::linked).post(answer::linked))
        .route("/consent/{token}/not-me", post(visit::not_me_at_form))
        .route(
            "/home/requests/{request}",
            get(form::at_home).post(answer::at_home),
        )
}
