//! Whom a message is for.

use assent_exchange::consent::state::{Consent, Request};
use assent_exchange::link::state::Link;
use assent_model::ids::{ConsentId, LinkId, RequestId, ServiceId};
use assent_storage::StoreError;

use crate::state_reader::StateReader;

/// The service that a consent, request or link concerns. Both records of a pair have events of
/// their own, so each service is told about its own record only.
///
/// # Errors
/// The state cannot be read.
pub(super) async fn service_of(
    state: &StateReader,
    subject: &str,
) -> Result<Option<ServiceId>, StoreError> {
    if let Ok(id) = subject.parse::<ConsentId>() {
        let consent = state.get::<Consent>(&id).await?;
        return Ok(consent.map(|consent| consent.service.service_id));
    }
    if let Ok(id) = subject.parse::<RequestId>() {
        let request = state.get::<Request>(&id).await?;
        return Ok(request.map(|request| request.service.service_id));
    }
    if let Ok(id) = subject.parse::<LinkId>() {
        let link = state.get::<Link>(&id).await?;
        return Ok(link.map(|link| link.service));
    }
    Ok(None)
}
