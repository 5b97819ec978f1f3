//! What an organisation signs about a service that it offers.

use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use serde::{Deserialize, Serialize};

use crate::ids::{PartyId, ServiceId};
use crate::names::{ConceptId, DatasetId, PurposeId};
use crate::statement::Content;
use crate::vocabulary::{LegalBasis, Resolution};

/// The most datasets that a description may have.
pub const DATASETS_MAX: usize = 64;
/// The most purposes that a description may have.
pub const PURPOSES_MAX: usize = 64;
/// The most concepts that one dataset may hold, and that one purpose may name.
pub const CONCEPTS_MAX: usize = 256;

/// One version of one description.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescriptionRef {
    /// Whose description.
    pub service_id: ServiceId,
    /// Which version, from 1.
    pub version: u32,
    /// SHA-256 of the canonical description.
    pub digest: Digest,
}

/// Registers a version of a service description, superseding the one before. Signed with the
/// provider's signing key. The description itself travels beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRegistration {
    /// The organisation that offers the service.
    pub provider: PartyId,
    /// The version that this registers.
    pub description: DescriptionRef,
    /// What rules read of the description.
    pub outline: Outline,
}

impl Content for ServiceRegistration {
    const TYP: Typ = Typ("assent-service-registration+jwt");
}

/// The part of a description that rules read: which concepts each dataset holds and what each
/// purpose needs. Derived from the description, so that anyone can compare them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// Datasets in the order of the description.
    pub datasets: Vec<DatasetOutline>,
    /// Purposes in the order of the description.
    pub purposes: Vec<PurposeOutline>,
}

/// A dataset and the concepts that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetOutline {
    /// Which dataset.
    pub dataset_id: DatasetId,
    /// What is in it.
    pub concepts: BTreeSet<ConceptId>,
    /// How fine it is, where it is a stream; absent where it is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// A purpose and the concepts that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeOutline {
    /// Which purpose.
    pub purpose_id: PurposeId,
    /// On which ground of law. Only purposes based on consent can be asked for.
    pub legal_basis: LegalBasis,
    /// Digest of the canonical processing basis, all conditions included.
    pub conditions: Digest,
    /// Without these there is no use for the rest.
    pub required: BTreeSet<ConceptId>,
    /// The person may leave these out.
    pub optional: BTreeSet<ConceptId>,
    /// How fine streams have to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// Why a concept is read from no dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderMissing {
    /// No dataset holds it.
    Concept,
    /// Streams hold it, and none is as fine as wanted.
    Resolution,
}

impl Outline {
    /// The purpose with this id.
    pub fn purpose(&self, id: &PurposeId) -> Option<&PurposeOutline> {
        self.purposes
            .iter()
            .find(|purpose| purpose.purpose_id == *id)
    }

    /// The dataset that a concept is read from where streams are wanted at `wanted`.
    ///
    /// A concept that a stream holds comes from the first stream that is exactly as fine as wanted,
    /// and from nothing else: finer would say more than was asked, coarser less than is needed. Where
    /// nothing is wanted, documents come before streams and coarse streams before fine ones. Of several
    /// alike it is the first.
    ///
    /// # Errors
    /// See [`HolderMissing`].
    pub fn holder(
        &self,
        concept: &ConceptId,
        wanted: Option<Resolution>,
    ) -> Result<&DatasetOutline, HolderMissing> {
        let has = |dataset: &&DatasetOutline| dataset.concepts.contains(concept);
        let mut holders = self.datasets.iter().filter(has);
        let is_stream = |dataset: &DatasetOutline| dataset.resolution.is_some();
        if wanted.is_some() && holders.clone().any(is_stream) {
            let found = holders.find(|dataset| dataset.resolution == wanted);
            return found.ok_or(HolderMissing::Resolution);
        }
        let coarsest = holders.min_by_key(|dataset| dataset.resolution);
        coarsest.ok_or(HolderMissing::Concept)
    }

    /// Whether it is small enough to be matched against another outline in bounded time.
    pub fn is_within_bounds(&self) -> bool {
        let mut concepts_of_datasets = self.datasets.iter().map(|dataset| dataset.concepts.len());
        let mut concepts_of_purposes = self
            .purposes
            .iter()
            .map(|purpose| purpose.required.len() + purpose.optional.len());
        self.datasets.len() <= DATASETS_MAX
            && self.purposes.len() <= PURPOSES_MAX
            && concepts_of_datasets.all(|concepts| concepts <= CONCEPTS_MAX)
            && concepts_of_purposes.all(|concepts| concepts <= CONCEPTS_MAX)
    }
}
