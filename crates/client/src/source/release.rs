//! From a granted request to the data that leaves.

use std::collections::BTreeSet;

use assent_api::v1::releases::{Decision, TokenClaims};
use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::KeyId;
use assent_model::description::Dataset;
use assent_model::ids::{ConsentId, ReceiptId, ServiceId};
use assent_model::names::{ConceptId, DatasetId, Jti, PurposeId};
use assent_model::statement::CLOCK_SKEW_MAX;
use assent_model::time::{Span, Timestamp};
use serde_json::{Map, Value};

use super::Refusal;
use crate::chain_check::CheckedConsent;
use crate::document::SealedDocument;

/// The oldest block that a release may rest on.
const BLOCK_AGE_MAX: Span = Span::from_seconds(30);

/// A request that a consent covers, as far as the source can tell. Nothing may leave on its
/// strength alone: the node must be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    cr_id: ConsentId,
    sink_cr_id: ConsentId,
    sink: ServiceId,
    holder: KeyId,
    token: Jti,
    purpose_id: PurposeId,
    dataset_id: DatasetId,
    concepts: BTreeSet<ConceptId>,
}

impl Grant {
    pub(super) fn new(
        consent: &CheckedConsent,
        claims: &TokenClaims,
        dataset_id: &DatasetId,
        concepts: &BTreeSet<ConceptId>,
    ) -> Self {
        Self {
            cr_id: consent.cr_id(),
            sink_cr_id: claims.cr_id,
            sink: claims.client_id,
            holder: claims.cnf.jkt,
            token: claims.jti.clone(),
            purpose_id: consent.purpose_id().clone(),
            dataset_id: dataset_id.clone(),
            concepts: concepts.clone(),
        }
    }

    /// Turns the node's yes into a release of what both the consent and the node allow.
    ///
    /// # Errors
    /// The node says no, or its answer cannot be relied on.
    pub fn release(self, decision: &Decision, now: Timestamp) -> Result<Release, Refusal> {
        if !decision.allowed {
            return Err(Refusal::NotAllowed);
        }
        let receipt_id = decision.receipt_id.ok_or(Refusal::DecisionInvalid)?;
        let block_time = Timestamp::from_millis(decision.time);
        let oldest = now - CLOCK_SKEW_MAX - BLOCK_AGE_MAX;
        if block_time < oldest || block_time > now + CLOCK_SKEW_MAX {
            return Err(Refusal::DecisionInvalid);
        }
        let allowed = decision.resource_set.get(&self.dataset_id);
        let concepts: BTreeSet<ConceptId> = allowed
            .into_iter()
            .flat_map(|allowed| self.concepts.intersection(allowed))
            .cloned()
            .collect();
        if concepts.is_empty() {
            return Err(Refusal::DecisionInvalid);
        }
        Ok(Release {
            grant: Self { concepts, ..self },
            receipt_id,
        })
    }

    /// The source's record.
    pub fn cr_id(&self) -> ConsentId {
        self.cr_id
    }

    /// The service that asks.
    pub fn sink(&self) -> ServiceId {
        self.sink
    }

    /// The key that proved possession of the token.
    pub fn holder(&self) -> &KeyId {
        &self.holder
    }

    /// The token.
    pub fn token(&self) -> &Jti {
        &self.token
    }

    /// The purpose that the data may be used for.
    pub fn purpose_id(&self) -> &PurposeId {
        &self.purpose_id
    }

    /// The dataset that was asked for.
    pub fn dataset_id(&self) -> &DatasetId {
        &self.dataset_id
    }

    /// What of it may leave.
    pub fn concepts(&self) -> &BTreeSet<ConceptId> {
        &self.concepts
    }
}

/// A release that the node has decided on and written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    grant: Grant,
    receipt_id: ReceiptId,
}

impl Release {
    /// What is released.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The receipt, durable before the answer of the node was sent.
    pub fn receipt_id(&self) -> ReceiptId {
        self.receipt_id
    }

    /// Drops every field that the person did not consent to. The fields are named by property or
    /// by concept, as `dataset` maps them; a name that can be read both ways stays only if both
    /// are consented, and one that `dataset` does not know never does.
    pub fn enforce(&self, dataset: &Dataset, data: Map<String, Value>) -> Map<String, Value> {
        if dataset.dataset_id != self.grant.dataset_id {
            return Map::new();
        }
        data.into_iter()
            .filter(|(name, _)| self.covers(dataset, name))
            .collect()
    }

    fn covers(&self, dataset: &Dataset, name: &str) -> bool {
        let mut meanings = dataset
            .data_mappings
            .iter()
            .filter(|mapping| mapping.property == name || mapping.concept_id.as_str() == name)
            .map(|mapping| &mapping.concept_id)
            .peekable();
        meanings.peek().is_some() && meanings.all(|concept| self.grant.concepts.contains(concept))
    }

    /// Seals a document to the sink's provider. Pass what [`Release::enforce`] left.
    pub fn seal_document(&self, sink: &SealingKey, content: &[u8]) -> SealedDocument {
        let Grant {
            sink_cr_id,
            dataset_id,
            ..
        } = &self.grant;
        SealedDocument::seal(sink, *sink_cr_id, dataset_id, self.receipt_id, content)
    }
}
