//! Pausing, resuming, narrowing and withdrawing a consent.

use assent_api::v1::consents::ChangeStatus;
use assent_crypto::signature::SigningKey;
use assent_model::ids::StatusRecordId;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord, ResourceSet};
use assent_model::statement::Verified;

use super::Signer;
use crate::choice;
use crate::status_chain::StatusChain;

/// What is to become of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Pause it.
    Disable,
    /// End the pause.
    Enable,
    /// Allow only this from now on, paused or not as it is.
    Narrow(ResourceSet),
    /// End it for good.
    Withdraw,
}

/// Why a consent cannot be changed so. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The consent was withdrawn.
    #[error("the consent has ended")]
    Ended,
    /// The two records of a pair are not in the same state, so one change does not fit both.
    #[error("the two records of the pair do not agree")]
    PairInconsistent,
    /// Something would be allowed that is not allowed now. That takes a new consent.
    #[error("a change cannot widen the resource set")]
    Widened,
    /// It is so already.
    #[error("the change changes nothing")]
    Unchanged,
}

impl Signer {
    /// Changes a consent that is no pair.
    ///
    /// # Errors
    /// The change does not fit the state of the consent.
    pub fn change_status(
        &self,
        consent: &StatusChain,
        key: &SigningKey,
        change: &Change,
    ) -> Result<ChangeStatus, ChangeError> {
        let record = self.status_record(consent, key, change)?;
        Ok(ChangeStatus {
            record: record.compact().to_owned(),
            counterpart: None,
        })
    }

    /// Changes both records of a pair, each with the key that signed it (or both with the
    /// operator's, to disable or withdraw).
    ///
    /// # Errors
    /// The change does not fit the state of the consents.
    pub fn change_pair(
        &self,
        [sink, source]: [(&StatusChain, &SigningKey); 2],
        change: &Change,
    ) -> Result<ChangeStatus, ChangeError> {
        let state = |chain: &StatusChain| (chain.status(), chain.resource_set().clone());
        if state(sink.0) != state(source.0) {
            return Err(ChangeError::PairInconsistent);
        }
        let record = self.status_record(sink.0, sink.1, change)?;
        let counterpart = self.status_record(source.0, source.1, change)?;
        Ok(ChangeStatus {
            record: record.compact().to_owned(),
            counterpart: Some(counterpart.compact().to_owned()),
        })
    }

    /// The next status record of a consent.
    ///
    /// # Errors
    /// The change does not fit the state of the consent.
    pub fn status_record(
        &self,
        consent: &StatusChain,
        key: &SigningKey,
        change: &Change,
    ) -> Result<Verified<ConsentStatusRecord>, ChangeError> {
        let (status, before) = (consent.status(), consent.resource_set());
        if status == ConsentStatus::Withdrawn {
            return Err(ChangeError::Ended);
        }
        let (consent_status, resource_set) = match change {
            Change::Disable => (ConsentStatus::Disabled, before),
            Change::Enable => (ConsentStatus::Active, before),
            Change::Narrow(to) => (status, to),
            Change::Withdraw => (ConsentStatus::Withdrawn, before),
        };
        if !choice::is_within(resource_set, before) {
            return Err(ChangeError::Widened);
        }
        if (consent_status, resource_set) == (status, before) {
            return Err(ChangeError::Unchanged);
        }
        let record = ConsentStatusRecord {
            record_id: StatusRecordId::random(),
            cr_id: consent.cr_id(),
            surrogate_id: consent.surrogate_id(),
            consent_status,
            resource_set: resource_set.clone(),
            prev: consent.head(),
        };
        Ok(self.sign(key, record))
    }
}
