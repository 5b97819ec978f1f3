//! Proofs of possession that were used, remembered for as long as they could be used again.

use std::collections::BTreeMap;

use assent_crypto::signature::KeyId;
use assent_model::names::Jti;
use assent_model::statement::CLOCK_SKEW_MAX;
use assent_model::time::{Span, Timestamp};

use super::Refusal;

/// The oldest proof that is accepted.
pub(super) const PROOF_AGE_MAX: Span = Span::from_seconds(60);
/// The most proofs that are remembered at a time. They are never forgotten early: a proof beyond
/// this number is refused.
const PROOFS_MAX: usize = 100_000;
/// The most proofs of one key: no holder can use up the room of the others.
const PROOFS_OF_KEY_MAX: usize = 10_000;

/// Used proofs by when they stop being fresh.
#[derive(Debug, Default)]
pub(super) struct ReplayCache {
    used: BTreeMap<(KeyId, Jti), Timestamp>,
    by_end: BTreeMap<Timestamp, Vec<(KeyId, Jti)>>,
    count_by_key: BTreeMap<KeyId, usize>,
    /// The latest time seen. A clock that goes back revives nothing.
    now: Timestamp,
}

impl ReplayCache {
    /// Uses a proof up.
    ///
    /// # Errors
    /// It is not fresh, was used before, or cannot be remembered.
    pub(super) fn spend(
        &mut self,
        holder: &KeyId,
        jti: &Jti,
        issued_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.now = self.now.max(now);
        self.forget_stale();
        let end = issued_at + PROOF_AGE_MAX;
        if end <= self.now || issued_at > now + CLOCK_SKEW_MAX {
            return Err(Refusal::ProofStale);
        }
        let proof = (*holder, jti.clone());
        if self.used.contains_key(&proof) {
            return Err(Refusal::ProofReplayed);
        }
        let of_key = self.count_by_key.get(holder).copied().unwrap_or_default();
        if self.used.len() >= PROOFS_MAX || of_key >= PROOFS_OF_KEY_MAX {
            return Err(Refusal::TooManyProofs);
        }
        self.count_by_key.insert(*holder, of_key + 1);
        self.by_end.entry(end).or_default().push(proof.clone());
        self.used.insert(proof, end);
        Ok(())
    }

    fn forget_stale(&mut self) {
        while let Some(entry) = self.by_end.first_entry()
            && *entry.key() <= self.now
        {
            for proof in entry.remove() {
                self.used.remove(&proof);
                if let Some(count) = self.count_by_key.get_mut(&proof.0) {
                    *count -= 1;
                    if *count == 0 {
                        self.count_by_key.remove(&proof.0);
                    }
                }
            }
        }
    }
}
