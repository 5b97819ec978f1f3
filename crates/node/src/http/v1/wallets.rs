//! `/v1/wallets`.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::v1::wallets::{PublishWallet, WalletView};
use assent_api::v1::{Outcome, Page};
use assent_crypto::digest::Digest;
use assent_exchange::command::Command;
use assent_exchange::event::Event;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::identity::event::IdentityEvent;
use assent_model::records::identity::WalletRelease;
use assent_model::statement;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;

use super::page::PageQuery;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::failure::Failure;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/wallets", get(list).post(publish))
        .route("/wallets/{digest}", get(one))
}

async fn publish(
    State(node): State<Arc<Node>>,
    Body(body): Body<PublishWallet>,
) -> Result<Created<Outcome>, Failure> {
    let release = statement::verify::<WalletRelease>(&body.release)?;
    let location = format!("/v1/wallets/{}", release.content().digest);
    let command = Command::Identity(IdentityCommand::PublishWallet(release));
    let outcome = node.intake.submit(command, Vec::new()).await?;
    Ok(Created { location, outcome })
}

async fn list(
    State(node): State<Arc<Node>>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<WalletView>>, Failure> {
    let members = page.members(&node, "wallets").await?;
    let mut items = Vec::new();
    for digest in members.typed()? {
        let known = view(&node, digest).await?;
        items.push(known.ok_or(Code::Internal)?);
    }
    Ok(Answer(Page {
        items,
        next: members.next,
    }))
}

async fn one(
    State(node): State<Arc<Node>>,
    Id(digest): Id<Digest>,
) -> Result<Answer<WalletView>, Failure> {
    let known = view(&node, digest).await?;
    known.map(Answer).ok_or_else(Failure::not_found)
}

async fn view(node: &Node, digest: Digest) -> Result<Option<WalletView>, Failure> {
    let leaves = history(&node.store, &digest.to_string()).await?;
    let published = leaves.iter().find_map(|leaf| match &leaf.event {
        Event::Identity(IdentityEvent::WalletPublished { release }) => Some((leaf, release)),
        _ => None,
    });
    Ok(published.map(|(leaf, release)| WalletView {
        digest,
        origin: release.content().origin.to_string(),
        published_at: leaf.time.as_millis(),
        index: leaf.index,
        release: release.compact().to_owned(),
    }))
}
