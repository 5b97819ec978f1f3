//! Webhooks: thin, signed messages that tell a service that something happened to a consent,
//! request or link of its own. What happened it reads from the node, with its own proof.
//!
//! A block writes messages to the outbox. The dispatcher finds out whom each is for, sends it
//! signed to the endpoints of that service, and tries again by a fixed table. Every address is
//! looked at by the guard before anything connects to it.

mod audience;
pub mod deliveries;
mod dispatcher;
pub mod endpoints;
pub mod guard;
pub mod health;
mod messages;
mod schedule;
mod sending;
mod signature;

pub(crate) use dispatcher::start;
pub use messages::outbox_messages;
pub use sending::Sender;

use std::sync::Arc;

use assent_crypto::random::random_bytes;
use assent_crypto::signature::SigningKey;
use assent_model::ids::WebhookId;
use assent_model::time::Timestamp;
use assent_storage::{Store, StoreError};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::state_reader::StateReader;
use deliveries::Delivery;
use endpoints::{Endpoint, EndpointError, Endpoints, StoredEndpoint};
use guard::Guard;
use health::{Ailing, Healths};
use messages::Message;
use sending::{Attempted, Outgoing};

/// The type of messages that an owner asks for to try an endpoint.
const TEST: &str = "webhook.test";

/// What handlers and dispatcher need to tell services something.
pub struct Webhooks {
    /// Where to.
    pub endpoints: Endpoints,
    /// What messages are signed with, as receivers are told it: `whpk_…`.
    pub public_key: String,
    /// How endpoints are.
    pub health: Healths,
    /// Wakes whoever tells owners about endpoints.
    pub ailing: Arc<Notify>,
    sender: Sender,
    store: Arc<Store>,
    state: StateReader,
    clock: Clock,
}

/// Why webhooks cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum WebhooksError {
    /// The endpoints cannot be read.
    #[error("the endpoints in the store cannot be read")]
    Store(#[from] StoreError),
    /// No TLS.
    #[error("the TLS set-up of webhooks fails")]
    Tls(#[from] reqwest::Error),
}

impl Webhooks {
    /// Webhooks to the endpoints in a store.
    ///
    /// # Errors
    /// See [`WebhooksError`].
    pub async fn load(
        store: Arc<Store>,
        state: StateReader,
        clock: Clock,
        guard: Guard,
        key: SigningKey,
    ) -> Result<Self, WebhooksError> {
        let public_key = signature::public_key(key.verifying_key());
        let endpoints = Endpoints::load(&store).await?;
        let health = Healths::load(&store).await?;
        let sender = Sender::new(guard, key)?;
        Ok(Self {
            endpoints,
            public_key,
            health,
            ailing: Arc::default(),
            sender,
            store,
            state,
            clock,
        })
    }

    /// Which addresses are called.
    pub fn guard(&self) -> &Guard {
        self.sender.guard()
    }

    /// Sends a test message, once.
    ///
    /// # Errors
    /// The store does not take writes.
    pub async fn send_test(
        &self,
        endpoint: &Endpoint,
        sequence: u64,
    ) -> Result<Delivery, StoreError> {
        let at = self.clock.now();
        let subject = endpoint.webhook_id.to_string();
        let message = Message {
            kind: TEST.into(),
            subject,
            sequence,
            at,
        };
        let random = u64::from_be_bytes(random_bytes());
        let id = format!("test_{:016}_{random:016x}", at.as_millis());
        let mut delivery = Delivery::new(endpoint.webhook_id, id, message);
        delivery.give_up();
        self.replay(endpoint, delivery).await
    }

    /// Sends a message again, once, whatever became of it before.
    ///
    /// # Errors
    /// The store does not take writes.
    pub async fn replay(
        &self,
        endpoint: &Endpoint,
        delivery: Delivery,
    ) -> Result<Delivery, StoreError> {
        let now = self.clock.now();
        let attempted = self.attempt(endpoint, &delivery, now).await;
        // Read again: the dispatcher may have tried meanwhile.
        let known = deliveries::get(&self.store, delivery.webhook_id, &delivery.id).await?;
        let mut delivery = known.unwrap_or(delivery);
        delivery.note_replay(attempted, now);
        deliveries::put(&self.store, std::slice::from_ref(&delivery), now).await?;
        Ok(delivery)
    }

    /// Sends messages again, one after the other, and does not wait for them. What becomes of each
    /// shows in its delivery.
    pub fn replay_all(self: &Arc<Self>, endpoint: Endpoint, deliveries: Vec<Delivery>) {
        let webhooks = Arc::clone(self);
        tokio::spawn(async move {
            for delivery in deliveries {
                if let Err(error) = webhooks.replay(&endpoint, delivery).await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a replay cannot be written down"
                    );
                    return;
                }
            }
        });
    }

    /// Makes one attempt. An endpoint that is gone for good is not tried again with any message.
    async fn attempt(&self, endpoint: &Endpoint, delivery: &Delivery, now: Timestamp) -> Attempted {
        let body = delivery.body();
        let outgoing = Outgoing {
            url: &endpoint.url,
            id: &delivery.id,
            body: &body,
        };
        let attempted = self.sender.send(outgoing, now).await;
        let outcome = if attempted.result.is_delivered() {
            "delivered"
        } else {
            "failed"
        };
        metrics::counter!("assent_webhook_attempts_total", "outcome" => outcome).increment(1);
        tracing::info!(
            webhook = %endpoint.webhook_id,
            delivery = delivery.id,
            status = attempted.result.status(),
            failure = attempted.result.failure(),
            millis = attempted.took.as_millis(),
            "webhook"
        );
        if let Err(error) = self.note(endpoint, attempted, now).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the health of an endpoint cannot be written down"
            );
        }
        attempted
    }

    async fn note(
        &self,
        endpoint: &Endpoint,
        attempted: Attempted,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (store, id) = (&self.store, endpoint.webhook_id);
        let (is_delivered, is_gone) = (attempted.result.is_delivered(), attempted.result.is_gone());
        self.health
            .note(store, id, is_delivered, is_gone, now)
            .await?;
        if is_gone {
            self.ailing.notify_one();
        }
        Ok(())
    }

    /// The endpoints whose owners are to be told something.
    pub(crate) fn to_tell(&self, now: Timestamp) -> Vec<(Endpoint, Ailing)> {
        let ailing = self.health.ailing(now).into_iter();
        let endpoint = |(id, ailing)| {
            let stored = self.endpoints.get(id)?;
            stored.endpoint.enabled.then_some((stored.endpoint, ailing))
        };
        ailing.filter_map(endpoint).collect()
    }

    /// Has an endpoint tried again, or not any more, if it still has this revision. One that is tried
    /// again begins anew.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub async fn set_enabled(
        &self,
        id: WebhookId,
        revision: u64,
        enabled: bool,
    ) -> Result<StoredEndpoint, EndpointError> {
        let set = self
            .endpoints
            .set_enabled(&self.store, id, revision, enabled)
            .await?;
        self.health.forget(&self.store, id).await?;
        Ok(set)
    }

    /// The owner was told. An endpoint that is lost is switched off, and begins anew once it is
    /// switched on again.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(crate) async fn has_told(
        &self,
        id: WebhookId,
        ailing: Ailing,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match ailing {
            Ailing::Failing { .. } => self.health.told(&self.store, id, now).await,
            Ailing::Lost => {
                self.endpoints.disable(&self.store, id).await?;
                self.health.forget(&self.store, id).await
            }
        }
    }
}
