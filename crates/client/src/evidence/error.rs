//! Why a bundle proves nothing.

use assent_ledger::checkpoint::CheckpointError;
use assent_model::statement::ClaimsRejection;

use crate::choice::ChoiceError;
use crate::key_history::KeyHistoryError;
use crate::status_chain::StatusFault;

/// What is wrong with a bundle. Where a number is given it is the index of the log entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Not canonical JSON, or not with the members of a bundle.
    #[error("the bundle is not canonical JSON of the expected shape")]
    Malformed,
    /// Written in another format.
    #[error("the bundle has another format")]
    UnknownFormat,
    /// A leaf is not an entry of such a log.
    #[error("entry {0} cannot be read")]
    EntryUnreadable(u64),
    /// Entries are not in log order, or a leaf names another place than its own.
    #[error("entry {0} is out of order")]
    EntryMisplaced(u64),
    /// The first entry is not the one that opened the log.
    #[error("the first entry is not the genesis of the log")]
    GenesisMissing,
    /// The genesis is not that of the operator or key that is trusted.
    #[error("the log is not the one that is trusted")]
    Untrusted,
    /// The checkpoint is not signed with the key of the genesis, or is none.
    #[error("the checkpoint is not valid")]
    CheckpointInvalid(#[source] CheckpointError),
    /// The checkpoint carries signatures of others.
    #[error("the checkpoint carries signatures that are not verified")]
    CheckpointCosigned,
    /// The proof of an entry does not lead to the root of the checkpoint.
    #[error("entry {0} is not in the log")]
    NotIncluded(u64),
    /// A statement breaks the profile, or its signature does not verify.
    #[error("a statement in entry {0} is not valid")]
    StatementInvalid(u64),
    /// A statement was made for another log or another time.
    #[error("a statement in entry {0} was not acceptable at its time")]
    ClaimsInvalid(u64, #[source] ClaimsRejection),
    /// A party's keys are not traced: its registration is missing.
    #[error("entry {0} needs the keys of a party that is not registered in the bundle")]
    PartyUnknown(u64),
    /// A change of keys does not follow from the keys before.
    #[error("the change of keys in entry {0} is not valid")]
    KeyChangeInvalid(u64, #[source] KeyHistoryError),
    /// A statement is signed with another key than the one on record.
    #[error("a statement in entry {0} is signed with another key than the one on record")]
    WrongKey(u64),
    /// A description is not the one that was registered, or there are more or fewer.
    #[error("the descriptions are not those that were registered")]
    DescriptionMismatch,
    /// An entry refers to something that is not in the bundle before it.
    #[error("entry {0} refers to something that the bundle does not have")]
    ReferenceUnknown(u64),
    /// An entry does not agree with what it refers to.
    #[error("entry {0} does not agree with what it refers to")]
    Inconsistent(u64),
    /// The offer is not the one that the descriptions make.
    #[error("the offer in entry {0} is not the one that the descriptions make")]
    OfferMismatch(u64),
    /// The notice is not the one that the record names, or not the one that request and
    /// descriptions make.
    #[error("the notice is not the one that was consented to")]
    NoticeMismatch,
    /// The choice does not fit the offer.
    #[error("the choice in entry {0} does not fit the offer")]
    ChoiceInvalid(u64, #[source] ChoiceError),
    /// The two records of a pair do not agree.
    #[error("the records of the pair do not agree in entry {0}")]
    PairInconsistent(u64),
    /// A record does not continue the history.
    #[error("entry {0} does not continue the history of the consent")]
    HistoryBroken(u64, #[source] StatusFault),
    /// Something comes after the end.
    #[error("entry {0} comes after the end of the consent")]
    AfterEnd(u64),
    /// The request, a record, or the record that superseded the consent is missing.
    #[error("the bundle is not complete")]
    Incomplete,
    /// The status that the entries lead to is not the current one as of the checkpoint.
    #[error("the status is not the current one as of the checkpoint")]
    StatusNotProven,
    /// An entry that says nothing about the consent.
    #[error("entry {0} does not belong in the bundle")]
    Superfluous(u64),
}

impl EvidenceError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "bundle-malformed",
            Self::UnknownFormat => "bundle-format-unknown",
            Self::EntryUnreadable(_) => "entry-unreadable",
            Self::EntryMisplaced(_) => "entry-misplaced",
            Self::GenesisMissing => "genesis-missing",
            Self::Untrusted => "log-untrusted",
            Self::CheckpointInvalid(_) => "checkpoint-invalid",
            Self::CheckpointCosigned => "checkpoint-cosigned",
            Self::NotIncluded(_) => "entry-not-included",
            Self::StatementInvalid(_) => "statement-invalid",
            Self::ClaimsInvalid(..) => "claims-invalid",
            Self::PartyUnknown(_) => "party-unknown",
            Self::KeyChangeInvalid(..) => "key-change-invalid",
            Self::WrongKey(_) => "wrong-key",
            Self::DescriptionMismatch => "description-mismatch",
            Self::ReferenceUnknown(_) => "reference-unknown",
            Self::Inconsistent(_) => "entry-inconsistent",
            Self::OfferMismatch(_) => "offer-mismatch",
            Self::NoticeMismatch => "notice-mismatch",
            Self::ChoiceInvalid(..) => "choice-invalid",
            Self::PairInconsistent(_) => "pair-inconsistent",
            Self::HistoryBroken(..) => "history-broken",
            Self::AfterEnd(_) => "entry-after-end",
            Self::Incomplete => "bundle-incomplete",
            Self::StatusNotProven => "status-not-proven",
            Self::Superfluous(_) => "entry-superfluous",
        }
    }
}
