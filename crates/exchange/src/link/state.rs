//! What is remembered about links.

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{LinkId, PartyId, ServiceId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::link::LinkStatus;
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// The most consents that can be active on one link, so that one command of bounded size can pause
/// all of them when the link is removed.
pub const ACTIVE_CONSENTS_MAX: i64 = 256;

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
    /// Who holds that key: no record signed with it can say otherwise.
    pub custody: Custody,
    /// Whether it is in force.
    pub status: LinkStatus,
    /// Digest of the last record of its chain.
    pub head: Digest,
    /// How many consents that name this link are active. A source's records name a link only to
    /// the source, so they are not counted.
    pub active_consents: i64,
    /// How many are paused because the link was removed. While it is removed none is active.
    pub paused_consents: i64,
}

impl Link {
    /// Whether the person has removed it.
    pub fn is_removed(&self) -> bool {
        self.status == LinkStatus::Removed
    }

    /// Whether one more consent can become active.
    pub fn has_room(&self) -> bool {
        self.active_consents < ACTIVE_CONSENTS_MAX
    }
}

impl Piece for Link {
    const KIND: &'static str = "link";
    type Id = LinkId;
}
