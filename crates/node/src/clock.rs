//! The node's clock: the one place that asks for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use assent_model::time::{Span, Timestamp};

/// Tells the time, or a time that a test sets.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that only moves when told.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// A clock that stands at `time` until it is moved.
    pub fn manual(time: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicU64::new(time.as_millis())))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
            }
            Self::Manual(millis) => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the machine's is not ours to move.
    pub fn advance(&self, span: Span) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(span.as_millis(), Ordering::SeqCst);
        }
    }
}
