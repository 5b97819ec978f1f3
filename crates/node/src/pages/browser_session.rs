//! Sessions of browsers, kept as sealed documents. The store knows them by a keyed hash of what is in
//! the cookie, so that a copy of the disk opens no session; whose they are is the owner of the document,
//! so that they end with the account. What was begun at a browser can name an address that nobody has
//! confirmed, and is read by nobody who has the disk alone.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_model::time::Timestamp;
use assent_storage::{Document, StoreError};
use async_trait::async_trait;
use serde_json::Value;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::signed_in;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
pub(crate) const KIND: &str = "session";

/// The sessions of a node.
#[derive(Clone)]
pub(crate) struct Sessions {
    node: Arc<Node>,
}

/// How often a session is saved again that another request changed meanwhile.
const TRIES: usize = 8;

impl Sessions {
    pub(super) fn new(node: Arc<Node>) -> Self {
        Self { node }
    }

    fn key(&self, id: Id) -> String {
        let id = id.to_string();
        let key = &self.node.index_key;
        hmac_sha256(key, domains::BROWSER_SESSION, &[id.as_bytes()]).to_string()
    }

    fn document(&self, record: &Record) -> Document {
        let (id, owner) = (self.key(record.id), signed_in::owner(&record.data));
        let owner = owner.unwrap_or_default();
        // Whatever the browser keeps of it: nobody stays signed in for longer.
        let until = Some(self.node.clock.now() + signed_in::LIFETIME);
        vaulted::document(&self.node, KIND, id, owner, until, &record.data)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(..)")
    }
}

fn failed(error: &StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: two sessions with one id do not come up.
        let documents = vec![self.document(record)];
        let put = self.node.store.put_documents(documents).await;
        put.map_err(|error| failed(&error))
    }

    /// A session that ended while a request of it ran stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        let store = &self.node.store;
        for _ in 0..TRIES {
            let kept = store.document(KIND, &self.key(record.id)).await;
            let Some(kept) = kept.map_err(|error| failed(&error))? else {
                return Ok(());
            };
            let put = store.put_if_revision(self.document(record), Some(kept.revision));
            if put.await.map_err(|error| failed(&error))?.is_some() {
                return Ok(());
            }
        }
        Err(Error::Backend("the session changes all the time".into()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.node.store.document(KIND, &self.key(*id)).await;
        let Some(found) = found.map_err(|error| failed(&error))? else {
            return Ok(None);
        };
        // What was not sealed for this place is nobody's session: its browser signs in anew.
        let Ok(data) = vaulted::opened::<HashMap<String, Value>>(&self.node, &found) else {
            return Ok(None);
        };
        let ends = found.document.expires_at.map_or(0, Timestamp::as_seconds);
        let expiry_date = i64::try_from(ends)
            .ok()
            .and_then(|ends| time::OffsetDateTime::from_unix_timestamp(ends).ok())
            .ok_or_else(|| Error::Decode("a session has no end".into()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let deleted = self.node.store.delete_document(KIND, &self.key(*id)).await;
        deleted.map(drop).map_err(|error| failed(&error))
    }
}
