//! What is remembered about links.

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{LinkId, PartyId, ServiceId, SurrogateId};
use assent_model::records::link::LinkStatus;
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// A service link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// With which service.
    pub service: ServiceId,
    /// Its provider.
    pub provider: PartyId,
    /// Under which pseudonym.
    pub surrogate: SurrogateId,
    /// The pseudonym's key, pinned by the service when it linked.
    pub key: VerifyingKey,
    /// Whether it is in force.
    pub status: LinkStatus,
    /// Digest of the last record of its chain.
    pub head: Digest,
    /// How many consents that name this link are active. A source's records name a link only to
    /// the source, so they are not counted.
    pub active_consents: i64,
    /// How many are paused because the link was removed.
    pub paused_consents: i64,
}

impl Link {
    /// Whether the person has removed it.
    pub fn is_removed(&self) -> bool {
        self.status == LinkStatus::Removed
    }
}

impl Piece for Link {
    const KIND: &'static str = "link";
    type Id = LinkId;
}
