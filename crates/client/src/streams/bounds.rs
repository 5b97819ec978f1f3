//! Of which times a grant gives what was measured.

use assent_model::records::consent::ConsentStatus;
use assent_model::time::Timestamp;

use crate::channel::Period;
use crate::status_chain::StatusChange;

/// What was measured before a grant, or while its consent was paused, is not given under it: also where
/// the device sends it only later, since it was offline, and also where the device has not heard of
/// the pause at the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Nothing from before this instant.
    from: Timestamp,
    /// Whether the holder granted what was before the grant as well.
    has_history: bool,
    /// From the one instant until before the other, nothing either.
    pauses: Vec<(Timestamp, Timestamp)>,
}

impl Bounds {
    /// The bounds of a grant that was made at an instant; or of one that gives the past as well, from
    /// `history_from` on. The consent was given at `given`, and `changes` are those of its status since.
    pub fn new(
        granted: Timestamp,
        history_from: Option<Timestamp>,
        given: Timestamp,
        changes: &[StatusChange],
    ) -> Self {
        let mut pauses = Vec::new();
        let (mut paused, mut before) = (None, given);
        for change in changes {
            match (change.status, paused) {
                (ConsentStatus::Active, Some(begin)) => {
                    pauses.push(between(begin, change.at));
                    paused = None;
                }
                // It was paused with its link, which nobody signs for the consent: since when does not show.
                (ConsentStatus::Active, None) if !change.narrows => {
                    pauses.push(between(before, change.at));
                }
                (ConsentStatus::Active, None) | (_, Some(_)) => {}
                (_, None) => paused = Some(change.at),
            }
            before = change.at;
        }
        // It has not ended: nobody reads now, and what it hides later is not known yet.
        pauses.extend(paused.map(|begin| (begin, Timestamp::MAX)));
        Self {
            from: history_from.unwrap_or(granted),
            has_history: history_from.is_some(),
            pauses,
        }
    }

    /// Whether the holder granted what was before the grant as well.
    pub fn has_history(&self) -> bool {
        self.has_history
    }

    /// Whether all of what was measured then is given.
    pub fn cover(&self, period: Period) -> bool {
        let is_paused =
            |(begin, end): &(Timestamp, Timestamp)| *begin <= period.until && period.from < *end;
        self.from <= period.from && !self.pauses.iter().any(is_paused)
    }
}

/// Signers' clocks differ: the later of two statuses may be signed with the earlier time.
fn between(one: Timestamp, other: Timestamp) -> (Timestamp, Timestamp) {
    (one.min(other), one.max(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(second * 1_000)
    }

    fn change(status: ConsentStatus, second: u64) -> StatusChange {
        StatusChange {
            status,
            narrows: false,
            at: at(second),
        }
    }

    /// Given at 10, granted at 20: which of these seconds are covered.
    #[track_caller]
    fn check(history_from: Option<u64>, changes: &[StatusChange], covered: &[u64]) {
        let bounds = Bounds::new(at(20), history_from.map(at), at(10), changes);
        let is_covered = |second: &u64| bounds.cover(Period::at(at(*second)));
        let all: Vec<u64> = (0..100).step_by(5).filter(is_covered).collect();
        assert_eq!(all, covered);
    }

    fn from(begin: u64, without: std::ops::Range<u64>) -> Vec<u64> {
        let all = (begin..100).step_by(5);
        all.filter(|second| !without.contains(second)).collect()
    }

    #[test]
    fn a_grant_covers_what_was_measured_after_it_and_outside_of_pauses() {
        use ConsentStatus::{Active, Disabled, Withdrawn};
        check(None, &[], &from(20, 0..0));
        check(Some(5), &[], &from(5, 0..0));
        let paused = [change(Disabled, 40), change(Active, 60)];
        check(None, &paused, &from(20, 40..60));
        check(Some(5), &paused, &from(5, 40..60));
        check(None, &paused[..1], &from(20, 40..100));
        check(None, &[change(Withdrawn, 40)], &from(20, 40..100));
        let narrowed = StatusChange {
            narrows: true,
            ..change(Active, 50)
        };
        check(None, &[narrowed], &from(20, 0..0));
        check(None, &[paused[0], narrowed], &from(20, 40..50));
    }

    /// A removed link pauses a consent, and the person resumes it: of the pause, the end alone is signed.
    #[test]
    fn a_pause_that_nobody_signed_counts_from_the_status_before() {
        use ConsentStatus::Active;
        check(None, &[change(Active, 50)], &from(50, 0..0));
        check(Some(0), &[change(Active, 50)], &from(0, 10..50));
        let narrowed = StatusChange {
            narrows: true,
            ..change(Active, 30)
        };
        check(None, &[narrowed, change(Active, 50)], &from(20, 30..50));
    }

    #[test]
    fn a_period_is_covered_as_a_whole_or_not() {
        let paused = [
            change(ConsentStatus::Disabled, 40),
            change(ConsentStatus::Active, 60),
        ];
        let bounds = Bounds::new(at(20), None, at(10), &paused);
        let cover = |from, until| {
            bounds.cover(Period {
                from: at(from),
                until: at(until),
            })
        };
        assert!(cover(20, 39) && cover(60, 900));
        assert!(!cover(19, 30) && !cover(30, 40) && !cover(59, 61) && !cover(30, 70));
    }
}
