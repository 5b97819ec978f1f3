//! What can be asked of the service component.

use assent_model::records::service::ServiceRegistration;
use assent_model::statement::Verified;

/// A command of the service component.
#[derive(Debug, Clone)]
pub enum ServiceCommand {
    /// A provider registers a version of a description.
    Register(Verified<ServiceRegistration>),
}
