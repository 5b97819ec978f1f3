//! Who calls: the request proof in the `Authorization` header.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::request_proof::{Actor, RequestProof, SCHEME};
use assent_crypto::digest::Digest;
use assent_exchange::identity::state::Party;
use assent_model::ids::{PartyId, SurrogateId};
use assent_model::statement::{self, Verified};
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::header;
use axum::http::request::Parts;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::body;
use super::failure::Failure;
use crate::node::Node;

/// An authenticated caller of a request without body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller(pub Actor);

/// An authenticated caller with a JSON body that the proof covers.
#[derive(Debug)]
pub struct Signed<T> {
    /// Who calls.
    pub caller: Caller,
    /// The body.
    pub body: T,
}

impl Caller {
    /// The party that calls.
    ///
    /// # Errors
    /// A pseudonym calls.
    pub fn party(self) -> Result<PartyId, Failure> {
        match self.0 {
            Actor::Party(party) => Ok(party),
            Actor::Surrogate(_) => Err(Failure::forbidden()),
        }
    }
}

impl FromRequestParts<Arc<Node>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Failure> {
        authenticate(node, parts, None).await
    }
}

/// A caller, when the request carries a proof; a wrong proof is still an error.
#[derive(Debug, Clone, Copy)]
pub struct MaybeCaller(pub Option<Caller>);

impl FromRequestParts<Arc<Node>> for MaybeCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Failure> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            authenticate(node, parts, None)
                .await
                .map(|caller| Self(Some(caller)))
        } else {
            Ok(Self(None))
        }
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Node>> for Signed<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, node: &Arc<Node>) -> Result<Self, Failure> {
        body::check_media_type(request.headers())?;
        let (parts, content) = request.into_parts();
        let bytes = body::read(content).await?;
        let caller = authenticate(node, &parts, Some(&bytes)).await?;
        Ok(Self {
            caller,
            body: body::parse(&bytes)?,
        })
    }
}

/// Checks a request proof and uses it up, unless an outer layer has done so for this request.
pub(crate) async fn authenticate(
    node: &Node,
    parts: &Parts,
    body: Option<&Bytes>,
) -> Result<Caller, Failure> {
    if let Some(caller) = parts.extensions.get::<Caller>() {
        return Ok(*caller);
    }
    let unauthenticated = || Failure::from(Code::Unauthenticated);
    let header = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let compact = header
        .and_then(|text| text.strip_prefix(SCHEME))
        .and_then(|text| text.strip_prefix(' '))
        .ok_or_else(unauthenticated)?;
    let proof = statement::verify::<RequestProof>(compact).map_err(|_| unauthenticated())?;
    let said = proof.content();
    // The whole target, where a router has taken off the part that led here.
    let original = parts.extensions.get::<OriginalUri>();
    let target = original
        .map_or(&parts.uri, |original| &original.0)
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let covers = said.htm == parts.method.as_str()
        && said.htu == target
        && said.body == body.map(|bytes| Digest::of(bytes));
    if !covers || !speaks_for(node, said.actor, &proof).await? {
        return Err(unauthenticated());
    }
    node.use_once(&proof)?;
    Ok(Caller(said.actor))
}

async fn speaks_for(
    node: &Node,
    actor: Actor,
    proof: &Verified<RequestProof>,
) -> Result<bool, Failure> {
    match actor {
        Actor::Surrogate(surrogate) => Ok(surrogate == SurrogateId::of(proof.signer())),
        Actor::Party(party) => {
            let party = node.state.get::<Party>(&party).await?;
            Ok(
                party
                    .is_some_and(|party| party.is_active() && party.signing_key == *proof.signer()),
            )
        }
    }
}
