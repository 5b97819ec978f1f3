//! Version 1.

pub(crate) mod account_export;
mod accounts;
pub(crate) mod consent_requests;
pub(crate) mod consents;
mod contacts;
mod devices;
mod directory;
mod identity;
mod keyring;
mod links;
mod log;
mod page;
pub(crate) mod pairings;
mod pseudonyms;
mod receipt_formats;
mod redirects;
pub(crate) mod relay;
mod releases;
mod services;
mod sign_in;
mod tiles;
mod wallets;
pub(crate) mod webhooks;

use std::sync::Arc;

use axum::Router;

use crate::node::Node;

/// All routes of version 1.
pub(super) fn routes(node: &Arc<Node>) -> Router<Arc<Node>> {
    Router::new()
        .merge(identity::routes())
        .merge(services::routes())
        .merge(links::routes())
        .merge(consent_requests::routes())
        .merge(redirects::routes())
        .merge(consents::routes())
        .merge(pseudonyms::routes())
        .merge(releases::routes())
        .merge(webhooks::routes())
        .merge(log::routes())
        .merge(tiles::routes())
        .merge(contacts::routes())
        .merge(directory::routes())
        .merge(accounts::routes())
        .merge(keyring::routes(node))
        .merge(devices::routes(node))
        .merge(receipt_formats::routes())
        .merge(sign_in::routes())
        .merge(wallets::routes())
        .merge(pairings::routes())
        .merge(relay::routes())
}
