//! How endpoints are: since when nothing reaches one, and what its owner has been told about that.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use assent_model::ids::WebhookId;
use assent_model::time::{Span, Timestamp};
use assent_storage::{Document, Store, StoreError};
use serde::{Deserialize, Serialize};

const KIND: &str = "webhook-health";
/// How many documents are read at once.
const PAGE: u32 = 256;
/// For so long nothing has reached an endpoint when its owner is told.
pub const TOLD_AFTER: Span = Span::from_days(1);
/// For so long nothing has reached it when it is switched off: longer than a message is tried.
pub const OFF_AFTER: Span = Span::from_days(5);
/// So many days lie between the two at least.
const DAYS_LEFT: u64 = 4;

/// What an owner is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailing {
    /// Nothing reaches the endpoint.
    Failing {
        /// In how many days it is switched off if nothing changes.
        days: u64,
    },
    /// It is gone, by its own word or because nothing reached it for days.
    Lost,
}

/// How one endpoint is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Health {
    /// Since when each attempt has failed.
    failing_since: Option<Timestamp>,
    /// When the owner was told.
    told_at: Option<Timestamp>,
    /// Whether the receiver says that it is gone for good.
    is_gone: bool,
}

impl Health {
    fn ailing(&self, now: Timestamp) -> Option<Ailing> {
        if self.is_gone {
            return Some(Ailing::Lost);
        }
        let failing = now.since(self.failing_since?);
        let left = Span::from_days(DAYS_LEFT);
        match self.told_at {
            None if failing >= TOLD_AFTER => Some(Ailing::Failing { days: DAYS_LEFT }),
            Some(told) if failing >= OFF_AFTER && now.since(told) >= left => Some(Ailing::Lost),
            _ => None,
        }
    }
}

/// How all endpoints are; those that are well do not stand here.
#[derive(Debug, Default)]
pub struct Healths(Mutex<BTreeMap<WebhookId, Health>>);

impl Healths {
    /// What the store says.
    ///
    /// # Errors
    /// The store cannot be read, or what is in it is something else.
    pub(super) async fn load(store: &Store) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = store.documents(KIND, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.document.id);
            for stored in &page {
                let id = stored.document.id.parse();
                let health = serde_json::from_slice(&stored.document.body);
                known.insert(
                    id.map_err(|_| StoreError::Corrupt)?,
                    health.map_err(|_| StoreError::Corrupt)?,
                );
            }
        }
        Ok(Self(Mutex::new(known)))
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<WebhookId, Health>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what came of an attempt. Only what changes is written down: nothing while an endpoint
    /// is well, one line when it begins to fail.
    pub(super) async fn note(
        &self,
        store: &Store,
        id: WebhookId,
        is_delivered: bool,
        is_gone: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let before = self.known().get(&id).copied();
        if is_delivered {
            return if before.is_some() {
                self.forget(store, id).await
            } else {
                Ok(())
            };
        }
        let before = before.unwrap_or_default();
        let after = Health {
            failing_since: before.failing_since.or(Some(now)),
            is_gone: before.is_gone || is_gone,
            ..before
        };
        if after == before {
            return Ok(());
        }
        self.put(store, id, after).await
    }

    /// What is to be told of which endpoints.
    pub(super) fn ailing(&self, now: Timestamp) -> Vec<(WebhookId, Ailing)> {
        let known = self.known();
        let ailing = known
            .iter()
            .filter_map(|(id, health)| Some((*id, health.ailing(now)?)));
        ailing.collect()
    }

    /// Since when nothing reaches an endpoint.
    pub fn failing_since(&self, id: WebhookId) -> Option<Timestamp> {
        self.known().get(&id)?.failing_since
    }

    /// Notes that the owner was told that nothing reaches the endpoint.
    pub(super) async fn told(
        &self,
        store: &Store,
        id: WebhookId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(before) = self.known().get(&id).copied() else {
            return Ok(());
        };
        let told_at = Some(now);
        self.put(store, id, Health { told_at, ..before }).await
    }

    /// Begins anew with an endpoint, or forgets one that is removed.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(super) async fn forget(&self, store: &Store, id: WebhookId) -> Result<(), StoreError> {
        self.known().remove(&id);
        store.delete_document(KIND, &id.to_string()).await?;
        Ok(())
    }

    async fn put(&self, store: &Store, id: WebhookId, health: Health) -> Result<(), StoreError> {
        self.known().insert(id, health);
        let document = Document {
            kind: KIND.into(),
            id: id.to_string(),
            owner: id.to_string(),
            expires_at: None,
            body: serde_json::to_vec(&health).map_err(|_| StoreError::Corrupt)?,
        };
        store.put_documents(vec![document]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn check(failing: Span, told_ago: Option<Span>, is_gone: bool, expected: Option<Ailing>) {
        let health = Health {
            failing_since: Some(NOW - failing),
            told_at: told_ago.map(|ago| NOW - ago),
            is_gone,
        };
        let shown = format!("{failing:?} {told_ago:?} {is_gone}");
        assert_eq!(health.ailing(NOW), expected, "{shown}");
    }

    #[test]
    fn an_owner_is_told_days_before_an_endpoint_is_switched_off() {
        let hours = |hours: u64| Span::from_minutes(60 * hours);
        let days = Span::from_days;
        let soon = Some(Ailing::Failing { days: DAYS_LEFT });
        check(hours(23), None, false, None);
        check(TOLD_AFTER, None, false, soon);
        check(hours(25), Some(hours(1)), false, None);
        check(hours(119), Some(hours(95)), false, None);
        check(OFF_AFTER, Some(days(4)), false, Some(Ailing::Lost));
        // The node was down meanwhile: the owner still gets the days that were promised.
        check(days(30), None, false, soon);
        check(days(30), Some(days(1)), false, None);
        check(hours(1), None, true, Some(Ailing::Lost));
    }
}
