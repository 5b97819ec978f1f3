//! `/v1/streams`, as far as the relay serves them, and `/v1/consents/{consent}/streams`.

use std::sync::Arc;
use std::time::Duration;

use assent_api::problem::Code;
use assent_api::request_proof::{Actor, SCHEME};
use assent_api::v1::Outcome;
use assent_api::v1::streams::{
    AnchorStream, ConsentStreams, PutGrant, PutKeys, RECORDS_MEDIA_TYPE, RecordsTaken,
    StandingView, join_records,
};
use assent_exchange::command::Command;
use assent_exchange::stream::command::StreamCommand;
use assent_exchange::stream::state::Stream;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::stream::StreamAnchor;
use assent_model::statement;
use axum::Router;
use axum::extract::{FromRequestParts as _, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;

use crate::http::body::{self, Answer, Body, Id};
use crate::http::caller::{Caller, Signed, authenticate};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::streams::reading::Reader;
use crate::streams::{grants, known, open, records, standing, tail};

/// How many records an answer has, where the caller does not say.
const LIMIT: u32 = 256;
/// How often a tail says that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/streams/{stream}/anchors", post(anchor))
        .route("/streams/{stream}/records", get(read))
        .route("/streams/{stream}/tail", get(follow))
        .route(
            "/streams/{stream}/grants/{consent}",
            put(grant).delete(take_back),
        )
        .route("/streams/{stream}/standing", get(stand))
        .route("/streams/{stream}/keys/{consent}", put(hand_over))
        .route("/streams/{stream}/keys/{consent}/requests", post(ask_keys))
        .route("/consents/{consent}/streams", get(of_consent))
}

/// What takes more bytes than other routes.
pub(crate) fn uploads() -> Router<Arc<Node>> {
    Router::new().route("/streams/{stream}/records", put(upload))
}

async fn anchor(
    State(node): State<Arc<Node>>,
    Id(id): Id<StreamId>,
    Body(body): Body<AnchorStream>,
) -> Result<Answer<Outcome>, Failure> {
    let anchor = statement::verify::<StreamAnchor>(&body.statement)?;
    if anchor.content().stream_id != id {
        return Err(Failure::not_found());
    }
    let command = Command::Stream(StreamCommand::Anchor(anchor));
    Ok(Answer(node.intake.submit(command, Vec::new()).await?))
}

async fn upload(
    State(node): State<Arc<Node>>,
    request: Request,
) -> Result<Answer<RecordsTaken>, Failure> {
    let (mut parts, content) = request.into_parts();
    let bytes = body::read(content).await?;
    let caller = authenticate(&node, &parts, Some(&bytes)).await?;
    let media_type = parts.headers.get(header::CONTENT_TYPE);
    if media_type.is_none_or(|media_type| media_type != RECORDS_MEDIA_TYPE) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let Id(id) = Id::<StreamId>::from_request_parts(&mut parts, &node).await?;
    check_device(caller, &*known(&node, id).await?)?;
    records::take(&node, id, bytes).await.map(Answer)
}

/// Only the device of a stream may.
fn check_device(caller: Caller, stream: &Stream) -> Result<(), Failure> {
    if caller.0 == Actor::Party(stream.device) {
        Ok(())
    } else {
        Err(Failure::forbidden())
    }
}

/// Only the holder of a stream may.
async fn check_holder(node: &Node, caller: Caller, id: StreamId) -> Result<(), Failure> {
    if caller.0 == Actor::Surrogate(known(node, id).await?.holder) {
        Ok(())
    } else {
        Err(Failure::forbidden())
    }
}

/// From which record on, how many, and under which consent.
#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    from: u64,
    limit: Option<u32>,
    cr_id: Option<String>,
}

impl Wanted {
    fn of(parts: &Parts) -> Result<Self, Failure> {
        let wanted = Query::<Self>::try_from_uri(&parts.uri);
        Ok(wanted.map_err(|_| Failure::from(Code::MalformedTarget))?.0)
    }

    fn cr_id(&self) -> Result<Option<ConsentId>, Failure> {
        let parsed = self.cr_id.as_deref().map(str::parse).transpose();
        parsed.map_err(|_| Failure::not_found())
    }
}

async fn read(State(node): State<Arc<Node>>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::<StreamId>::from_request_parts(&mut parts, &node).await?;
    let stream = known(&node, id).await?;
    let wanted = Wanted::of(&parts)?;
    if is_request_proof(&parts) {
        check_device(authenticate(&node, &parts, None).await?, &stream)?;
    } else {
        open(&node, id).await?;
        let reader = Reader::of(&node, &parts, id, wanted.cr_id()?).await?;
        reader.decide(&node).await?;
    }
    let limit = wanted.limit.unwrap_or(LIMIT);
    let found = records::read(&node, id, wanted.from, limit).await?;
    let joined = join_records(found.iter().map(Vec::as_slice));
    Ok(([(header::CONTENT_TYPE, RECORDS_MEDIA_TYPE)], joined).into_response())
}

fn is_request_proof(parts: &Parts) -> bool {
    let header = parts.headers.get(header::AUTHORIZATION);
    let scheme = header.and_then(|value| value.to_str().ok());
    let scheme = scheme.and_then(|text| text.split(' ').next());
    scheme == Some(SCHEME)
}

async fn follow(State(node): State<Arc<Node>>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::<StreamId>::from_request_parts(&mut parts, &node).await?;
    open(&node, id).await?;
    let wanted = Wanted::of(&parts)?;
    let from = match parts.headers.get(LAST_EVENT_ID) {
        Some(last) => after(last.to_str().unwrap_or_default())?,
        None => wanted.from,
    };
    let reader = Reader::of(&node, &parts, id, wanted.cr_id()?).await?;
    reader.decide(&node).await?;
    // What is gone is said before anything is begun.
    records::read(&node, id, from, 1).await?;
    let events = tail::events(Arc::clone(&node), reader, from)?;
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(events).keep_alive(keep_alive).into_response())
}

/// The number after the last event that the reader has.
fn after(last: &str) -> Result<u64, Failure> {
    let last: Option<u64> = last.parse().ok();
    let next = last.and_then(|last| last.checked_add(1));
    next.ok_or_else(|| Code::MalformedTarget.into())
}

fn place((stream, consent): &(String, String)) -> Result<(StreamId, ConsentId), Failure> {
    let stream = stream.parse().map_err(|_| Failure::not_found())?;
    let consent = consent.parse().map_err(|_| Failure::not_found())?;
    Ok((stream, consent))
}

async fn grant(
    State(node): State<Arc<Node>>,
    Path(at): Path<(String, String)>,
    sent: Signed<PutGrant>,
) -> Result<StatusCode, Failure> {
    let (stream, consent) = place(&at)?;
    check_holder(&node, sent.caller, stream).await?;
    grants::put(&node, stream, consent, sent.body).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take_back(
    State(node): State<Arc<Node>>,
    Path(at): Path<(String, String)>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    let (stream, consent) = place(&at)?;
    check_holder(&node, caller, stream).await?;
    grants::delete(&node, stream, consent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the device knows already.
#[derive(Debug, Deserialize)]
struct After {
    after: Option<String>,
}

async fn stand(
    State(node): State<Arc<Node>>,
    Id(id): Id<StreamId>,
    Query(After { after }): Query<After>,
    caller: Caller,
) -> Result<Answer<StandingView<StatusProof>>, Failure> {
    check_device(caller, &*known(&node, id).await?)?;
    let standing = standing::standing(&node, id, after.as_deref()).await?;
    Ok(Answer(standing))
}

async fn hand_over(
    State(node): State<Arc<Node>>,
    Path(at): Path<(String, String)>,
    sent: Signed<PutKeys>,
) -> Result<StatusCode, Failure> {
    let (stream, consent) = place(&at)?;
    check_device(sent.caller, &*known(&node, stream).await?)?;
    let keys = statement::verify(&sent.body.statement)?;
    grants::put_keys(&node, stream, consent, &keys).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn ask_keys(
    State(node): State<Arc<Node>>,
    Path(at): Path<(String, String)>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    let (stream, consent) = place(&at)?;
    grants::ask_keys(&node, caller.party()?, stream, consent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn of_consent(
    State(node): State<Arc<Node>>,
    Id(id): Id<ConsentId>,
    caller: Caller,
) -> Result<Answer<ConsentStreams>, Failure> {
    let streams = grants::of_consent(&node, caller.party()?, id).await?;
    Ok(Answer(ConsentStreams { streams }))
}
