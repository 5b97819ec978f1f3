//! Numbers used once in requests that change nothing on the ledger.
//!
//! They are kept in memory until they expire. A restart forgets them, so a node accepts nothing
//! that was issued before it started.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use assent_api::problem::{Code, Problem};
use assent_crypto::digest::Digest;
use assent_crypto::signature::KeyId;
use assent_model::names::Jti;
use assent_model::statement::Envelope;
use assent_model::time::Timestamp;

use crate::http::failure::Failure;

/// The most numbers that are remembered; beyond it the node asks callers to slow down.
const NUMBERS_MAX: usize = 2_000_000;

#[derive(Default)]
struct Used {
    numbers: BTreeSet<Digest>,
    by_expiry: BTreeMap<u64, Vec<Digest>>,
}

/// The numbers that were used and have not expired.
pub struct ProofCache {
    since: Timestamp,
    used: Mutex<Used>,
}

impl ProofCache {
    /// A cache that has known every number used since then.
    pub fn since(since: Timestamp) -> Self {
        Self {
            since,
            used: Mutex::default(),
        }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used
            .lock()
            .expect("nothing panics while it holds the numbers")
    }

    /// Takes the number of an envelope once.
    ///
    /// # Errors
    /// It was taken before, or may have been before the node started, or too many are remembered.
    pub fn use_once<T>(&self, envelope: &Envelope<T>, now: Timestamp) -> Result<(), Failure> {
        let number = [
            envelope.signer.as_bytes().as_slice(),
            envelope.jti.as_str().as_bytes(),
        ];
        self.take(&number.concat(), envelope.iat..envelope.exp, now)
    }

    /// Takes the number of a proof of possession (RFC 9449) once. `during` is from when it was made
    /// until when it is fresh, in seconds since the epoch.
    ///
    /// # Errors
    /// As for [`ProofCache::use_once`].
    pub fn use_proof(
        &self,
        holder: &KeyId,
        proof: &Jti,
        during: Range<u64>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let number = format!("{holder} {}", proof.as_str());
        self.take(number.as_bytes(), during, now)
    }

    fn take(&self, number: &[u8], during: Range<u64>, now: Timestamp) -> Result<(), Failure> {
        if during.start < self.since.as_seconds() {
            return Err(Failure::from(
                Problem::new(Code::Unauthenticated).with_detail("issued before the node started"),
            ));
        }
        let number = Digest::of(number);
        let mut used = self.used();
        used.forget_expired(now.as_seconds());
        if used.numbers.len() >= NUMBERS_MAX {
            return Err(Failure::from(Problem::new(Code::RateLimited)));
        }
        if !used.numbers.insert(number) {
            return Err(Failure::from(Problem::new(Code::ProofReplayed)));
        }
        used.by_expiry.entry(during.end).or_default().push(number);
        Ok(())
    }
}

impl Used {
    fn forget_expired(&mut self, now: u64) {
        while let Some(first) = self.by_expiry.first_entry() {
            if *first.key() > now {
                return;
            }
            for number in first.remove() {
                self.numbers.remove(&number);
            }
        }
    }
}
