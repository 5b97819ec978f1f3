//! How often something may happen to, or be done by, one subject.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assent_api::problem::Code;
use assent_model::time::{Span, Timestamp};

use crate::http::failure::Failure;

/// The most subjects that are remembered; beyond it the node asks everybody to slow down.
const SUBJECTS_MAX: usize = 100_000;

/// So many times within a span, counted from the first.
#[derive(Debug)]
pub struct Allowance<K> {
    times: u32,
    within: Span,
    refused: AtomicU64,
    used: Mutex<BTreeMap<K, Used>>,
}

#[derive(Debug, Clone, Copy)]
struct Used {
    since: Timestamp,
    times: u32,
}

impl<K: Ord> Allowance<K> {
    /// Allows so many times within a span.
    pub fn new(times: u32, within: Span) -> Self {
        Self {
            times,
            within,
            refused: AtomicU64::new(0),
            used: Mutex::default(),
        }
    }

    /// So many times are allowed within such a span.
    pub fn limit(&self) -> (u32, Span) {
        (self.times, self.within)
    }

    /// How often it was refused since the node was started.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn used(&self) -> MutexGuard<'_, BTreeMap<K, Used>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses it once.
    ///
    /// # Errors
    /// It is used up, or too many subjects are remembered.
    pub fn take(&self, subject: K, now: Timestamp) -> Result<(), Failure> {
        let taken = self.try_take(subject, now);
        if taken.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    fn try_take(&self, subject: K, now: Timestamp) -> Result<(), Failure> {
        let mut used = self.used();
        if used.len() >= SUBJECTS_MAX {
            used.retain(|_, used| now.since(used.since) < self.within);
            if used.len() >= SUBJECTS_MAX {
                return Err(Code::RateLimited.into());
            }
        }
        let fresh = Used {
            since: now,
            times: 0,
        };
        let of_subject = used.entry(subject).or_insert(fresh);
        if now.since(of_subject.since) >= self.within {
            *of_subject = fresh;
        }
        if of_subject.times >= self.times {
            return Err(Code::RateLimited.into());
        }
        of_subject.times += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    #[test]
    fn an_allowance_is_used_up_and_comes_back() {
        let allowance = Allowance::new(2, Span::from_minutes(10));
        let take = |subject, minutes| {
            allowance
                .take(subject, BEGIN + Span::from_minutes(minutes))
                .is_ok()
        };
        assert!(take("ann", 0));
        assert!(take("ann", 9));
        assert!(!take("ann", 9));
        assert!(take("bob", 9), "each subject has its own");
        assert!(take("ann", 10));
        assert!(take("ann", 10));
        assert!(!take("ann", 10));
        assert_eq!(allowance.refused(), 2);
    }

    #[test]
    fn memory_has_a_bound() {
        let allowance = Allowance::new(1, Span::from_minutes(1));
        for subject in 0..SUBJECTS_MAX {
            assert!(allowance.take(subject, BEGIN).is_ok());
        }
        assert!(allowance.take(SUBJECTS_MAX, BEGIN).is_err());
        assert!(
            allowance
                .take(SUBJECTS_MAX, BEGIN + Span::from_minutes(1))
                .is_ok()
        );
    }
}
