//! `/v1/chain`, `/v1/challenges`, `/v1/parties`.

use std::sync::Arc;

use assent_api::v1::Outcome;
use assent_api::v1::identity::{
    ChainView, Challenge, ChallengeRequest, DeactivateParty, KeyHistoryView, PartyView,
    RecoverParty, RegisterParty, RotateKeys,
};
use assent_crypto::sealing::SealingKey;
use assent_exchange::command::Command;
use assent_exchange::event::Event;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::identity::state::{Chain, ChainKey, Party};
use assent_model::ids::PartyId;
use assent_model::statement;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use crate::challenge;
use crate::did;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/chain", get(chain))
        .route("/challenges", post(issue_challenge))
        .route("/parties", post(register))
        .route("/parties/{party}", get(party))
        .route("/parties/{party}/keys", get(keys).post(rotate))
        .route("/parties/{party}/recovery", post(recover))
        .route("/parties/{party}/deactivation", post(deactivate))
}

async fn chain(State(node): State<Arc<Node>>) -> Result<Answer<ChainView>, Failure> {
    let chain = node
        .state
        .get::<Chain>(&ChainKey)
        .await?
        .ok_or_else(Failure::unavailable)?;
    Ok(Answer(ChainView {
        chain_id: chain.id.to_string(),
        operator: chain.operator,
        token_key: chain.token_key,
        checkpoint_key: chain.checkpoint_key,
        genesis: node.genesis.clone(),
        time: node.clock.now().as_millis(),
    }))
}

async fn issue_challenge(
    State(node): State<Arc<Node>>,
    Body(request): Body<ChallengeRequest>,
) -> Answer<Challenge> {
    Answer(challenge::issue(&node, &request.sealing_key))
}

async fn register(
    State(node): State<Arc<Node>>,
    Body(body): Body<RegisterParty>,
) -> Result<Created<Outcome>, Failure> {
    let registration = statement::verify(&body.registration)?;
    let said: &assent_model::records::identity::Registration = registration.content();
    challenge::check(&node, &said.sealing_key, &body.possession)?;
    let location = format!("/v1/parties/{}", said.party);
    let outcome = submit(&node, IdentityCommand::Register(registration)).await?;
    Ok(Created { location, outcome })
}

async fn rotate(
    State(node): State<Arc<Node>>,
    Id(party): Id<PartyId>,
    Body(body): Body<RotateKeys>,
) -> Result<Answer<Outcome>, Failure> {
    let rotation = statement::verify(&body.rotation)?;
    let said: &assent_model::records::identity::KeyRotation = rotation.content();
    check_target(party, said.party)?;
    check_possession(&node, said.sealing_key.as_ref(), body.possession.as_ref())?;
    submit(&node, IdentityCommand::Rotate(rotation))
        .await
        .map(Answer)
}

async fn recover(
    State(node): State<Arc<Node>>,
    Id(party): Id<PartyId>,
    Body(body): Body<RecoverParty>,
) -> Result<Answer<Outcome>, Failure> {
    let recovery = statement::verify(&body.recovery)?;
    let said: &assent_model::records::identity::Recovery = recovery.content();
    check_target(party, said.party)?;
    challenge::check(&node, &said.sealing_key, &body.possession)?;
    submit(&node, IdentityCommand::Recover(recovery))
        .await
        .map(Answer)
}

async fn deactivate(
    State(node): State<Arc<Node>>,
    Id(party): Id<PartyId>,
    Body(body): Body<DeactivateParty>,
) -> Result<Answer<Outcome>, Failure> {
    let deactivation = statement::verify(&body.deactivation)?;
    let said: &assent_model::records::identity::Deactivation = deactivation.content();
    check_target(party, said.party)?;
    submit(&node, IdentityCommand::Deactivate(deactivation))
        .await
        .map(Answer)
}

async fn party(
    State(node): State<Arc<Node>>,
    Id(id): Id<PartyId>,
) -> Result<Answer<PartyView>, Failure> {
    view(&node, id).await.map(Answer)
}

async fn keys(
    State(node): State<Arc<Node>>,
    Id(party): Id<PartyId>,
) -> Result<Answer<KeyHistoryView>, Failure> {
    let leaves = history(&node.store, &party.to_string()).await?;
    let statements: Vec<String> = leaves
        .iter()
        .filter_map(|leaf| match &leaf.event {
            Event::Identity(event) => about_keys(event).map(str::to_owned),
            _ => None,
        })
        .collect();
    if statements.is_empty() {
        return Err(Failure::not_found());
    }
    Ok(Answer(KeyHistoryView { statements }))
}

/// What was signed, if it is about keys.
fn about_keys(event: &IdentityEvent) -> Option<&str> {
    Some(match event {
        IdentityEvent::Opened { genesis } => genesis.compact(),
        IdentityEvent::Registered { registration, .. } => registration.compact(),
        IdentityEvent::KeysRotated { rotation, .. } => rotation.compact(),
        IdentityEvent::Recovered { recovery, .. } => recovery.compact(),
        IdentityEvent::Deactivated { deactivation } => deactivation.compact(),
        IdentityEvent::WalletPublished { .. } => return None,
    })
}

/// A party as the ledger knows it.
pub(super) async fn view(node: &Node, id: PartyId) -> Result<PartyView, Failure> {
    let party = node
        .state
        .get::<Party>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(PartyView {
        party_id: id,
        kind: party.kind,
        custody: party.custody,
        signing_key: party.signing_key,
        sealing_key: party.sealing_key.clone(),
        did: did::key(&party.signing_key),
        active: party.is_active(),
    })
}

async fn submit(node: &Node, command: IdentityCommand) -> Result<Outcome, Failure> {
    Ok(node
        .intake
        .submit(Command::Identity(command), Vec::new())
        .await?)
}

/// The path names the party that the statement is about.
fn check_target(path: PartyId, statement: PartyId) -> Result<(), Failure> {
    if path == statement {
        Ok(())
    } else {
        Err(Failure::not_found())
    }
}

fn check_possession(
    node: &Node,
    key: Option<&SealingKey>,
    answer: Option<&assent_api::v1::identity::ChallengeAnswer>,
) -> Result<(), Failure> {
    match (key, answer) {
        (None, _) => Ok(()),
        (Some(key), Some(answer)) => challenge::check(node, key, answer),
        (Some(_), None) => Err(assent_api::problem::Code::ChallengeFailed.into()),
    }
}
