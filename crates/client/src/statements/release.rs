//! Asking for a decision, and reporting a use.

use assent_api::v1::releases::{DecisionRequest, UseReport};
use assent_model::ids::ConsentId;
use assent_model::records::consent::ResourceSet;
use assent_model::statement::Verified;

use super::Signer;
use crate::keys::PartyKeys;
use crate::source::Grant;

impl Signer {
    /// What a source asks before it releases what a [`Grant`] covers.
    pub fn decision_request(
        &self,
        provider: &PartyKeys,
        grant: &Grant,
    ) -> Verified<DecisionRequest> {
        let request = DecisionRequest {
            cr_id: grant.cr_id(),
            holder: *grant.holder(),
            token: grant.token().clone(),
            purpose_id: grant.purpose_id().clone(),
            dataset_id: grant.dataset_id().clone(),
        };
        self.sign(&provider.signing, request)
    }

    /// What a requester says after it has processed data.
    pub fn use_report(
        &self,
        provider: &PartyKeys,
        cr_id: ConsentId,
        resource_set: ResourceSet,
    ) -> Verified<UseReport> {
        let report = UseReport {
            cr_id,
            resource_set,
        };
        self.sign(&provider.signing, report)
    }
}
