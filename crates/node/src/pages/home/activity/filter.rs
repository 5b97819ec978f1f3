//! What of the timeline is wanted.

use assent_model::ids::ServiceId;
use assent_model::records::release::UseAction;
use assent_model::time::{Span, Timestamp};
use serde::Deserialize;

use crate::holdings::{Happening, Standing, What};
use crate::pages::dates::end_of;
use crate::pages::home::telling::Moment;

/// What `GET /home/activity` and its exports take.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) service: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) home: String,
    /// The first day.
    pub(super) from: String,
    /// The last day.
    pub(super) to: String,
    /// Where the page before ended.
    pub(super) before: String,
}

impl Asked {
    /// What an address has to say to ask for the same again, from the beginning.
    pub(super) fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("service", &self.service),
            ("kind", &self.kind),
            ("status", &self.status),
            ("home", &self.home),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.fields().iter().any(|(_, value)| !value.is_empty())
    }
}

/// The kinds of things that happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A service asked, and what became of that.
    Question,
    /// A consent changed.
    Change,
    /// Data was used.
    Access,
    /// Data was wanted and not given.
    Refusal,
    /// A service said that it has seen an end, or did not.
    Closing,
    /// Links with services.
    Link,
    /// The account and its keys.
    Account,
    /// Somebody whom the person has invited did something.
    Delegate,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Access,
        Self::Refusal,
        Self::Change,
        Self::Question,
        Self::Closing,
        Self::Link,
        Self::Account,
        Self::Delegate,
    ];

    /// The name in addresses and, behind `activity-kind-`, in the catalogues.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Change => "change",
            Self::Access => "access",
            Self::Refusal => "refusal",
            Self::Closing => "closing",
            Self::Link => "link",
            Self::Account => "account",
            Self::Delegate => "delegate",
        }
    }

    pub(super) fn of(happening: &Happening) -> Self {
        match &happening.what {
            What::Asked | What::Refused | What::RequestExpired => Self::Question,
            What::Given
            | What::Affirmed
            | What::Superseded
            | What::Narrowed
            | What::Paused(_)
            | What::Resumed(_)
            | What::Withdrawn(_)
            | What::Expired => Self::Change,
            What::Used(used) if used.action == UseAction::Refused => Self::Refusal,
            What::Used(_) => Self::Access,
            What::Acknowledged | What::Missed => Self::Closing,
            What::Linked | What::LinkRemoved | What::LinkRestored => Self::Link,
            What::Registered | What::KeysRotated | What::Recovered | What::Deactivated => {
                Self::Account
            }
        }
    }
}

/// What was asked for, read.
pub(super) struct Wanted {
    /// Only what concerns this service; `Err` where what was asked names none.
    pub(super) service: Option<Result<ServiceId, ()>>,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) home: String,
    from: Timestamp,
    /// Before this instant.
    to: Option<Timestamp>,
    pub(super) before: Option<Moment>,
    pub(super) is_no_day: bool,
}

impl Wanted {
    pub(super) fn read(asked: &Asked) -> Self {
        let service = (!asked.service.is_empty()).then(|| asked.service.parse().map_err(|_| ()));
        let [from, to] = [&asked.from, &asked.to].map(|day| end_of(day));
        let is_no_day = [(&asked.from, from), (&asked.to, to)]
            .iter()
            .any(|(typed, day)| !typed.is_empty() && day.is_none());
        Self {
            service,
            kind: asked.kind.clone(),
            status: asked.status.clone(),
            home: asked.home.clone(),
            // A day begins when the day before it ends.
            from: from.map_or(Timestamp::default(), |end| end - Span::from_days(1)),
            to,
            before: Moment::parse(&asked.before),
            is_no_day,
        }
    }

    /// Whether something at this time and of this kind is wanted.
    pub(super) fn takes(&self, at: Timestamp, kind: Kind) -> bool {
        self.from <= at
            && self.to.is_none_or(|to| at < to)
            && (self.kind.is_empty() || self.kind == kind.name())
    }

    /// Whether everything is wanted.
    pub(super) fn is_open(&self) -> bool {
        let named = [&self.kind, &self.status, &self.home];
        let is_any_time = self.from == Timestamp::default() && self.to.is_none();
        is_any_time && self.service.is_none() && named.iter().all(|name| name.is_empty())
    }

    /// Whether something that has to do with some services and with a home is wanted.
    pub(super) fn takes_those_of(
        &self,
        concerns: impl Fn(ServiceId) -> bool,
        is_at: impl Fn(&str) -> bool,
    ) -> bool {
        let is_of = |service: &Result<ServiceId, ()>| service.is_ok_and(&concerns);
        self.service.as_ref().is_none_or(is_of) && (self.home.is_empty() || is_at(&self.home))
    }

    /// Whether something that stands there is wanted.
    pub(super) fn takes_standing(&self, standing: Option<Standing>) -> bool {
        self.status.is_empty() || standing.is_some_and(|found| found.name() == self.status)
    }
}
