//! The console: what an organisation sees and sets at this node, and what its operator does.
//!
//! Organisations hold their own keys, so nothing here signs. What a key has to sign is prepared,
//! checked and handed over with the command that signs it. People are named by pseudonyms alone.

mod compare;
mod consents;
mod drafts;
mod editor;
mod facts;
mod findings;
mod keys;
mod operator;
mod requests;
mod services;
mod standing;
mod uses;
mod webhooks;

use std::sync::Arc;

use assent_exchange::event::Event;
use assent_exchange::service::state::Service;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::{PartyId, ServiceId};
use assent_model::records::identity::PartyKind;
use assent_model::time::Timestamp;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Redirect;
use axum::routing::get;

use super::failure::PageFailure;
use super::frame::Frame;
use super::signed_in::SignedIn;
use super::texts::Texts;
use crate::node::Node;

/// How many things stand on one page.
const PAGE: usize = 25;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(
            "/console",
            get(|| async { Redirect::to("/console/services") }),
        )
        .merge(services::routes())
        .merge(editor::routes())
        .merge(compare::routes())
        .merge(requests::routes())
        .merge(uses::routes())
        .merge(keys::routes())
        .merge(consents::routes())
        .merge(webhooks::routes())
        .merge(operator::routes())
}

/// An organisation that is signed in. For everybody else there is no console.
#[derive(Debug, Clone)]
struct Organisation {
    signed_in: SignedIn,
    texts: Texts,
}

impl Organisation {
    fn party(&self) -> PartyId {
        self.signed_in.party
    }

    /// The frame of a page of the console. `title` is the key of the title.
    fn frame(&self, title: &str, area: &'static str, here: &str) -> Frame {
        Frame::of(self.texts.clone(), title, area, here, &self.signed_in)
    }

    /// The service with this id, if it is one of this organisation's.
    async fn service(
        &self,
        node: &Node,
        id: &str,
    ) -> Result<(ServiceId, Arc<Service>), PageFailure> {
        let found = own_service(node, self.party(), id).await?;
        found.ok_or_else(PageFailure::not_found)
    }
}

async fn own_service(
    node: &Node,
    party: PartyId,
    id: &str,
) -> Result<Option<(ServiceId, Arc<Service>)>, PageFailure> {
    let Ok(id) = id.parse::<ServiceId>() else {
        return Ok(None);
    };
    let service = node.state.get::<Service>(&id).await?;
    let own = service.filter(|service| service.provider == party);
    Ok(own.map(|service| (id, service)))
}

impl FromRequestParts<Arc<Node>> for Organisation {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, PageFailure> {
        let signed_in = SignedIn::from_request_parts(parts, node).await?;
        let texts = Texts::of(&parts.headers);
        if signed_in.kind == PartyKind::Organisation {
            Ok(Self { signed_in, texts })
        } else {
            Err(PageFailure::not_found())
        }
    }
}

/// An instant in UTC, to the second (ISO 8601 with a space).
fn moment(instant: Timestamp) -> String {
    // jiff ends with the year 9999, long before a timestamp does.
    let seconds = i64::try_from(instant.as_seconds()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    instant.to_string().replace('T', " ").replace('Z', " UTC")
}

/// When the entry of the log at a position was made.
async fn time_of(node: &Node, position: u64) -> Result<Timestamp, PageFailure> {
    let entry = node.store.entry(position).await?;
    let entry = entry.ok_or(PageFailure::Internal)?;
    let leaf = LeafContent::<Event>::decode(&entry.bytes).map_err(|_| PageFailure::Internal)?;
    Ok(leaf.time)
}

/// Where a page of a list goes on.
fn cursor(position: u64, member: &str) -> String {
    format!("{position}~{member}")
}

/// What [`cursor`] made; the beginning where it is something else.
fn read_cursor(text: Option<&str>) -> Option<(u64, &str)> {
    let (position, member) = text?.split_once('~')?;
    Some((position.parse().ok()?, member))
}
