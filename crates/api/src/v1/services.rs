//! Service descriptions.

use assent_model::ids::{PartyId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/services`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterService {
    /// A `ServiceRegistration` statement.
    pub registration: String,
    /// The description whose digest and outline the statement carries.
    pub description: serde_json::Value,
}

/// A version of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceView {
    /// Which service.
    #[schema(value_type = String)]
    pub service_id: ServiceId,
    /// Who offers it.
    #[schema(value_type = String)]
    pub provider: PartyId,
    /// Which version.
    pub version: u32,
    /// Whether no later version has superseded it.
    pub current: bool,
    /// The `ServiceRegistration` statement.
    pub registration: String,
    /// The description.
    pub description: serde_json::Value,
}
