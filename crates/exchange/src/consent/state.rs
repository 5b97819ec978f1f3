//! What is remembered about requests and consents.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::ids::{ConsentId, LinkId, PartyId, RequestId, ServiceId, SurrogateId};
use assent_model::names::{ConceptId, DatasetId, PurposeId};
use assent_model::records::consent::{ResourceSet, UsageRules};
use assent_model::records::service::DescriptionRef;
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// What a person can choose from: for each dataset, what must and what may be given.
pub type Offer = BTreeMap<DatasetId, OfferedDataset>;

/// See [`Offer`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedDataset {
    /// Concepts without which the purpose cannot be served.
    pub required: BTreeSet<ConceptId>,
    /// Concepts that the person may leave out.
    pub optional: BTreeSet<ConceptId>,
}

/// A consent request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The service that asks.
    pub service: DescriptionRef,
    /// Its provider.
    pub provider: PartyId,
    /// The link that it asks over.
    pub link: LinkId,
    /// Who is asked.
    pub surrogate: SurrogateId,
    /// What may be done with the data.
    pub usage_rules: UsageRules,
    /// Where the data comes from.
    pub source: Option<DescriptionRef>,
    /// What can be chosen from.
    pub offer: Offer,
    /// The latest end that is offered.
    pub valid_until_max: Option<Timestamp>,
    /// Where it stands.
    pub status: RequestStatus,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestStatus {
    /// An answer is awaited.
    Requested {
        /// From this instant on it comes too late.
        answer_by: Timestamp,
    },
    /// Answered by this consent.
    Given {
        /// The requester's record.
        cr_id: ConsentId,
    },
    /// Answered with no.
    Refused,
    /// Not answered in time.
    Expired,
}

impl Piece for Request {
    const KIND: &'static str = "request";
    type Id = RequestId;
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose.
    pub surrogate: SurrogateId,
    /// The key that speaks for it.
    pub key: VerifyingKey,
    /// The service that the record is for.
    pub service: DescriptionRef,
    /// Its provider.
    pub provider: PartyId,
    /// The request that it answers.
    pub request: RequestId,
    /// What only this role has.
    pub role: Role,
    /// What may be done with the data.
    pub usage_rules: UsageRules,
    /// What may be delivered now.
    pub resource_set: ResourceSet,
    /// What cannot be dropped without withdrawing.
    pub required: BTreeSet<ConceptId>,
    /// Not before.
    pub valid_from: Timestamp,
    /// Not from then on.
    pub valid_until: Option<Timestamp>,
    /// Where it stands.
    pub status: Status,
    /// Digest of the last record of the chain.
    pub head: Digest,
    /// What the service owes after the end.
    pub closure: Closure,
}

/// What only one role has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The service uses its own data.
    Within {
        /// The link at the service.
        link: LinkId,
    },
    /// The service receives data.
    Sink {
        /// The link at the service.
        link: LinkId,
        /// The source's record.
        counterpart: ConsentId,
        /// The source.
        source: DescriptionRef,
    },
    /// The service hands data out.
    Source {
        /// The sink's record.
        counterpart: ConsentId,
        /// The sink.
        sink: DescriptionRef,
        /// The requester's key.
        pop_key: KeyId,
    },
}

impl Role {
    /// The other record of a pair.
    pub fn counterpart(&self) -> Option<ConsentId> {
        match self {
            Self::Within { .. } => None,
            Self::Sink { counterpart, .. } | Self::Source { counterpart, .. } => Some(*counterpart),
        }
    }

    /// The link that the ledger knows the record to hang on.
    pub fn link(&self) -> Option<LinkId> {
        match self {
            Self::Within { link } | Self::Sink { link, .. } => Some(*link),
            Self::Source { .. } => None,
        }
    }

    /// The key that must prove possession of a token for data of this source.
    pub fn holder(&self) -> Option<KeyId> {
        match self {
            Self::Within { .. } | Self::Sink { .. } => None,
            Self::Source { pop_key, .. } => Some(*pop_key),
        }
    }
}

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Data can be processed.
    Active,
    /// Paused.
    Disabled {
        /// Why, and so who can end the pause.
        cause: Pause,
    },
    /// Ended by the person.
    Withdrawn,
    /// Ended because another took its place.
    Superseded {
        /// The other.
        by: ConsentId,
    },
    /// Ended as agreed.
    Expired,
}

impl Status {
    /// Whether no record can change it any more.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Withdrawn | Self::Superseded { .. } | Self::Expired
        )
    }
}

/// Why a consent is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// The person (or the operator for the person) paused this consent.
    Person,
    /// The link of this consent, or of the other record of the pair, was removed; restoring it ends
    /// the pause.
    Link,
}

/// Who signed a status record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Author {
    /// The person.
    Person,
    /// The operator, for a person who lost the key.
    Operator,
}

/// What the service owes after the end of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closure {
    /// Nothing: the consent was not ended by the person.
    NotOwed,
    /// A signed acknowledgement.
    Owed {
        /// From this instant on the sequencer records that it is missing.
        by: Timestamp,
    },
    /// It came.
    Acknowledged {
        /// When.
        at: Timestamp,
    },
    /// It did not come by the deadline.
    Missed,
}

impl Piece for Consent {
    const KIND: &'static str = "consent";
    type Id = ConsentId;
}

impl Consent {
    /// Whether the consent is over for good at `now`, recorded or not yet.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.status.is_final() || self.valid_until.is_some_and(|end| end <= now)
    }

    /// Whether data can be processed at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.status == Status::Active && self.valid_from <= now && !self.has_ended(now)
    }

    /// All concepts that may be delivered.
    pub fn concepts(&self) -> BTreeSet<&ConceptId> {
        self.resource_set.values().flatten().collect()
    }
}

/// The place of one consent in force: a pseudonym has at most one at a service for a purpose and a
/// source. Purposes are named within a service, so its id is part of the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrantId {
    /// Who gave it.
    pub surrogate: SurrogateId,
    /// To which service.
    pub service: ServiceId,
    /// For what.
    pub purpose: PurposeId,
    /// From where.
    pub source: Option<ServiceId>,
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.surrogate, self.service, self.purpose)?;
        self.source.map_or(Ok(()), |source| write!(f, " {source}"))
    }
}

impl FromStr for GrantId {
    type Err = InvalidGrantId;

    fn from_str(text: &str) -> Result<Self, InvalidGrantId> {
        fn part<T: FromStr>(text: &str) -> Result<T, InvalidGrantId> {
            text.parse().map_err(|_| InvalidGrantId)
        }
        let parts: Vec<&str> = text.split(' ').collect();
        let (surrogate, service, purpose, source) = match parts[..] {
            [surrogate, service, purpose] => (surrogate, service, purpose, None),
            [surrogate, service, purpose, source] => (surrogate, service, purpose, Some(source)),
            _ => return Err(InvalidGrantId),
        };
        Ok(Self {
            surrogate: part(surrogate)?,
            service: part(service)?,
            purpose: part(purpose)?,
            source: source.map(part).transpose()?,
        })
    }
}

/// A text that does not name a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a grant")]
pub struct InvalidGrantId;

/// Which consent holds the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The requester's record.
    pub cr_id: ConsentId,
}

impl Piece for Grant {
    const KIND: &'static str = "grant";
    type Id = GrantId;
}
