//! Signing in with a passkey, which needs a script: it asks the browser for an answer.

use std::sync::Arc;

use assent_api::problem::Code;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_sessions::Session;
use webauthn_rs::prelude::PublicKeyCredential;

use crate::http::body::{Answer, Body};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::ceremony::Ceremony;
use crate::pages::failure::PageFailure;
use crate::pages::frame::local_path;
use crate::pages::signed_in::{Means, SignedIn};
use crate::passkeys;

/// `POST /sign-in/passkey/begin`: what the browser is asked.
pub(super) async fn begin(
    State(node): State<Arc<Node>>,
    session: Session,
) -> Result<Answer<Value>, Failure> {
    let (asked, state) = passkeys::begin(&node)?;
    let token = Ceremony::token();
    Ceremony::Passkey
        .begin(&node, &session, None, &token, &state)
        .await
        .map_err(PageFailure::into_failure)?;
    Ok(Answer(asked))
}

/// What `POST /sign-in/passkey` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answered {
    credential: PublicKeyCredential,
    #[serde(default)]
    here: String,
}

/// Where the browser goes on.
#[derive(Serialize)]
pub(super) struct Onwards {
    here: String,
}

/// `POST /sign-in/passkey`: signs in whose passkey has answered.
pub(super) async fn end(
    State(node): State<Arc<Node>>,
    session: Session,
    Body(answered): Body<Answered>,
) -> Result<Answer<Onwards>, Failure> {
    let state = Ceremony::Passkey
        .end(&node, &session)
        .await
        .map_err(PageFailure::into_failure)?;
    let party = passkeys::recognise(&node, state, &answered.credential).await?;
    SignedIn::begin(&node, &session, party, Means::Passkey)
        .await
        .map_err(|_| Failure::from(Code::StoreUnavailable))?;
    Ok(Answer(Onwards {
        here: local_path(&answered.here).to_owned(),
    }))
}
