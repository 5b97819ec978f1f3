//! The mailbox of this very node, for somebody who is signed in at it.

use assent_api::request_proof::Actor;
use assent_api::v1::pairings::{AttemptBegun, AttemptView, Hello, Nameplate, PairingMessage};
use assent_api::v1::streams::StreamView;
use assent_client::pairing::Mailbox;
use assent_model::ids::{PartyId, StreamId, SurrogateId};

use crate::http::failure::Failure;
use crate::http::v1::pairings;
use crate::node::Node;
use crate::pairings::Origin;

/// The mailbox, and in whose name it is used.
pub(super) struct OwnMailbox<'n> {
    pub(super) node: &'n Node,
    /// On whose account attempts are counted.
    pub(super) party: PartyId,
    /// Who will hold the stream.
    pub(super) holder: SurrogateId,
}

/// What the mailbox answers instead.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.problem().code)]
pub(super) struct Answered(pub(super) Failure);

impl From<Failure> for Answered {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl Mailbox for OwnMailbox<'_> {
    type Error = Answered;

    async fn begin(&self, plate: Nameplate, hello: Hello) -> Result<AttemptBegun, Answered> {
        let (origin, now) = (Origin::Person(self.party), self.node.clock.now());
        let pairings = &self.node.pairings;
        Ok(pairings.begin(origin, self.holder, plate, hello, now)?)
    }

    async fn follow(
        &self,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> Result<AttemptView, Answered> {
        let (who, now) = (Actor::Surrogate(self.holder), || self.node.clock.now());
        let view = (self.node.pairings).follow(who, plate, attempt, seen, now);
        Ok(view.await?)
    }

    async fn say(
        &self,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> Result<AttemptView, Answered> {
        let (who, now) = (Actor::Surrogate(self.holder), self.node.clock.now());
        Ok((self.node.pairings).say(who, plate, attempt, message, now)?)
    }

    async fn stream(&self, stream: StreamId) -> Result<StreamView, Answered> {
        Ok(pairings::view(self.node, stream).await?)
    }
}
