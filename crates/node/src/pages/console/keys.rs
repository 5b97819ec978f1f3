//! The keys of an organisation, and how its programs show who they are. There is nothing to make and
//! nothing to copy here: keys are changed by those who hold them.

use std::sync::Arc;

use askama::Template;
use assent_crypto::signature::VerifyingKey;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::identity::state::Party;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Organisation;
use crate::did;
use crate::history::history;
use crate::node::Node;
use crate::pages::dates::exact;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/console/keys", get(keys))
}

/// A change of keys.
struct Row {
    what: String,
    at: String,
    /// The signing key from then on, by its thumbprint.
    key: String,
    index: u64,
}

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    frame: Frame,
    party: String,
    did: String,
    signing_key: String,
    recovery_key: Option<String>,
    rows: Vec<Row>,
    node: String,
}

async fn keys(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
) -> Result<Response, PageFailure> {
    let id = organisation.party();
    let party = node.state.get::<Party>(&id).await?;
    let party = party.ok_or(PageFailure::Internal)?;
    let mut rows = Vec::new();
    for leaf in history(&node.store, &id.to_string()).await? {
        let Event::Identity(event) = &leaf.event else {
            continue;
        };
        let Some((what, key)) = told(event) else {
            continue;
        };
        rows.push(Row {
            what: organisation.texts.get(what),
            at: exact(leaf.time),
            key: key.map_or_else(String::new, |key| key.thumbprint().to_string()),
            index: leaf.index,
        });
    }
    rows.reverse();
    let recovery_key = party.recovery_key.as_ref();
    let shown = KeysPage {
        frame: organisation.frame("console-keys", "console-keys", "/console/keys"),
        party: id.to_string(),
        did: did::key(&party.signing_key),
        signing_key: party.signing_key.thumbprint().to_string(),
        recovery_key: recovery_key.map(|key| key.thumbprint().to_string()),
        rows,
        node: node.config.public_url.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What an event says about keys: the key of the words, and the signing key from then on where it is
/// a new one.
fn told(event: &IdentityEvent) -> Option<(&'static str, Option<VerifyingKey>)> {
    match event {
        IdentityEvent::Registered { registration, .. } => {
            Some(("keys-registered", Some(*registration.signer())))
        }
        IdentityEvent::KeysRotated { signing_key, .. } => {
            Some(("keys-rotated", Some(*signing_key)))
        }
        IdentityEvent::Recovered { signing_key, .. } => {
            Some(("keys-recovered", Some(*signing_key)))
        }
        IdentityEvent::Deactivated { .. } => Some(("keys-deactivated", None)),
        _ => None,
    }
}
