//! What an organisation signs about a service.

use assent_api::v1::services::RegisterService;
use assent_model::description::{DescriptionError, ServiceDescription};
use assent_model::records::service::ServiceRegistration;
use assent_model::statement::STATEMENT_BYTES_MAX;

use super::Signer;
use crate::keys::PartyKeys;

/// Why a description cannot be registered. In checking order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterServiceError {
    /// The description names another party as the provider.
    #[error("the description names another provider")]
    OtherProvider,
    /// The description contradicts itself.
    #[error("the description is not valid")]
    Description(#[from] DescriptionError),
    /// There are more datasets, purposes or concepts than a node accepts.
    #[error("the outline of the description is too large")]
    TooLarge,
}

impl Signer {
    /// Registers a version of a description.
    ///
    /// # Errors
    /// The first thing that is wrong with the description.
    pub fn register_service(
        &self,
        provider: &PartyKeys,
        description: &ServiceDescription,
    ) -> Result<RegisterService, RegisterServiceError> {
        if description.provider.party_id != provider.party_id() {
            return Err(RegisterServiceError::OtherProvider);
        }
        description.check()?;
        let outline = description.outline();
        if !outline.is_within_bounds() {
            return Err(RegisterServiceError::TooLarge);
        }
        let registration = ServiceRegistration {
            provider: provider.party_id(),
            description: description.reference(),
            outline,
        };
        let registration = self.sign(&provider.signing, registration);
        if registration.compact().len() > STATEMENT_BYTES_MAX {
            return Err(RegisterServiceError::TooLarge);
        }
        Ok(RegisterService {
            registration: registration.compact().to_owned(),
            description: serde_json::to_value(description)
                .expect("descriptions hold integers, text, lists and maps"),
        })
    }
}
