//! Where a consent or a request stands, in the words that people use.

use assent_exchange::consent::state::{Consent, Request, RequestStatus, Status};
use assent_model::time::Timestamp;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
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
    pub(crate) const ALL: [Self; 8] = [
        Self::Active,
        Self::Paused,
        Self::Waiting,
        Self::Withdrawn,
        Self::Replaced,
        Self::Expired,
        Self::Refused,
        Self::Unanswered,
    ];

    /// Where a consent stands at a time.
    pub(crate) fn of_consent(consent: &Consent, now: Timestamp) -> Self {
        match consent.status {
            Status::Withdrawn => Self::Withdrawn,
            Status::Superseded { .. } => Self::Replaced,
            Status::Expired => Self::Expired,
            _ if consent.has_ended(now) => Self::Expired,
            Status::Active => Self::Active,
            Status::Disabled { .. } => Self::Paused,
        }
    }

    /// Where a request stands at a time; nowhere once a consent answers it.
    pub(crate) fn of_request(request: &Request, now: Timestamp) -> Option<Self> {
        match request.status {
            RequestStatus::Requested { answer_by } if now < answer_by => Some(Self::Waiting),
            RequestStatus::Requested { .. } | RequestStatus::Expired => Some(Self::Unanswered),
            RequestStatus::Refused => Some(Self::Refused),
            RequestStatus::Given { .. } => None,
        }
    }

    /// The name in addresses, style classes and, behind `standing-`, in the catalogues.
    pub(crate) fn name(self) -> &'static str {
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
    pub(crate) fn key(self) -> String {
        format!("standing-{}", self.name())
    }

    /// Whether it can be used, or could again.
    pub(crate) fn is_current(self) -> bool {
        self.tab() == Tab::Current
    }

    /// Where a person finds it.
    pub(crate) fn tab(self) -> Tab {
        match self {
            Self::Waiting => Tab::Waiting,
            Self::Active | Self::Paused => Tab::Current,
            _ => Tab::Past,
        }
    }
}

/// The parts of the list of consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// What can be used, or could again.
    Current,
    /// What is over.
    Past,
    /// Questions without an answer.
    Waiting,
}

impl Tab {
    /// All of them, in the order of the page.
    pub(crate) const ALL: [Self; 3] = [Self::Current, Self::Past, Self::Waiting];

    /// The name in addresses and, behind `consents-tab-`, in the catalogues.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Past => "past",
            Self::Waiting => "waiting",
        }
    }
}
