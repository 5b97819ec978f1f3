//! Forgetting what has run out: used numbers, documents, lines of the delivery log, records of streams.

use std::sync::Arc;
use std::time::Duration;

use assent_model::time::Span;
use assent_storage::{Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::clock::Clock;
use crate::sequencing::Head;
use crate::streams::Retention;

/// How often.
const TICK: Duration = Duration::from_mins(10);
/// How long lines of the delivery log are kept.
const ATTEMPTS_KEPT_FOR: Span = Span::from_days(30);

/// Starts the task. It ends when no block can come any more.
pub(crate) fn start(
    store: Arc<Store>,
    retention: Retention,
    clock: Clock,
    mut head: watch::Receiver<Head>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return },
                _ = tick.tick() => {
                    if let Err(error) = sweep(&store, &clock, &head).await {
                        tracing::error!(error = &error as &dyn std::error::Error, "nothing is forgotten");
                    }
                    if let Err(error) = retention.sweep(&store, clock.now()).await {
                        tracing::error!(error = &error as &dyn std::error::Error, "no records are moved");
                    }
                }
            }
        }
    })
}

async fn sweep(
    store: &Store,
    clock: &Clock,
    head: &watch::Receiver<Head>,
) -> Result<(), StoreError> {
    let now = clock.now();
    // A number is used up by block time, which may lag behind.
    let block_time = head.borrow().header.time;
    store.purge_uses(block_time.min(now)).await?;
    store.purge_documents(now).await?;
    store.purge_attempts(now - ATTEMPTS_KEPT_FOR).await?;
    Ok(())
}
