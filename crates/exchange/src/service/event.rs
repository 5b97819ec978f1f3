//! What can happen to a service.

use assent_model::records::service::ServiceRegistration;
use assent_model::statement::Recorded;
use serde::{Deserialize, Serialize};

/// An event of the service component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ServiceEvent {
    /// A version was registered; the one before is superseded.
    Registered {
        /// The signed registration.
        registration: Recorded<ServiceRegistration>,
    },
}
