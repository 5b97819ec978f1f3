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
mod logo;
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
use crate::history::leaf;
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
        .merge(logo::routes())
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

/// When the entry of the log at a position was made.
async fn time_of(node: &Node, position: u64) -> Result<Timestamp, PageFailure> {
    Ok(entry_at(node, position).await?.time)
}

/// What the entry of the log at a position says.
async fn entry_at(node: &Node, position: u64) -> Result<LeafContent<Event>, PageFailure> {
    let entry = node.store.entry(position).await?;
    Ok(leaf(&entry.ok_or(PageFailure::Internal)?)?)
}

/// What stands on one page of a list of the store, and where the next begins.
struct Listed {
    /// The members with their positions, the newest first.
    found: Vec<(u64, String)>,
    next: Option<String>,
}

impl Listed {
    /// The page of a list that begins at `before`.
    async fn read(node: &Node, list: &str, before: Option<&str>) -> Result<Self, PageFailure> {
        let limit = u32::try_from(PAGE + 1).expect("a page is short");
        let mut found = node.store.newest(list, read_cursor(before), limit).await?;
        let has_more = found.len() > PAGE;
        found.truncate(PAGE);
        let last = found.last().filter(|_| has_more);
        let next = last.map(|(position, member)| cursor(*position, member));
        Ok(Self { found, next })
    }
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
