//! Service descriptions: what an organisation says about a service, in full.
//!
//! The description is public. Its [`outline`](ServiceDescription::outline) is what rules read and
//! what the provider signs beside the digest of the whole.

mod logo;
mod minimum_age;

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::ids::{PartyId, ServiceId};
use crate::names::{ConceptId, DatasetId, Language, PurposeId};
use crate::records::service::{DatasetOutline, DescriptionRef, Outline, PurposeOutline};
use crate::vocabulary::{
    CollectionMethod, LegalBasis, ProcessingCategory, PurposeCategory, Recipient, Resolution,
    StorageDuration, StorageLocation, ValueKind,
};

pub use logo::{Logo, LogoError};
pub use minimum_age::{MinimumAge, MinimumAgeError};

/// The same text in several languages. Holds at least one.
pub type Texts = BTreeMap<Language, String>;

/// One version of a service description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceDescription {
    /// Which service.
    pub service_id: ServiceId,
    /// From 1, each version one more.
    pub version: u32,
    /// What people call it.
    pub name: String,
    /// The picture beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// What it does.
    pub description: Texts,
    /// Keywords for search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Who offers it: the data controller.
    pub provider: Provider,
    /// Where it is reached.
    pub instance: ServiceInstance,
    /// From which age a person may consent to its purposes by themselves. Absent where the service
    /// has no such rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<MinimumAge>,
    /// What data it holds or can take in.
    pub datasets: Vec<Dataset>,
    /// What it processes data for.
    pub purposes: Vec<ProcessingBasis>,
}

/// The organisation behind a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its party.
    pub party_id: PartyId,
    /// Its number in a public register.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Country code (ISO 3166-1 alpha-2) of the law that it answers to.
    pub jurisdiction: String,
    /// Where people write to it.
    pub contact: String,
    /// Where people write to its data protection officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_protection_officer: Option<String>,
    /// Its representative in the Union, when it sits outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<String>,
    /// The authority that hears complaints.
    pub supervisory_authority: String,
}

/// Addresses of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceInstance {
    /// Its home page.
    pub url: String,
    /// Where a person returns after linking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linking_redirect_uris: Vec<String>,
    /// Where a person returns after answering a consent request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent_redirect_uris: Vec<String>,
    /// Where consented data is fetched; `{dataset}` stands for the dataset id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_endpoint: Option<String>,
}

/// A dataset: a set of concepts that are stored and delivered together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its id within this description.
    pub dataset_id: DatasetId,
    /// What people call it.
    pub title: Texts,
    /// What it is.
    pub description: Texts,
    /// Who publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Where to ask about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_point: Option<String>,
    /// Keywords for search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// The place that it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spatial: Option<String>,
    /// The standard that its structure follows, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_structure_specification: Option<String>,
    /// Day of first publication (ISO 8601).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// Day of the last change (ISO 8601).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// How fine it is, where it is a stream: what a device publishes while it measures. Absent where
    /// it is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Which field holds which concept.
    pub data_mappings: Vec<DataMapping>,
}

/// One field of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataMapping {
    /// The name of the field in the service's own data.
    pub property: String,
    /// What it means.
    pub concept_id: ConceptId,
    /// What people call it.
    pub name: Texts,
    /// What kind of value it holds.
    pub kind: ValueKind,
}

/// A purpose and all conditions of processing for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessingBasis {
    /// Its id within this description.
    pub purpose_id: PurposeId,
    /// What people call it.
    pub name: Texts,
    /// What is done and what the person gets from it, in plain words.
    pub description: Texts,
    /// The kind of purpose.
    pub category: PurposeCategory,
    /// On which ground of law.
    pub legal_basis: LegalBasis,
    /// What is done with the data.
    pub processing_categories: BTreeSet<ProcessingCategory>,
    /// Without these concepts the purpose cannot be served.
    pub required_concepts: BTreeSet<ConceptId>,
    /// The person may leave these out.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub optional_concepts: BTreeSet<ConceptId>,
    /// How fine streams have to be for it. Where it says nothing, the coarsest do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// The privacy policy.
    pub policy: Policy,
    /// Where and for how long data is kept.
    pub storage: Storage,
    /// Who receives it.
    pub recipients: BTreeSet<Recipient>,
    /// Named organisations that it is shared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub share_with: Vec<ShareWith>,
    /// What the service promises to do when something happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// How data comes to the service.
    pub collection_method: CollectionMethod,
    /// What happens to the data when the consent ends.
    pub termination: Texts,
    /// Automated decisions and their logic, when there are any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub automated_decisions: Texts,
    /// What follows from not giving the data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consequences_of_refusal: Texts,
    /// Significant risks, plausible but not obvious (ISO/IEC 29184).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub risks: Texts,
    /// Whether special categories of data are among them (GDPR article 9).
    #[serde(default)]
    pub special_categories: bool,
}

/// A privacy policy, pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Where to read it.
    pub policy_ref: String,
    /// Its version.
    pub policy_version: String,
    /// SHA-256 of its bytes.
    pub policy_hash: Digest,
}

/// Where and for how long data is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Where.
    pub location: StorageLocation,
    /// For how long.
    pub duration: StorageDuration,
    /// The period in words, such as "13 months".
    pub period: Texts,
}

/// An organisation that data is shared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareWith {
    /// Its name.
    pub org_name: String,
    /// Its home page.
    pub org_url: String,
    /// What business it is in.
    pub business_type: String,
    /// Whether the purpose cannot be served without.
    pub required: bool,
}

/// A promise bound to an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// When this happens,
    pub event: String,
    /// the service does this.
    pub activity: String,
}

/// Why a description cannot be registered. In checking order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum DescriptionError {
    /// Two datasets have one id.
    #[error("two datasets have the id {0}")]
    DatasetRepeated(DatasetId),
    /// One concept stands twice in a dataset.
    #[error("the concept {0} stands twice in one dataset")]
    ConceptRepeated(ConceptId),
    /// Two purposes have one id.
    #[error("two purposes have the id {0}")]
    PurposeRepeated(PurposeId),
    /// A purpose needs no data.
    #[error("the purpose {0} requires no concept")]
    PurposeEmpty(PurposeId),
    /// A concept is both required and optional.
    #[error("the concept {0} is both required and optional")]
    ConceptRequiredAndOptional(ConceptId),
    /// A text that people are shown is missing in all languages.
    #[error("the text `{0}` has no language")]
    TextMissing(&'static str),
}

impl ServiceDescription {
    /// The reference that records carry.
    pub fn reference(&self) -> DescriptionRef {
        DescriptionRef {
            service_id: self.service_id,
            version: self.version,
            digest: Digest::of(&canonical::encode(self)),
        }
    }

    /// The purpose with this id.
    pub fn purpose(&self, id: &PurposeId) -> Option<&ProcessingBasis> {
        self.purposes
            .iter()
            .find(|purpose| purpose.purpose_id == *id)
    }

    /// What rules read.
    pub fn outline(&self) -> Outline {
        Outline {
            datasets: self.datasets.iter().map(Dataset::outline).collect(),
            purposes: self.purposes.iter().map(ProcessingBasis::outline).collect(),
        }
    }

    /// Checks what a JSON Schema cannot say.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), DescriptionError> {
        self.check_datasets()?;
        self.check_purposes()?;
        self.check_texts()
    }

    fn check_datasets(&self) -> Result<(), DescriptionError> {
        let ids = self.datasets.iter().map(|dataset| &dataset.dataset_id);
        if let Some(id) = first_repeated(ids) {
            return Err(DescriptionError::DatasetRepeated(id.clone()));
        }
        let mut concepts = self.datasets.iter().map(Dataset::concepts);
        match concepts.find_map(first_repeated) {
            Some(id) => Err(DescriptionError::ConceptRepeated(id.clone())),
            None => Ok(()),
        }
    }

    fn check_purposes(&self) -> Result<(), DescriptionError> {
        let ids = self.purposes.iter().map(|purpose| &purpose.purpose_id);
        if let Some(id) = first_repeated(ids) {
            return Err(DescriptionError::PurposeRepeated(id.clone()));
        }
        let is_empty = |purpose: &&ProcessingBasis| purpose.required_concepts.is_empty();
        if let Some(purpose) = self.purposes.iter().find(is_empty) {
            return Err(DescriptionError::PurposeEmpty(purpose.purpose_id.clone()));
        }
        match self.purposes.iter().find_map(ProcessingBasis::ambiguous) {
            Some(id) => Err(DescriptionError::ConceptRequiredAndOptional(id.clone())),
            None => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), DescriptionError> {
        if self.description.is_empty() {
            return Err(DescriptionError::TextMissing("description"));
        }
        if self.datasets.iter().any(|dataset| dataset.title.is_empty()) {
            return Err(DescriptionError::TextMissing("title of a dataset"));
        }
        let lacks_text = |purpose: &ProcessingBasis| {
            [&purpose.name, &purpose.description, &purpose.termination]
                .into_iter()
                .any(BTreeMap::is_empty)
        };
        if self.purposes.iter().any(lacks_text) {
            return Err(DescriptionError::TextMissing(
                "name, description or termination of a purpose",
            ));
        }
        Ok(())
    }
}

fn first_repeated<'a, T: Ord + 'a>(items: impl IntoIterator<Item = &'a T>) -> Option<&'a T> {
    let mut seen = BTreeSet::new();
    items.into_iter().find(|item| !seen.insert(*item))
}

impl Dataset {
    fn concepts(&self) -> impl Iterator<Item = &ConceptId> {
        self.data_mappings.iter().map(|mapping| &mapping.concept_id)
    }

    fn outline(&self) -> DatasetOutline {
        DatasetOutline {
            dataset_id: self.dataset_id.clone(),
            concepts: self.concepts().cloned().collect(),
            resolution: self.resolution,
        }
    }
}

impl ProcessingBasis {
    /// The digest that usage rules carry.
    pub fn digest(&self) -> Digest {
        Digest::of(&canonical::encode(self))
    }

    fn outline(&self) -> PurposeOutline {
        PurposeOutline {
            purpose_id: self.purpose_id.clone(),
            legal_basis: self.legal_basis,
            conditions: self.digest(),
            required: self.required_concepts.clone(),
            optional: self.optional_concepts.clone(),
            resolution: self.resolution,
        }
    }

    /// A concept that is both required and optional.
    fn ambiguous(&self) -> Option<&ConceptId> {
        self.required_concepts
            .intersection(&self.optional_concepts)
            .next()
    }
}
