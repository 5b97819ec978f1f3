//! Endpoints: where a service is told. In memory for the dispatcher, in documents for good.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use assent_model::ids::{PartyId, ServiceId, WebhookId};
use assent_model::time::Timestamp;
use assent_storage::{Document, Store, StoreError, StoredDocument};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

const KIND: &str = "webhook";
/// How many documents are read at once.
const PAGE: u32 = 256;

/// The most endpoints of one service.
pub const ENDPOINTS_MAX: usize = 8;

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Which.
    pub webhook_id: WebhookId,
    /// For events about this service's requests, consents and links.
    pub service_id: ServiceId,
    /// Who made it: the service's provider.
    pub provider: PartyId,
    /// Where to. May hold a secret of the receiver, so it is never logged.
    pub url: String,
    /// From when on events are sent.
    pub created_at: Timestamp,
    /// Whether it is still tried.
    pub enabled: bool,
}

/// An endpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEndpoint {
    /// Grows with every change.
    pub revision: u64,
    /// The endpoint.
    pub endpoint: Endpoint,
}

/// Why an endpoint is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The service has as many as it may have.
    #[error("the service has as many endpoints as it may have")]
    TooMany,
    /// It was changed since the caller looked at it, or is gone.
    #[error("the endpoint was changed meanwhile")]
    Changed,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// All endpoints of a node.
#[derive(Debug)]
pub struct Endpoints {
    known: RwLock<BTreeMap<WebhookId, StoredEndpoint>>,
    /// One change at a time, so that memory and documents say the same.
    changing: Mutex<()>,
}

impl Endpoints {
    /// The endpoints in a store.
    ///
    /// # Errors
    /// The store cannot be read, or what is in it is not an endpoint.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = store.documents(KIND, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.document.id);
            for stored in &page {
                let stored = read(stored)?;
                known.insert(stored.endpoint.webhook_id, stored);
            }
        }
        Ok(Self {
            known: RwLock::new(known),
            changing: Mutex::new(()),
        })
    }

    /// Whether there is anybody to tell anything.
    pub fn are_there(&self) -> bool {
        !self.read().is_empty()
    }

    /// An endpoint.
    pub fn get(&self, id: WebhookId) -> Option<StoredEndpoint> {
        self.read().get(&id).cloned()
    }

    /// The endpoints of a service, those that are not tried any more too.
    pub fn of_service(&self, service: ServiceId) -> Vec<Endpoint> {
        let known = self.read();
        let endpoints = known.values().map(|stored| &stored.endpoint);
        endpoints
            .filter(|endpoint| endpoint.service_id == service)
            .cloned()
            .collect()
    }

    /// The endpoints of a provider in the order of their ids, from the first after `after`.
    pub fn of_provider(
        &self,
        provider: PartyId,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Vec<StoredEndpoint> {
        let known = self.read();
        let is_later =
            |stored: &&StoredEndpoint| after.is_none_or(|after| stored.endpoint.webhook_id > after);
        let is_own = |stored: &&StoredEndpoint| stored.endpoint.provider == provider;
        known
            .values()
            .filter(is_later)
            .filter(is_own)
            .take(limit)
            .cloned()
            .collect()
    }

    /// Makes an endpoint.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub async fn add(
        &self,
        store: &Store,
        endpoint: Endpoint,
    ) -> Result<StoredEndpoint, EndpointError> {
        let _turn = self.changing.lock().await;
        let is_of_service =
            |stored: &&StoredEndpoint| stored.endpoint.service_id == endpoint.service_id;
        if self.read().values().filter(is_of_service).count() >= ENDPOINTS_MAX {
            return Err(EndpointError::TooMany);
        }
        let revision = store.put_if_revision(document(&endpoint), None).await?;
        let revision = revision.ok_or(EndpointError::Changed)?;
        let stored = StoredEndpoint { revision, endpoint };
        self.write()
            .insert(stored.endpoint.webhook_id, stored.clone());
        Ok(stored)
    }

    /// Removes an endpoint, if it still has this revision.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub async fn remove(
        &self,
        store: &Store,
        id: WebhookId,
        revision: u64,
    ) -> Result<(), EndpointError> {
        let _turn = self.changing.lock().await;
        if self
            .get(id)
            .is_none_or(|stored| stored.revision != revision)
        {
            return Err(EndpointError::Changed);
        }
        store.delete_document(KIND, &id.to_string()).await?;
        self.write().remove(&id);
        Ok(())
    }

    /// Stops trying an endpoint, where it is still there.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(super) async fn disable(&self, store: &Store, id: WebhookId) -> Result<(), StoreError> {
        let _turn = self.changing.lock().await;
        let Some(StoredEndpoint { revision, endpoint }) = self.get(id) else {
            return Ok(());
        };
        let endpoint = Endpoint {
            enabled: false,
            ..endpoint
        };
        if let Some(revision) = store
            .put_if_revision(document(&endpoint), Some(revision))
            .await?
        {
            self.write()
                .insert(id, StoredEndpoint { revision, endpoint });
        }
        Ok(())
    }

    /// Has an endpoint tried again, or not any more, if it still has this revision.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub(super) async fn set_enabled(
        &self,
        store: &Store,
        id: WebhookId,
        revision: u64,
        enabled: bool,
    ) -> Result<StoredEndpoint, EndpointError> {
        let _turn = self.changing.lock().await;
        let known = self.get(id).filter(|known| known.revision == revision);
        let known = known.ok_or(EndpointError::Changed)?;
        let endpoint = Endpoint {
            enabled,
            ..known.endpoint
        };
        let revision = store.put_if_revision(document(&endpoint), Some(revision));
        let revision = revision.await?.ok_or(EndpointError::Changed)?;
        let stored = StoredEndpoint { revision, endpoint };
        self.write().insert(id, stored.clone());
        Ok(stored)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<WebhookId, StoredEndpoint>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<WebhookId, StoredEndpoint>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn document(endpoint: &Endpoint) -> Document {
    Document {
        kind: KIND.into(),
        id: endpoint.webhook_id.to_string(),
        owner: endpoint.service_id.to_string(),
        expires_at: None,
        body: serde_json::to_vec(endpoint).expect("an endpoint has a JSON form"),
    }
}

fn read(stored: &StoredDocument) -> Result<StoredEndpoint, StoreError> {
    let endpoint =
        serde_json::from_slice(&stored.document.body).map_err(|_| StoreError::Corrupt)?;
    Ok(StoredEndpoint {
        revision: stored.revision,
        endpoint,
    })
}
