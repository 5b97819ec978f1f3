//! What requester, person and services sign about a consent.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use assent_crypto::signature::KeyId;
use serde::{Deserialize, Serialize};

use super::Custody;
use super::service::DescriptionRef;
use crate::ids::{
    ConsentId, LinkId, PairId, PartyId, RequestId, ServiceId, StatusRecordId, SurrogateId,
};
use crate::names::{ConceptId, DatasetId, Language, PurposeId};
use crate::statement::Content;
use crate::time::Timestamp;
use crate::vocabulary::LegalBasis;

/// A requester's question. Signed with the provider's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    /// This question.
    pub request_id: RequestId,
    /// The organisation that asks.
    pub provider: PartyId,
    /// The service that wants to use the data, in the version that the form is built from.
    pub service: DescriptionRef,
    /// The link between that service and the person.
    pub slr_id: LinkId,
    /// The pseudonym that is asked.
    pub surrogate_id: SurrogateId,
    /// For one purpose of that description.
    pub purpose_id: PurposeId,
    /// Where the data comes from; absent when the service processes its own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<DescriptionRef>,
    /// Until when an answer is awaited.
    pub answer_by: Timestamp,
    /// The latest end that the requester offers; the person may choose an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_max: Option<Timestamp>,
}

impl Content for ConsentRequest {
    const TYP: Typ = Typ("assent-consent-request+jwt");
}

/// The person's no. Signed with the pseudonym's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRefusal {
    /// The question.
    pub request_id: RequestId,
    /// Who was asked.
    pub surrogate_id: SurrogateId,
}

impl Content for ConsentRefusal {
    const TYP: Typ = Typ("assent-consent-refusal+jwt");
}

/// The concepts that may be delivered, by the dataset that they come from. A dataset without
/// concepts does not stand in it.
pub type ResourceSet = BTreeMap<DatasetId, BTreeSet<ConceptId>>;

/// The notice that the person was shown: exactly this text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRef {
    /// In this language.
    pub language: Language,
    /// Version of the wording.
    pub version: u32,
    /// SHA-256 of the canonical notice.
    pub digest: Digest,
}

/// What may be done with the data. The full conditions are in the notice and in the description
/// whose digest the record carries; here stands what rules and services act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageRules {
    /// The purpose within the requester's description.
    pub purpose_id: PurposeId,
    /// On which ground of law.
    pub legal_basis: LegalBasis,
    /// Digest of the canonical processing basis as described: policy, storage, recipients,
    /// sharing, obligations, collection method, termination.
    pub conditions: Digest,
}

/// The consent record (CR) with the first status record in it: it starts *active*. Signed with
/// the pseudonym's key (the alias's key for a source). Everything that decides is in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecord {
    /// What both records of a pair share in kind.
    pub common_part: CommonPart,
    /// What only this role needs.
    pub role_specific_part: RolePart,
    /// The first link of the status chain.
    pub status_record: FirstStatus,
}

impl Content for ConsentRecord {
    const TYP: Typ = Typ("assent-cr+jwt");
}

/// See [`ConsentRecord`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonPart {
    /// This consent.
    pub cr_id: ConsentId,
    /// The pair that it belongs to, when data moves between services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cr_pair_id: Option<PairId>,
    /// The question that it answers.
    pub request_id: RequestId,
    /// Whose consent: the pseudonym at this service, or the pair's alias for a source.
    pub surrogate_id: SurrogateId,
    /// The service that this record is for.
    pub service: DescriptionRef,
    /// What may be delivered.
    pub resource_set: ResourceSet,
    /// What may be done with it.
    pub usage_rules: UsageRules,
    /// What the person was shown.
    pub notice: NoticeRef,
    /// Salted commitment to the form as the person submitted it.
    pub form: Digest,
    /// Not before.
    pub valid_from: Timestamp,
    /// Not from this instant on; absent for a consent without end date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Who holds the key that signs this.
    pub custody: Custody,
    /// The consent that this one replaces, ending it in the same instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Superseded>,
}

/// The end of an older consent's status chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superseded {
    /// The older consent.
    pub cr_id: ConsentId,
    /// Digest of the last record of its chain.
    pub prev: Digest,
}

/// What only one role needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RolePart {
    /// The service uses its own data.
    Within {
        /// The link at the service.
        slr_id: LinkId,
    },
    /// The service receives data.
    Sink {
        /// The link at the service.
        slr_id: LinkId,
        /// Where the data comes from.
        source: DescriptionRef,
        /// The source's record.
        source_cr_id: ConsentId,
        /// The pseudonym in the source's record: an alias made for this pair.
        source_surrogate_id: SurrogateId,
    },
    /// The service hands data out.
    Source {
        /// Salted commitment to the alias certificate, which names the link at the source.
        alias: Digest,
        /// To whom.
        sink: DescriptionRef,
        /// The sink's record.
        sink_cr_id: ConsentId,
        /// The requester's key that must prove possession of a token.
        pop_key: KeyId,
        /// The operator's key that must sign a token.
        token_issuer_key: KeyId,
    },
}

/// The first status record of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstStatus {
    /// This record.
    pub record_id: StatusRecordId,
    /// Always [`ConsentStatus::Active`].
    pub consent_status: ConsentStatus,
}

/// The status that a record declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentStatus {
    /// Data can be processed according to the rules of the consent.
    Active,
    /// Data processing is temporarily not allowed.
    Disabled,
    /// Data processing is permanently not allowed.
    Withdrawn,
}

/// A consent status record (CSR). Signed with the key that signed the consent record; a record
/// that disables or withdraws may instead be signed by the operator, for a person who lost that
/// key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentStatusRecord {
    /// This record.
    pub record_id: StatusRecordId,
    /// The consent.
    pub cr_id: ConsentId,
    /// Whose consent.
    pub surrogate_id: SurrogateId,
    /// From now on.
    pub consent_status: ConsentStatus,
    /// From now on; never more than before.
    pub resource_set: ResourceSet,
    /// Digest of the record before: the consent record, or the last status record.
    pub prev: Digest,
}

impl Content for ConsentStatusRecord {
    const TYP: Typ = Typ("assent-csr+jwt");
}

/// A service's confirmation that it has seen the end of a consent and acts on it. Signed with
/// the provider's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The consent that ended.
    pub cr_id: ConsentId,
    /// Digest of the record that ended it.
    pub status_digest: Digest,
    /// The service that acknowledges.
    pub service_id: ServiceId,
    /// Its provider, who signs.
    pub provider: PartyId,
}

impl Content for Acknowledgement {
    const TYP: Typ = Typ("assent-acknowledgement+jwt");
}
