//! Single entries: their place in the log, and the statements in them.

use assent_api::evidence::EvidenceEntry;
use assent_crypto::jws::Unverified;
use assent_exchange::event::Event;
use assent_ledger::checkpoint::Checkpoint;
use assent_ledger::merkle;
use assent_ledger::sequencer::LeafContent;
use assent_model::canonical;
use assent_model::names::ChainId;
use assent_model::statement::{
    self, Content, Recorded, STATEMENT_BYTES_MAX, StatementError, Verified,
};
use assent_model::time::Timestamp;
use serde_json::Value;

use super::EvidenceError;

/// An entry of the log.
pub(super) struct Entry {
    pub(super) index: u64,
    pub(super) height: u64,
    pub(super) time: Timestamp,
    pub(super) event: Event,
}

impl Entry {
    /// Reads a leaf. Nothing in it is checked yet but that it names its own place.
    pub(super) fn read(entry: &EvidenceEntry) -> Result<Self, EvidenceError> {
        let unreadable = || EvidenceError::EntryUnreadable(entry.index);
        let leaf = LeafContent::decode(entry.leaf.as_bytes()).map_err(|_| unreadable())?;
        let spelled: Value = serde_json::from_str(&entry.leaf).map_err(|_| unreadable())?;
        if !has_canonical_statements(&spelled) {
            return Err(unreadable());
        }
        if leaf.index != entry.index {
            return Err(EvidenceError::EntryMisplaced(entry.index));
        }
        Ok(Self {
            index: leaf.index,
            height: leaf.height,
            time: leaf.time,
            event: leaf.event,
        })
    }

    /// Checks the signature of a statement in this entry, and that the log could accept it then.
    pub(super) fn verify<T: Content>(
        &self,
        recorded: &Recorded<T>,
        chain: &ChainId,
    ) -> Result<Verified<T>, EvidenceError> {
        let verified = verify(recorded, self.index)?;
        verified
            .envelope()
            .check(chain, self.time)
            .map_err(|rejection| EvidenceError::ClaimsInvalid(self.index, rejection))?;
        Ok(verified)
    }

    /// An error about this entry, unless `holds`.
    pub(super) fn ensure(
        &self,
        holds: bool,
        error: impl FnOnce(u64) -> EvidenceError,
    ) -> Result<(), EvidenceError> {
        if holds {
            Ok(())
        } else {
            Err(error(self.index))
        }
    }
}

/// Whether the payload of every statement in a leaf is canonical. Reading a leaf leaves that to who checks
/// its signature, which is later than the form of an entry is looked at.
fn has_canonical_statements(value: &Value) -> bool {
    match value {
        Value::String(text) => match Unverified::parse(text, STATEMENT_BYTES_MAX) {
            Ok(statement) => canonical::decode::<Value>(statement.payload()).is_ok(),
            Err(_) => true,
        },
        Value::Array(items) => items.iter().all(has_canonical_statements),
        Value::Object(members) => members.values().all(has_canonical_statements),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Checks how a statement is spelled, and its signature.
pub(super) fn verify<T: Content>(
    recorded: &Recorded<T>,
    index: u64,
) -> Result<Verified<T>, EvidenceError> {
    statement::verify(recorded.compact()).map_err(|error| match error {
        StatementError::Payload(_) => EvidenceError::EntryUnreadable(index),
        StatementError::Jws(_) => EvidenceError::StatementInvalid(index),
    })
}

/// Checks that the entries are in log order, not later than the checkpoint, and all in the log
/// that it commits to.
pub(super) fn check_included(
    entries: &[Entry],
    given: &[EvidenceEntry],
    checkpoint: &Checkpoint,
) -> Result<(), EvidenceError> {
    for pair in entries.windows(2) {
        let [before, after] = pair else { continue };
        let follows = before.index < after.index
            && before.height <= after.height
            && before.time <= after.time;
        after.ensure(follows, EvidenceError::EntryMisplaced)?;
    }
    if let Some(last) = entries.last() {
        let is_covered = last.height <= checkpoint.height && last.time <= checkpoint.time;
        last.ensure(is_covered, EvidenceError::EntryMisplaced)?;
    }
    for (entry, given) in entries.iter().zip(given) {
        let leaf_hash = merkle::leaf_hash(given.leaf.as_bytes());
        let (size, root) = (checkpoint.size, checkpoint.log_root);
        merkle::verify_inclusion(leaf_hash, entry.index, size, &given.proof, root)
            .map_err(|_| EvidenceError::NotIncluded(entry.index))?;
    }
    Ok(())
}
