//! The history of one consent: its record and every status record after it, hash by hash.

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_exchange::consent::state::Author;
use assent_model::ids::{ConsentId, SurrogateId};
use assent_model::records::consent::{
    ConsentRecord, ConsentStatus, ConsentStatusRecord, ResourceSet,
};
use assent_model::statement::{Content, Verified};
use assent_model::time::{Span, Timestamp};

use crate::choice;

/// Why a record does not begin or continue a history. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusFault {
    /// A consent starts active.
    #[error("the first status is not active")]
    NotActive,
    /// Nothing comes after a withdrawal.
    #[error("the consent was withdrawn before")]
    Ended,
    /// A record of another consent.
    #[error("the status record is of another consent")]
    OtherConsent,
    /// A record of another pseudonym.
    #[error("the status record is of another pseudonym")]
    OtherPseudonym,
    /// Signed neither with the key of the consent record nor with the operator's.
    #[error("the status record is signed with another key than the consent record")]
    WrongKey,
    /// The operator may disable and withdraw, and change nothing else.
    #[error("the operator may only disable or withdraw")]
    OperatorExceeds,
    /// `prev` is not the digest of the record before: one is missing, or out of order.
    #[error("the status record does not follow the one before")]
    ChainBroken,
    /// The resource set has something that it did not have before.
    #[error("the status record widens the resource set")]
    Widened,
}

impl StatusFault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotActive => "first-status-not-active",
            Self::Ended => "consent-ended",
            Self::OtherConsent => "consent-mismatch",
            Self::OtherPseudonym => "pseudonym-mismatch",
            Self::WrongKey => "wrong-key",
            Self::OperatorExceeds => "operator-exceeds",
            Self::ChainBroken => "chain-broken",
            Self::Widened => "resource-set-widened",
        }
    }
}

/// A consent's history so far. It only grows, by records that continue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChain {
    cr_id: ConsentId,
    surrogate_id: SurrogateId,
    key: VerifyingKey,
    status: ConsentStatus,
    resource_set: ResourceSet,
    digests: Vec<Digest>,
    changes: Vec<StatusChange>,
}

/// What a status record declares that came after the consent record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusChange {
    /// The status.
    pub status: ConsentStatus,
    /// Whether it allows less than the one before.
    pub narrows: bool,
    /// When it was signed, in whole seconds.
    pub at: Timestamp,
}

/// When a statement was signed, as its signer says.
pub(crate) fn issued<T: Content>(said: &Verified<T>) -> Timestamp {
    Timestamp::from_millis(0) + Span::from_seconds(said.envelope().iat)
}

impl StatusChain {
    /// The history that a consent record begins. That its key is the person's is for the caller
    /// to know.
    ///
    /// # Errors
    /// [`StatusFault::NotActive`].
    pub fn begin(record: &Verified<ConsentRecord>) -> Result<Self, StatusFault> {
        let said = record.content();
        if said.status_record.consent_status != ConsentStatus::Active {
            return Err(StatusFault::NotActive);
        }
        Ok(Self {
            cr_id: said.common_part.cr_id,
            surrogate_id: said.common_part.surrogate_id,
            key: *record.signer(),
            status: ConsentStatus::Active,
            resource_set: said.common_part.resource_set.clone(),
            digests: vec![record.digest()],
            changes: Vec::new(),
        })
    }

    /// Adds the next status record, signed with the key of the consent record or, to disable or
    /// withdraw, with the operator's.
    ///
    /// # Errors
    /// The first rule that the record breaks; the history is as before then.
    pub fn extend(
        &mut self,
        record: &Verified<ConsentStatusRecord>,
        operator: &VerifyingKey,
    ) -> Result<Author, StatusFault> {
        let said = record.content();
        if self.status == ConsentStatus::Withdrawn {
            return Err(StatusFault::Ended);
        }
        if said.cr_id != self.cr_id {
            return Err(StatusFault::OtherConsent);
        }
        if said.surrogate_id != self.surrogate_id {
            return Err(StatusFault::OtherPseudonym);
        }
        let author = self.author(record, operator)?;
        if said.prev != self.head() {
            return Err(StatusFault::ChainBroken);
        }
        if !choice::is_within(&said.resource_set, &self.resource_set) {
            return Err(StatusFault::Widened);
        }
        self.changes.push(StatusChange {
            status: said.consent_status,
            narrows: said.resource_set != self.resource_set,
            at: issued(record),
        });
        self.status = said.consent_status;
        self.resource_set = said.resource_set.clone();
        self.digests.push(record.digest());
        Ok(author)
    }

    fn author(
        &self,
        record: &Verified<ConsentStatusRecord>,
        operator: &VerifyingKey,
    ) -> Result<Author, StatusFault> {
        if *record.signer() == self.key {
            return Ok(Author::Person);
        }
        if record.signer() != operator {
            return Err(StatusFault::WrongKey);
        }
        let said = record.content();
        let takes_away = said.consent_status != ConsentStatus::Active;
        if takes_away && said.resource_set == self.resource_set {
            Ok(Author::Operator)
        } else {
            Err(StatusFault::OperatorExceeds)
        }
    }

    /// The consent.
    pub fn cr_id(&self) -> ConsentId {
        self.cr_id
    }

    /// Whose.
    pub fn surrogate_id(&self) -> SurrogateId {
        self.surrogate_id
    }

    /// The key that began it.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// What the last record declares.
    pub fn status(&self) -> ConsentStatus {
        self.status
    }

    /// What each record after the consent record declares, oldest first.
    pub fn changes(&self) -> &[StatusChange] {
        &self.changes
    }

    /// What the last record allows to be delivered.
    pub fn resource_set(&self) -> &ResourceSet {
        &self.resource_set
    }

    /// Digest of the last record, for the next one's `prev`.
    pub fn head(&self) -> Digest {
        *self
            .digests
            .last()
            .expect("a history begins with its consent record")
    }

    /// Whether `later` is this history, or this history and more.
    pub fn is_continued_by(&self, later: &Self) -> bool {
        later.digests.starts_with(&self.digests)
    }
}
