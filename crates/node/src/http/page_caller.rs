//! Parties that call by a request proof, or from a page of this node by the session of the browser.
//!
//! A session counts for pages of this very origin alone. Other origins, a wallet of another origin
//! among them, always need a proof: a cookie is never enough. A device there that has no keys yet may
//! bring a pass, where a route takes one.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::{body, caller};
use crate::node::Node;
use crate::pages;

/// The scheme of passes in the `Authorization` header.
const PASS: &str = "Assent-Pass ";

/// The party that calls, of a request without body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartyCaller(pub(super) PartyId);

/// A JSON body, and the party that sent it.
#[derive(Debug)]
pub(super) struct SentByParty<T> {
    /// Who sent it.
    pub(super) party: PartyId,
    /// Whether it has just shown who it is: by a proof, or by signing in a short while ago.
    pub(super) is_fresh: bool,
    /// The body.
    pub(super) body: T,
}

/// The party that calls, or one of its devices that has no keys yet, of a request without body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeviceCaller(pub(super) PartyId);

/// A JSON body, and the party that sent it, or whose device without keys did.
#[derive(Debug)]
pub(super) struct SentByDevice<T> {
    /// Who sent it.
    pub(super) party: PartyId,
    /// The body.
    pub(super) body: T,
}

impl FromRequestParts<Arc<Node>> for PartyCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Failure> {
        party(node, parts, None).await.map(|(party, _)| Self(party))
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Node>> for SentByParty<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, node: &Arc<Node>) -> Result<Self, Failure> {
        body::check_media_type(request.headers())?;
        let (parts, content) = request.into_parts();
        let bytes = body::read(content).await?;
        let (party, is_fresh) = party(node, &parts, Some(&bytes)).await?;
        Ok(Self {
            party,
            is_fresh,
            body: body::parse(&bytes)?,
        })
    }
}

impl FromRequestParts<Arc<Node>> for DeviceCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Failure> {
        match pass_in(&parts.headers) {
            Some(pass) => by_pass(node, pass).await.map(Self),
            None => party(node, parts, None).await.map(|(party, _)| Self(party)),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Node>> for SentByDevice<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, node: &Arc<Node>) -> Result<Self, Failure> {
        if let Some(pass) = pass_in(request.headers()) {
            let party = by_pass(node, pass).await?;
            body::check_media_type(request.headers())?;
            let bytes = body::read(request.into_body()).await?;
            let body = body::parse(&bytes)?;
            return Ok(Self { party, body });
        }
        let SentByParty { party, body, .. } = SentByParty::from_request(request, node).await?;
        Ok(Self { party, body })
    }
}

fn pass_in(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    said.strip_prefix(PASS)
}

/// Whose device has this pass: of a party that is still there.
async fn by_pass(node: &Node, pass: &str) -> Result<PartyId, Failure> {
    let party = node.keyrings.passes.party(pass, node.clock.now());
    let id = party.ok_or(Code::Unauthenticated)?;
    let party = node.state.get::<Party>(&id).await?;
    let active = party.filter(|party| party.is_active());
    active
        .map(|_| id)
        .ok_or_else(|| Code::Unauthenticated.into())
}

/// The party, and whether it has just shown who it is.
async fn party(
    node: &Node,
    parts: &Parts,
    body: Option<&Bytes>,
) -> Result<(PartyId, bool), Failure> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        let caller = caller::authenticate(node, parts, body).await?;
        return Ok((caller.party()?, true));
    }
    if !is_of_own_page(node, &parts.headers) {
        return Err(Code::Unauthenticated.into());
    }
    let signed_in = pages::signed_in_party(node, &parts.extensions).await?;
    signed_in.ok_or_else(|| Code::Unauthenticated.into())
}

/// Whether a page of this node sent the request. Browsers say so themselves (Fetch Metadata); those
/// that say nothing name at least the origin of what is not theirs.
fn is_of_own_page(node: &Node, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == Some("same-origin"),
        None => match text("origin") {
            Some(origin) => origin == Some(node.config.public_url.trim_end_matches('/')),
            None => true,
        },
    }
}
