//! All events.

use serde::{Deserialize, Serialize};

use crate::consent::event::ConsentEvent;
use crate::identity::event::IdentityEvent;
use crate::link::event::LinkEvent;
use crate::release::event::ReleaseEvent;
use crate::service::event::ServiceEvent;
use crate::stream::event::StreamEvent;

/// What happened. Its canonical JSON stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "component", content = "what", rename_all = "kebab-case")]
pub enum Event {
    /// To the chain's parameters or a party.
    Identity(IdentityEvent),
    /// To a service.
    Service(ServiceEvent),
    /// To a link.
    Link(LinkEvent),
    /// To a request or a consent.
    Consent(ConsentEvent),
    /// To what was done with consents.
    Release(ReleaseEvent),
    /// To a stream.
    Stream(StreamEvent),
}
