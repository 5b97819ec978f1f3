//! The device's side: who may read now, as far as it is shown and not merely said.

use assent_api::v1::streams::StandingView;
use assent_crypto::digest::Digest;
use assent_crypto::sealing::{OpeningKey, SealingKey};
use assent_crypto::signature::VerifyingKey;
use assent_ledger::checkpoint::SignedCheckpoint;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::consent::ResourceSet;
use assent_model::time::Timestamp;

use super::grant_check::Check;
use super::{Bounds, StreamTrust};

/// Who may read a stream, as of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The height of the checkpoint.
    pub height: u64,
    /// Its time.
    pub time: Timestamp,
    /// Names what the relay says: to be handed back when the device waits for a change.
    pub mark: String,
    /// The grants whose consents are active, by consent.
    pub grants: Vec<StandingGrant>,
    /// Grants that are not relied on, and why. Nobody reads under them.
    pub refused: Vec<(ConsentId, StandingFault)>,
}

/// A grant that was checked, under a consent that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingGrant {
    /// The source's record of the consent.
    pub cr_id: ConsentId,
    /// Who may read.
    pub requester: PartyId,
    /// To which key of the requester the keys are sealed.
    pub sealing_key: SealingKey,
    /// Names the sealed grant.
    pub digest: Digest,
    /// What the holder granted and the consent still covers, by the datasets of the device.
    pub resource_set: ResourceSet,
    /// Of which times it gives what was measured.
    pub bounds: Bounds,
    /// Not before.
    pub valid_from: Timestamp,
    /// Not from this instant on.
    pub valid_until: Option<Timestamp>,
    /// Whether the reader waits for keys.
    pub wants_keys: bool,
}

impl StandingGrant {
    /// Whether the grant may be read under at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.valid_from <= now && self.valid_until.is_none_or(|end| now < end)
    }
}

/// Why a relay's word on the grants, or on one of them, is not relied on. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StandingFault {
    /// The checkpoint is not signed with the pinned key, or is of another log.
    #[error("the checkpoint is not one of the pinned chain")]
    Checkpoint,
    /// The entry is not in the log of the checkpoint.
    #[error("the consent record is not shown to be in the log")]
    NotIncluded,
    /// The entry is not a source's record of this consent, or is not well signed.
    #[error("the entry is not the source's record of the consent")]
    Record,
    /// A status record does not continue the history.
    #[error("the status records do not continue the consent")]
    History,
    /// The status is not the one that the checkpoint commits to.
    #[error("the status is not shown to be the current one")]
    StatusNotProven,
    /// The consent is paused or over.
    #[error("the consent is not active")]
    NotActive,
    /// The naming is not signed by who gave the consent, or names something else.
    #[error("who gave the consent did not name this stream")]
    Naming,
    /// The grant does not open: it was not sealed to this device for this stream and consent.
    #[error("the grant is not sealed to this device")]
    GrantUnopenable,
    /// The grant is not signed by the holder of the stream, or is about something else.
    #[error("the grant is not the holder's")]
    Grant,
}

impl StandingFault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint-invalid",
            Self::NotIncluded => "not-included",
            Self::Record => "record-invalid",
            Self::History => "history-broken",
            Self::StatusNotProven => "status-not-proven",
            Self::NotActive => "consent-not-active",
            Self::Naming => "naming-invalid",
            Self::GrantUnopenable => "grant-unopenable",
            Self::Grant => "grant-invalid",
        }
    }
}

impl StreamTrust {
    /// Holds what a relay says of a stream against what the device knows: the holder that it was
    /// paired with, its own opening key, and the pinned keys of the chain.
    ///
    /// A grant that does not hold is left out, so that nobody reads under it. That the checkpoint is
    /// new enough is for the caller to see, who knows what time it is.
    ///
    /// # Errors
    /// [`StandingFault::Checkpoint`]: then nothing of it is to be relied on.
    pub fn verify(
        &self,
        stream: StreamId,
        holder: &VerifyingKey,
        opening: &OpeningKey,
        view: &StandingView<StatusProof>,
    ) -> Result<Standing, StandingFault> {
        let checkpoint = SignedCheckpoint::parse(&view.checkpoint, &self.checkpoint_key)
            .map_err(|_| StandingFault::Checkpoint)?;
        if checkpoint.origin.as_str() != self.chain.as_str() {
            return Err(StandingFault::Checkpoint);
        }
        let check = Check {
            trust: self,
            stream,
            holder,
            opening,
            checkpoint: &checkpoint,
        };
        let mut standing = Standing {
            height: checkpoint.height,
            time: checkpoint.time,
            mark: view.mark.clone(),
            grants: Vec::new(),
            refused: Vec::new(),
        };
        for grant in &view.grants {
            match check.grant(grant) {
                Ok(checked) => standing.grants.push(checked),
                Err(fault) => standing.refused.push((grant.cr_id, fault)),
            }
        }
        Ok(standing)
    }
}
