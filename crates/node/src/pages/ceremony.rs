//! What is begun in one request and ended in another: kept for some minutes and one use, and for the
//! browser that began it. One of a kind a browser: beginning again voids what was begun before.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::time::Span;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_sessions::Session;

use super::failure::PageFailure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
pub(super) const KIND: &str = "ceremony";
/// How long the end is waited for.
const LIFETIME: Span = Span::from_minutes(5);

/// What it is for. The end of one never ends another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// Making a passkey.
    NewPasskey,
    /// Signing in with one.
    Passkey,
    /// Signing in at an identity provider.
    Provider,
}

impl Ceremony {
    /// Where the session keeps the token.
    const fn entry(self) -> &'static str {
        match self {
            Self::NewPasskey => "new-passkey",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }

    /// A token, which says nothing to who finds it in the store.
    pub(super) fn token() -> String {
        base64url::encode(&random_bytes::<32>())
    }

    fn id(self, node: &Node, token: &str) -> String {
        let parts = [self.entry().as_bytes(), token.as_bytes()];
        hmac_sha256(&node.index_key, domains::CEREMONY, &parts).to_string()
    }

    /// Begins, under this token. What is kept is erased with the account of the owner, if there is one.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(super) async fn begin(
        self,
        node: &Node,
        session: &Session,
        owner: Option<PartyId>,
        token: &str,
        content: &impl Serialize,
    ) -> Result<(), PageFailure> {
        let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
        let (id, until) = (self.id(node, token), Some(node.clock.now() + LIFETIME));
        let document = vaulted::document(node, KIND, id, owner, until, content);
        node.store.put_documents(vec![document]).await?;
        session.insert(self.entry(), token).await?;
        Ok(())
    }

    /// Ends what this browser began, once.
    ///
    /// # Errors
    /// Nothing was begun here, it was ended before, or it has expired.
    pub(super) async fn end<T: DeserializeOwned>(
        self,
        node: &Node,
        session: &Session,
    ) -> Result<T, PageFailure> {
        let token: Option<String> = session.remove(self.entry()).await?;
        let token = token.ok_or(Code::CeremonySpent)?;
        let id = self.id(node, &token);
        let found = node.store.document(KIND, &id).await?;
        let found = found.ok_or(Code::CeremonySpent)?;
        let is_first = node.store.delete_document(KIND, &id).await?;
        let end = found.document.expires_at;
        let is_good = end.is_some_and(|end| node.clock.now() < end);
        if !is_first || !is_good {
            return Err(Code::CeremonySpent.into());
        }
        Ok(vaulted::opened(node, &found)?)
    }

    /// The same, for who comes back from elsewhere with the token. Who comes with another ends nothing.
    ///
    /// # Errors
    /// As for [`Ceremony::end`], or it is not the token that this browser began with.
    pub(super) async fn end_with<T: DeserializeOwned>(
        self,
        node: &Node,
        session: &Session,
        token: &str,
    ) -> Result<T, PageFailure> {
        let begun: Option<String> = session.get(self.entry()).await?;
        if begun.as_deref() != Some(token) {
            return Err(Code::CeremonySpent.into());
        }
        self.end(node, session).await
    }
}
