//! Service links.

use assent_model::ids::{LinkId, ServiceId, SurrogateId};
use assent_model::records::link::LinkStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consents::ChangeStatus;

/// `POST /v1/links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLink {
    /// A `LinkRecord` statement (SLR), signed by the pseudonym.
    pub record: String,
    /// A `LinkCountersignature` statement, signed by the provider.
    pub countersignature: String,
}

/// `POST /v1/links/{link}/statuses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLink {
    /// A `LinkStatusRecord` statement (SSR).
    pub record: String,
    /// One change for each consent that is paused or resumed with the link.
    #[serde(default)]
    pub consents: Vec<ChangeStatus>,
}

/// A link with its chain of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// The link.
    #[schema(value_type = String)]
    pub slr_id: LinkId,
    /// The pseudonym.
    #[schema(value_type = String)]
    pub surrogate_id: SurrogateId,
    /// The service.
    #[schema(value_type = String)]
    pub service_id: ServiceId,
    /// `active` or `removed`.
    #[schema(value_type = String)]
    pub status: LinkStatus,
    /// Digest of the last record, for the next one's `prev`.
    #[schema(value_type = String)]
    pub head: assent_crypto::digest::Digest,
    /// The SLR.
    pub record: String,
    /// The service's signature over it.
    pub countersignature: String,
    /// The SSRs, oldest first.
    pub statuses: Vec<String>,
}
