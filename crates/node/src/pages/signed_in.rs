//! Who is signed in at a browser, since when and by which means.

use std::collections::HashMap;
use std::sync::Arc;

use assent_exchange::identity::state::Party;
use assent_model::ids::PartyId;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::{Span, Timestamp};
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_sessions::Session;

use super::failure::PageFailure;
use crate::node::Node;
use crate::notifications::{self, Kind, Post, Subject};

/// Where to go when nothing else is wanted.
const HOME: &str = "/home";
/// Where the session keeps it.
const ENTRY: &str = "signed-in";
/// Nobody stays signed in for longer.
pub(super) const LIFETIME: Span = Span::from_minutes(12 * 60);
/// What takes away keys or the account is done only so soon after signing in.
const FRESH: Span = Span::from_minutes(10);

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Means {
    /// By the code that began the account.
    Code,
    /// By a link that was mailed, or made by the person's own key.
    Link,
    /// By a passkey.
    Passkey,
    /// By a request signed with the key of the party.
    Key,
    /// By an identity provider of the organisation.
    Provider,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    party: PartyId,
    at: Timestamp,
    /// When the person last showed who they are: before `at` where a provider remembered them.
    seen_at: Timestamp,
    means: Means,
}

/// Somebody who is signed in. A page that takes one is for nobody else: others are sent to sign in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Whose pages these are.
    pub(crate) party: PartyId,
    /// What the party is.
    pub(crate) kind: PartyKind,
    /// Who holds the keys of the party.
    pub(crate) custody: Custody,
    /// When the person last showed who they are.
    pub(crate) seen_at: Timestamp,
    /// The page that is looked at, to come back to; My Home where a form is sent.
    pub(crate) here: String,
    /// How many notifications have not been seen, up to [`notifications::COUNTED`].
    pub(crate) unseen: usize,
}

impl SignedIn {
    /// Signs somebody in under a new session id, so that nobody can have known it before.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(crate) async fn begin(
        node: &Node,
        session: &Session,
        party: PartyId,
        means: Means,
    ) -> Result<(), PageFailure> {
        Self::begin_seen(node, session, party, means, node.clock.now()).await
    }

    /// The same for who showed who they are at another time, of which others tell.
    ///
    /// # Errors
    /// As for [`SignedIn::begin`].
    pub(crate) async fn begin_seen(
        node: &Node,
        session: &Session,
        party: PartyId,
        means: Means,
        seen_at: Timestamp,
    ) -> Result<(), PageFailure> {
        let now = node.clock.now();
        let entry = Entry {
            party,
            at: now,
            seen_at: seen_at.min(now),
            means,
        };
        // What a browser kept for somebody else is not for this party.
        let before = session.get::<Entry>(ENTRY).await?;
        if before.is_some_and(|before| before.party != party) {
            session.clear().await;
        }
        session.cycle_id().await?;
        session.insert(ENTRY, entry).await?;
        let post = match means {
            // The account has just begun.
            Means::Code => return Ok(()),
            // Who can read the mailbox has come from there.
            Means::Link => Post::Page,
            Means::Passkey | Means::Key | Means::Provider => Post::Letter,
        };
        let (kind, subject) = (Kind::SignedIn, Subject::Account);
        notifications::tell_by(node, party, kind, subject, "", post).await?;
        Ok(())
    }

    /// Whoever it is, signed in so lately that keys and the account can be taken away.
    ///
    /// # Errors
    /// It was longer ago: the person is asked to sign in again, and comes back to this page.
    pub(crate) fn fresh(&self, node: &Node) -> Result<(), PageFailure> {
        self.fresh_at(node, &self.here)
    }

    /// The same where a form is sent, which has a page to come back to.
    ///
    /// # Errors
    /// As for [`SignedIn::fresh`].
    pub(crate) fn fresh_at(&self, node: &Node, here: &str) -> Result<(), PageFailure> {
        if self.is_fresh(node) {
            Ok(())
        } else {
            let here = here.to_owned();
            Err(PageFailure::SignInAgain { here })
        }
    }

    /// Whether signing in was so lately.
    pub(crate) fn is_fresh(&self, node: &Node) -> bool {
        node.clock.now().since(self.seen_at) < FRESH
    }
}

/// The party of a session, as the store names owners.
pub(super) fn owner(data: &HashMap<String, Value>) -> Option<String> {
    let party = data.get(ENTRY)?.get("party")?;
    party.as_str().map(str::to_owned)
}

/// Who is signed in at a session, if anybody still is.
pub(crate) async fn who(node: &Node, session: &Session) -> Result<Option<SignedIn>, PageFailure> {
    let Some(entry) = session.get::<Entry>(ENTRY).await? else {
        return Ok(None);
    };
    if node.clock.now().since(entry.at) >= LIFETIME {
        session.flush().await?;
        return Ok(None);
    }
    let party = node.state.get::<Party>(&entry.party).await?;
    let Some(party) = party.filter(|party| party.is_active()) else {
        session.flush().await?;
        return Ok(None);
    };
    Ok(Some(SignedIn {
        party: entry.party,
        kind: party.kind,
        custody: party.custody,
        seen_at: entry.seen_at,
        here: HOME.to_owned(),
        unseen: notifications::unseen(node, entry.party).await?,
    }))
}

impl FromRequestParts<Arc<Node>> for SignedIn {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, PageFailure> {
        let session = parts
            .extensions
            .get::<Session>()
            .cloned()
            .ok_or(PageFailure::Internal)?;
        let here = match (&parts.method, parts.uri.path_and_query()) {
            (&Method::GET, Some(here)) => here.as_str().to_owned(),
            _ => HOME.to_owned(),
        };
        match who(node, &session).await? {
            Some(who) => Ok(Self { here, ..who }),
            None => Err(PageFailure::SignIn { here }),
        }
    }
}
