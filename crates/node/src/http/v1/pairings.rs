//! `/v1/pairings`, and opening, reading and closing `/v1/streams`.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::request_proof::Actor;
use assent_api::v1::Outcome;
use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, Nameplate, NewestAttempt, Offer, OfferKept, OfferView,
    PairingMessage,
};
use assent_api::v1::streams::{AnchorView, CloseStream, OpenStream, StreamView};
use assent_exchange::command::Command;
use assent_exchange::identity::state::Party;
use assent_exchange::rejection::Rejection;
use assent_exchange::stream::command::StreamCommand;
use assent_exchange::stream::rejection::StreamRejection;
use assent_exchange::stream::state::{Pairing, Stream, StreamStatus};
use assent_model::ids::StreamId;
use assent_model::records::identity::PartyKind;
use assent_model::records::stream::{StreamClosing, StreamOpening};
use assent_model::statement::{self, Verified};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use serde::Deserialize;

use crate::http::body::{Answer, Body, Created, Id};
use crate::http::caller::{Caller, Signed};
use crate::http::failure::Failure;
use crate::network::Network;
use crate::node::Node;
use crate::pairings::Origin;
use crate::streams;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(
            "/pairings/{nameplate}",
            put(offer).get(look_up).delete(take_back),
        )
        .route("/pairings/{nameplate}/attempts", get(newest).post(begin))
        .route(
            "/pairings/{nameplate}/attempts/{attempt}",
            get(follow).post(say),
        )
        .route("/streams", post(open))
        .route("/streams/{stream}", get(stream))
        .route("/streams/{stream}/closing", post(close))
}

async fn offer(
    State(node): State<Arc<Node>>,
    network: Network,
    Id(plate): Id<Nameplate>,
    sent: Signed<Offer>,
) -> Result<Answer<OfferKept>, Failure> {
    let device = sent.caller.party()?;
    let party = node.state.get::<Party>(&device).await?;
    let is_device = party.is_some_and(|party| {
        party.kind == PartyKind::Device && party.signing_key == sent.body.device_key
    });
    if !is_device {
        return Err(Failure::forbidden());
    }
    let pairing = node.state.get::<Pairing>(&device).await?;
    if pairing.is_some_and(|pairing| pairing.stream.is_some()) {
        let rejection = Rejection::Stream(StreamRejection::DevicePaired);
        return Err(Failure::rejected(rejection));
    }
    // Whoever confirms an offer makes a key for its stream: never a second one for one that is open.
    if node.state.get::<Stream>(&sent.body.stream).await?.is_some() {
        let rejection = Rejection::Stream(StreamRejection::StreamIdTaken);
        return Err(Failure::rejected(rejection));
    }
    let now = node.clock.now();
    let kept = node.pairings.offer(network, device, plate, sent.body, now);
    kept.map(Answer)
}

async fn look_up(
    State(node): State<Arc<Node>>,
    network: Network,
    Id(plate): Id<Nameplate>,
) -> Result<Answer<OfferView>, Failure> {
    let origin = Origin::Network(network);
    let found = node.pairings.look_up(origin, plate, node.clock.now());
    found.map(Answer)
}

async fn take_back(
    State(node): State<Arc<Node>>,
    Id(plate): Id<Nameplate>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    let now = node.clock.now();
    node.pairings.end(caller.party()?, plate, now)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn begin(
    State(node): State<Arc<Node>>,
    network: Network,
    Id(plate): Id<Nameplate>,
    sent: Signed<Hello>,
) -> Result<Created<AttemptBegun>, Failure> {
    let Actor::Surrogate(holder) = sent.caller.0 else {
        return Err(Failure::forbidden());
    };
    let origin = Origin::Network(network);
    let now = node.clock.now();
    let begun = (node.pairings).begin(origin, holder, plate, sent.body, now)?;
    Ok(Created {
        location: format!("/v1/pairings/{plate}/attempts/{}", begun.attempt),
        outcome: begun,
    })
}

/// Which attempts the device knows.
#[derive(Debug, Deserialize)]
struct After {
    #[serde(default)]
    after: u32,
}

async fn newest(
    State(node): State<Arc<Node>>,
    Id(plate): Id<Nameplate>,
    Query(After { after }): Query<After>,
    caller: Caller,
) -> Result<Answer<NewestAttempt>, Failure> {
    let (device, now) = (caller.party()?, || node.clock.now());
    let newest = node.pairings.newest(device, plate, after, now).await;
    newest.map(Answer)
}

/// How many messages the caller knows.
#[derive(Debug, Deserialize)]
struct Seen {
    #[serde(default)]
    seen: u32,
}

async fn follow(
    State(node): State<Arc<Node>>,
    Path(named): Path<(String, String)>,
    Query(Seen { seen }): Query<Seen>,
    caller: Caller,
) -> Result<Answer<AttemptView>, Failure> {
    let (plate, attempt) = parsed(&named)?;
    let (pairings, now) = (&node.pairings, || node.clock.now());
    let view = pairings.follow(caller.0, plate, attempt, seen, now).await;
    view.map(Answer)
}

async fn say(
    State(node): State<Arc<Node>>,
    Path(named): Path<(String, String)>,
    sent: Signed<PairingMessage>,
) -> Result<Answer<AttemptView>, Failure> {
    let (plate, attempt) = parsed(&named)?;
    let (who, now) = (sent.caller.0, node.clock.now());
    let view = node.pairings.say(who, plate, attempt, sent.body, now);
    view.map(Answer)
}

fn parsed((plate, attempt): &(String, String)) -> Result<(Nameplate, u32), Failure> {
    let plate = plate.parse().map_err(|_| Failure::not_found())?;
    let attempt = attempt.parse().map_err(|_| Failure::not_found())?;
    Ok((plate, attempt))
}

async fn open(
    State(node): State<Arc<Node>>,
    Body(body): Body<OpenStream>,
) -> Result<Created<Outcome>, Failure> {
    let opening = statement::verify::<StreamOpening>(&body.statement)?;
    let location = format!("/v1/streams/{}", opening.content().stream_id);
    let command = Command::Stream(StreamCommand::Open(opening));
    let outcome = node.intake.submit(command, Vec::new()).await?;
    Ok(Created { location, outcome })
}

async fn stream(
    State(node): State<Arc<Node>>,
    Id(id): Id<StreamId>,
) -> Result<Answer<StreamView>, Failure> {
    view(&node, id).await.map(Answer)
}

async fn close(
    State(node): State<Arc<Node>>,
    Id(id): Id<StreamId>,
    Body(body): Body<CloseStream>,
) -> Result<Answer<Outcome>, Failure> {
    let closing = statement::verify::<StreamClosing>(&body.statement)?;
    if closing.content().stream_id != id {
        return Err(Failure::not_found());
    }
    submit_closing(&node, closing).await.map(Answer)
}

/// Submits the end of a stream.
pub(crate) async fn submit_closing(
    node: &Node,
    closing: Verified<StreamClosing>,
) -> Result<Outcome, Failure> {
    let id = closing.content().stream_id;
    let command = Command::Stream(StreamCommand::Close(closing));
    let outcome = node.intake.submit(command, Vec::new()).await?;
    streams::clear(node, id).await?;
    Ok(outcome)
}

/// A stream as the ledger knows it.
pub(crate) async fn view(node: &Node, id: StreamId) -> Result<StreamView, Failure> {
    let found = node.state.get::<Stream>(&id).await?;
    let stream = found.ok_or(Code::NotFound)?;
    Ok(StreamView {
        stream_id: id,
        device: stream.device,
        device_key: stream.device_key,
        holder: stream.holder,
        holder_key: stream.holder_key,
        status: match stream.status {
            StreamStatus::Open => "open".to_owned(),
            StreamStatus::Closed => "closed".to_owned(),
        },
        anchor: stream.anchor.map(|anchor| AnchorView {
            sequence: anchor.sequence,
            head: anchor.head,
        }),
        next: streams::next(node, id).await?,
    })
}
