//! What the service says about itself: the template beside this crate, with its own addresses.

use assent_model::description::{DescriptionError, ServiceDescription};
use assent_model::ids::{PartyId, ServiceId};
use serde_json::{Value, json};

/// The description, without ids and with `{origin}` where its own address goes.
pub const TEMPLATE: &str = include_str!("../insights.json");
/// The description of a source of streams, as a grid company would register it.
pub const SOURCE: &str = include_str!("../home-meter.json");
/// The privacy statement that the description pins.
pub const POLICY: &str = include_str!("../policies/insights.md");

/// What people are asked for.
pub const PURPOSE: &str = "live-energy";
/// Where people come back to after linking.
pub const LINKED: &str = "/linked";
/// Where people come back to after answering.
pub const ANSWERED: &str = "/answered";

/// Why a description cannot be made of a template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no description.
    #[error("the template is not a description")]
    Json(#[from] serde_json::Error),
    /// It contradicts itself.
    #[error("the description contradicts itself")]
    Description(#[from] DescriptionError),
}

/// The description of a service at `origin`.
///
/// # Errors
/// The template is not one.
pub fn fill(
    template: &str,
    origin: &str,
    provider: PartyId,
    service: ServiceId,
    version: u32,
) -> Result<ServiceDescription, TemplateError> {
    let mut value: Value = serde_json::from_str(&template.replace("{origin}", origin))?;
    value["service_id"] = json!(service);
    value["version"] = json!(version);
    value["provider"]["party_id"] = json!(provider);
    let description: ServiceDescription = serde_json::from_value(value)?;
    description.check()?;
    Ok(description)
}
