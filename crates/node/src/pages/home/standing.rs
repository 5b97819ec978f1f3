//! Where a consent or a request stands, in the words that people use.

use assent_exchange::consent::state::{Consent, Request, RequestStatus, Status};
use assent_model::time::Timestamp;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Active,
    Paused,
    Withdrawn,
    Replaced,
    Expired,
    Waiting,
    Refused,
    Unanswered,
}

impl Standing {
    /// All of them, in the order of the filter.
    pub(super) const ALL: [Self; 8] = [
        Self::Active,
        Self::Paused,
        Self::Waiting,
        Self::Withdrawn,
        Self::Replaced,
        Self::Expired,
        Self::Refused,
        Self::Unanswered,
    ];

    pub(super) fn of_consent(consent: &Consent, now: Timestamp) -> Self {
        match consent.status {
            Status::Withdrawn => Self::Withdrawn,
            Status::Superseded { .. } => Self::Replaced,
            Status::Expired => Self::Expired,
            _ if consent.has_ended(now) => Self::Expired,
            Status::Active => Self::Active,
            Status::Disabled { .. } => Self::Paused,
        }
    }

    pub(super) fn of_request(request: &Request, now: Timestamp) -> Option<Self> {
        match request.status {
            RequestStatus::Requested { answer_by } if now < answer_by => Some(Self::Waiting),
            RequestStatus::Requested { .. } | RequestStatus::Expired => Some(Self::Unanswered),
            RequestStatus::Refused => Some(Self::Refused),
            RequestStatus::Given { .. } => None,
        }
    }

    /// The name in addresses, style classes and, behind `standing-`, in the catalogues.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }

    /// The key of the word.
    pub(super) fn key(self) -> String {
        format!("standing-{}", self.name())
    }

    pub(super) fn is_current(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }
}
