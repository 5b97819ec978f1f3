//! The task that takes messages from the outbox to endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use assent_model::ids::WebhookId;
use assent_model::time::{Span, Timestamp};
use assent_storage::{Claim, Outcome, StoreError};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::MissedTickBehavior;

use super::deliveries::{self, Delivery};
use super::endpoints::Endpoint;
use super::messages::{self, Message};
use super::{Webhooks, audience};
use crate::sequencing::Head;

/// How often the outbox is looked at when no block comes.
const TICK: Duration = Duration::from_millis(500);
/// How many messages are taken from the outbox at once.
const CLAIMS_MAX: u32 = 256;
/// How long a message belongs to the task that took it. Longer than its attempts can take.
const LEASE: Span = Span::from_minutes(5);
/// How many messages are on their way to one endpoint at once: a slow one holds up no other.
const ON_THE_WAY_MAX: usize = 16;
/// How long a message waits when its endpoint has enough to do.
const BUSY_DELAY: Span = Span::from_seconds(1);

/// A message that its endpoints have not all got yet.
struct Parcel {
    claim: Claim,
    due: Vec<(Endpoint, Delivery)>,
    /// Deliveries of the same message that are not due.
    resting: Vec<Delivery>,
}

/// Starts the task. It ends when no block can come any more.
pub(crate) fn start(webhooks: Arc<Webhooks>, head: watch::Receiver<Head>) -> JoinHandle<()> {
    let dispatcher = Dispatcher {
        webhooks,
        on_the_way: BTreeMap::new(),
        running: JoinSet::new(),
    };
    tokio::spawn(dispatcher.run(head))
}

struct Dispatcher {
    webhooks: Arc<Webhooks>,
    on_the_way: BTreeMap<WebhookId, usize>,
    /// Each gives back the endpoints that it kept busy.
    running: JoinSet<Vec<WebhookId>>,
}

impl Dispatcher {
    async fn run(mut self, mut head: watch::Receiver<Head>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                changed = head.changed() => if changed.is_err() { break },
                _ = tick.tick() => {}
                Some(done) = self.running.join_next() => {
                    self.arrived(done.unwrap_or_default());
                    continue;
                }
            }
            if let Err(error) = self.take_all().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the outbox cannot be worked off"
                );
            }
        }
        // What is on its way is claimed: it is sent again after the claim has run out.
        self.running.shutdown().await;
    }

    async fn take_all(&mut self) -> Result<(), StoreError> {
        while self.webhooks.endpoints.are_there() {
            if self.take_some().await? < CLAIMS_MAX as usize {
                break;
            }
        }
        Ok(())
    }

    fn arrived(&mut self, endpoints: Vec<WebhookId>) {
        for endpoint in endpoints {
            if let Some(count) = self.on_the_way.get_mut(&endpoint) {
                *count -= 1;
            }
        }
        self.on_the_way.retain(|_, count| *count > 0);
    }

    /// Takes messages from the outbox, settles those that concern nobody and sends the others on
    /// their way. How many there were.
    async fn take_some(&mut self) -> Result<usize, StoreError> {
        let now = self.webhooks.clock.now();
        let claims = self
            .webhooks
            .store
            .claim(messages::KIND, now, LEASE, CLAIMS_MAX)
            .await?;
        let taken = claims.len();
        let mut settled = Vec::new();
        for claim in claims {
            let parcel = self.parcel(claim, now).await?;
            let is_busy = parcel
                .due
                .iter()
                .any(|(endpoint, _)| self.is_busy(endpoint.webhook_id));
            if parcel.due.is_empty() {
                let outcome = outcome(&parcel.resting);
                settled.push((parcel.claim, outcome));
            } else if is_busy {
                settled.push((
                    parcel.claim,
                    Outcome::Retry {
                        at: now + BUSY_DELAY,
                        code: "endpoint-busy".into(),
                    },
                ));
            } else {
                self.send_off(parcel, now);
            }
        }
        if !settled.is_empty() {
            self.webhooks.store.settle(now, &settled).await?;
        }
        Ok(taken)
    }

    fn is_busy(&self, endpoint: WebhookId) -> bool {
        self.on_the_way
            .get(&endpoint)
            .is_some_and(|&count| count >= ON_THE_WAY_MAX)
    }

    /// What is left to do about a message. An endpoint gets what happened since it was made, for
    /// as long as it is tried.
    async fn parcel(&self, claim: Claim, now: Timestamp) -> Result<Parcel, StoreError> {
        let message: Message =
            serde_json::from_slice(&claim.payload).map_err(|_| StoreError::Corrupt)?;
        let service = audience::service_of(&self.webhooks.state, &message.subject).await?;
        let endpoints = service
            .map(|service| self.webhooks.endpoints.of_service(service))
            .unwrap_or_default();
        let mut parcel = Parcel {
            claim,
            due: Vec::new(),
            resting: Vec::new(),
        };
        for endpoint in endpoints
            .into_iter()
            .filter(|endpoint| endpoint.created_at <= message.at)
        {
            let known =
                deliveries::get(&self.webhooks.store, endpoint.webhook_id, &parcel.claim.id)
                    .await?;
            let mut delivery = known.unwrap_or_else(|| {
                Delivery::new(
                    endpoint.webhook_id,
                    parcel.claim.id.clone(),
                    message.clone(),
                )
            });
            if !endpoint.enabled {
                delivery.give_up();
                deliveries::put(&self.webhooks.store, std::slice::from_ref(&delivery), now).await?;
            }
            if delivery.next_at().is_some_and(|next| next <= now) {
                parcel.due.push((endpoint, delivery));
            } else {
                parcel.resting.push(delivery);
            }
        }
        Ok(parcel)
    }

    fn send_off(&mut self, parcel: Parcel, now: Timestamp) {
        let endpoints: Vec<WebhookId> = parcel
            .due
            .iter()
            .map(|(endpoint, _)| endpoint.webhook_id)
            .collect();
        for &endpoint in &endpoints {
            *self.on_the_way.entry(endpoint).or_default() += 1;
        }
        let webhooks = Arc::clone(&self.webhooks);
        self.running.spawn(async move {
            if let Err(error) = send(&webhooks, parcel, now).await {
                // The claim runs out, and the message is sent again.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a delivery cannot be written down"
                );
            }
            endpoints
        });
    }
}

/// Sends a message to all endpoints that wait for it, writes down what became of it and settles
/// the claim.
async fn send(webhooks: &Arc<Webhooks>, parcel: Parcel, now: Timestamp) -> Result<(), StoreError> {
    let mut attempts = JoinSet::new();
    for (endpoint, mut delivery) in parcel.due {
        let webhooks = Arc::clone(webhooks);
        attempts.spawn(async move {
            let attempted = webhooks.attempt(&endpoint, &delivery, now).await;
            delivery.note(attempted, now);
            delivery
        });
    }
    let tried = attempts.join_all().await;
    deliveries::put(&webhooks.store, &tried, now).await?;
    let mut all = parcel.resting;
    all.extend(tried);
    webhooks
        .store
        .settle(now, &[(parcel.claim, outcome(&all))])
        .await
}

/// What the outbox is told about a message: it goes on while one endpoint still waits for it.
fn outcome(deliveries: &[Delivery]) -> Outcome {
    let next = deliveries.iter().filter_map(Delivery::next_at).min();
    match next {
        Some(at) => Outcome::Retry {
            at,
            code: "not-delivered".into(),
        },
        None if deliveries.iter().any(Delivery::has_failed) => Outcome::Dead {
            code: "given-up".into(),
        },
        None => Outcome::Delivered,
    }
}
