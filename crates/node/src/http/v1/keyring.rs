//! `/v1/accounts/keyring`.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::v1::keyring::{KeptKeyring, Keyring, KeyringRevision, Wrapping};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::body::Answer;
use crate::http::conditional;
use crate::http::failure::Failure;
use crate::http::page_caller::{DeviceCaller, SentByParty};
use crate::keyrings;
use crate::node::Node;
use crate::pages;

pub(super) fn routes(node: &Arc<Node>) -> Router<Arc<Node>> {
    Router::new()
        .route("/accounts/keyring", get(read).put(keep))
        .layer(pages::sessions(node))
}

fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

async fn read(
    State(node): State<Arc<Node>>,
    DeviceCaller(party): DeviceCaller,
) -> Result<Response, Failure> {
    let kept: KeptKeyring = keyrings::of(&node, party)
        .await?
        .ok_or_else(Failure::not_found)?;
    let tag = [(header::ETAG, tag(kept.revision))];
    Ok((tag, Answer(kept)).into_response())
}

async fn keep(
    State(node): State<Arc<Node>>,
    headers: HeaderMap,
    sent: SentByParty<Keyring>,
) -> Result<Response, Failure> {
    let may_open_anew = |before: &[Wrapping]| {
        if sent.is_fresh || !keyrings::opens_anew(before, &sent.body.wrappings) {
            Ok(())
        } else {
            Err(Code::SignInAgain.into())
        }
    };
    let is_seen = |revision| match (revision, headers.contains_key(header::IF_MATCH)) {
        // Who names no tag has seen none: keys are not written over by mistake.
        (0, false) => Ok(()),
        (_, false) => Err(Code::PreconditionFailed.into()),
        (revision, true) => conditional::check_if_match(&headers, &tag(revision)),
    };
    let revision = keyrings::keep(&node, sent.party, &sent.body, is_seen, may_open_anew).await?;
    let tag = [(header::ETAG, tag(revision))];
    Ok((tag, Answer(KeyringRevision { revision })).into_response())
}
