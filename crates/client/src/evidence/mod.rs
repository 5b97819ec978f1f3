//! Verifying an evidence bundle: what happened to a consent, without trusting whoever shows it.
//!
//! A bundle names one consent and proves its whole history as of one checkpoint: who asked, what
//! was shown, what was signed, what became of it. Every byte is covered: entries by the Merkle
//! log and by signatures, texts by digests in entries, the last status by the map of current
//! statuses. What is not needed is an error, so that nothing unproven travels along. Format and
//! algorithm are written down in `docs/reference/evidence.md`; this is one implementation.
//!
//! Proven is what the bundle shows and which status is the current one. Not proven is what it
//! does not show: an acknowledgement or a receipt that is left out, or a later checkpoint.

mod case;
mod descriptions;
mod entry;
mod error;
mod given;
mod history;
mod notice;
mod parties;
mod report;

pub use error::EvidenceError;
pub use report::{EvidenceReport, Occurrence, TimelineEntry};

use assent_api::evidence::{EvidenceBundle, FORMAT};
use assent_crypto::signature::VerifyingKey;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use assent_ledger::status_map::StatusProof;
use assent_model::canonical;
use assent_model::ids::PartyId;
use assent_model::records::identity::Genesis;
use assent_model::statement::Verified;

use case::Case;
use entry::Entry;

/// What the verifier knows of the log beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The operator's party id, which is derived from the key that signs the genesis.
    Operator(PartyId),
    /// The key that signs checkpoints.
    CheckpointKey(VerifyingKey),
    /// Nothing yet: the report says what to pin from now on.
    FirstUse,
}

/// Verifies a bundle, given as the bytes that a node answers with.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(bundle: &str, trust: &Trust) -> Result<EvidenceReport, EvidenceError> {
    let bundle: EvidenceBundle<StatusProof> =
        canonical::decode(bundle.as_bytes()).map_err(|_| EvidenceError::Malformed)?;
    if bundle.format != FORMAT {
        return Err(EvidenceError::UnknownFormat);
    }
    let entries = bundle
        .entries
        .iter()
        .map(Entry::read)
        .collect::<Result<Vec<Entry>, _>>()?;
    let genesis = genesis(&entries)?;
    check_trust(&genesis, trust)?;
    let checkpoint = checkpoint(&bundle.checkpoint, &genesis.content().checkpoint_key)?;
    entry::check_included(&entries, &bundle.entries, &checkpoint)?;
    let mut case = Case::open(&bundle, genesis)?;
    for entry in &entries[1..] {
        case.take(entry)?;
    }
    case.close(&bundle.status, checkpoint)
}

/// The statement that opened the log, which names its keys.
fn genesis(entries: &[Entry]) -> Result<Verified<Genesis>, EvidenceError> {
    let first = entries.first().ok_or(EvidenceError::GenesisMissing)?;
    match &first.event {
        Event::Identity(IdentityEvent::Opened { genesis }) if first.index == 0 => {
            entry::verify(genesis, first.index)
        }
        _ => Err(EvidenceError::GenesisMissing),
    }
}

fn check_trust(genesis: &Verified<Genesis>, trust: &Trust) -> Result<(), EvidenceError> {
    let said = genesis.content();
    let is_trusted = match trust {
        Trust::Operator(operator) => said.operator == *operator,
        Trust::CheckpointKey(key) => said.checkpoint_key == *key,
        Trust::FirstUse => true,
    };
    if is_trusted {
        Ok(())
    } else {
        Err(EvidenceError::Untrusted)
    }
}

/// The checkpoint, signed with the key of the log and by nobody else: signatures of others would
/// be bytes that nothing covers.
fn checkpoint(note: &str, key: &VerifyingKey) -> Result<Checkpoint, EvidenceError> {
    let checkpoint =
        SignedCheckpoint::parse(note, key).map_err(EvidenceError::CheckpointInvalid)?;
    let signatures = note
        .rsplit_once("\n\n")
        .map_or(0, |(_, signatures)| signatures.lines().count());
    if signatures == 1 {
        Ok(checkpoint)
    } else {
        Err(EvidenceError::CheckpointCosigned)
    }
}
