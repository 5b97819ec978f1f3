//! A consent as a receipt in the formats of others: for people and programs that know those
//! formats and not ours. What is signed stays the consent record; a receipt repeats what it says.
//!
//! Pure: the same input gives the same receipt, so that a wallet can make one without a node.

pub mod iso_27560;
pub mod kantara;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_model::description::{DataMapping, ProcessingBasis, Provider, ServiceDescription};
use assent_model::names::{ConceptId, DatasetId, Language};
use assent_model::records::consent::{ConsentRecord, ResourceSet};
use assent_model::time::Timestamp;
use assent_model::vocabulary::Resolution;
use serde::{Deserialize, Serialize};

use super::consents::pick;

/// `GET /v1/consents/{consent}/receipt?format=…`, with a request proof of the pseudonym or of the
/// service's provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceiptFormat {
    /// ISO/IEC TS 27560:2023 as JSON-LD with terms of the W3C Data Privacy Vocabulary.
    #[serde(rename = "iso-27560")]
    Iso27560,
    /// Kantara Consent Receipt Specification 1.1.
    #[serde(rename = "kantara-1.1")]
    Kantara11,
}

/// What a receipt is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReceiptSource<'a> {
    /// The consent record.
    pub record: &'a ConsentRecord,
    /// Digest of the signed consent record.
    pub record_digest: Digest,
    /// When it came into being.
    pub given_at: Timestamp,
    /// What may be delivered now, which can be less than at first.
    pub resource_set: &'a ResourceSet,
    /// What happened to it since, oldest first.
    pub history: &'a [Happening],
    /// The service that processes the data, as it was described when the consent was given.
    pub requester: &'a ServiceDescription,
    /// The service that hands the data out, when it is another.
    pub source: Option<&'a ServiceDescription>,
    /// Where people reach the node.
    pub node_url: &'a str,
    /// When the receipt is made.
    pub issued_at: Timestamp,
}

/// Something that changed a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub change: Change,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
}

/// How a consent can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Paused.
    Disabled,
    /// The pause ended.
    Enabled,
    /// Something was dropped from it.
    Narrowed,
    /// Ended by the person.
    Withdrawn,
    /// Another took its place.
    Superseded,
    /// Ended as agreed.
    Expired,
}

/// Who changed a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person.
    Person,
    /// The operator, for a person who lost the key.
    Operator,
    /// Time.
    Time,
}

/// The description does not have the purpose of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the description does not have the purpose of the consent record")]
pub struct PurposeMissing;

/// A concept that may be delivered.
struct Chosen<'a> {
    dataset: &'a DatasetId,
    concept: &'a ConceptId,
    name: &'a str,
    resolution: Option<Resolution>,
    is_required: bool,
}

impl<'a> ReceiptSource<'a> {
    fn language(&self) -> &'a Language {
        &self.record.common_part.notice.language
    }

    fn controller(&self) -> &'a Provider {
        &self.requester.provider
    }

    fn purpose(&self) -> Result<&'a ProcessingBasis, PurposeMissing> {
        let id = &self.record.common_part.usage_rules.purpose_id;
        self.requester.purpose(id).ok_or(PurposeMissing)
    }

    /// The data with the names that people know it by.
    fn chosen(&self, purpose: &'a ProcessingBasis) -> Vec<Chosen<'a>> {
        let holder = self.source.unwrap_or(self.requester);
        let of_dataset = |(dataset, concepts): (&'a DatasetId, &'a BTreeSet<ConceptId>)| {
            let described = holder
                .datasets
                .iter()
                .find(|described| described.dataset_id == *dataset);
            let mappings: &'a [DataMapping] =
                described.map_or(&[], |described| &described.data_mappings);
            concepts.iter().map(move |concept| {
                let mapping = mappings
                    .iter()
                    .find(|mapping| mapping.concept_id == *concept);
                Chosen {
                    dataset,
                    concept,
                    name: mapping.map_or(concept.as_str(), |mapping| {
                        pick(&mapping.name, self.language())
                    }),
                    resolution: described.and_then(|described| described.resolution),
                    is_required: purpose.required_concepts.contains(concept),
                }
            })
        };
        self.resource_set.iter().flat_map(of_dataset).collect()
    }
}

/// ISO 8601, in UTC.
fn iso_8601(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    instant.to_string()
}
