//! Pairing meters for a person whose keys the operator keeps: the node enters the code, through the
//! mailbox that it keeps for everybody.

use std::sync::Arc;

use assent_api::request_proof::Actor;
use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, Nameplate, Offer, OfferView, PairingMessage, PairingRefusal,
};
use assent_api::v1::streams::StreamView;
use assent_client::keys::{Pseudonym, WalletStream};
use assent_client::pairing::{EnterError, Mailbox, PairingCode, enter};
use assent_client::statements::Signer;
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{PartyId, StreamId, SurrogateId};

use super::{granting, keeping, signer, wallet};
use crate::http::failure::Failure;
use crate::http::v1::pairings;
use crate::node::Node;
use crate::pairings::Origin;

/// The code of a refusal to end what has ended.
const CLOSED: &str = "stream-closed";

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    /// The meter is the person's.
    Paired(StreamId),
    /// It is not.
    Refused(PairingRefusal),
    /// The meter was told everything and went silent: it may be the person's yet.
    Unanswered,
}

/// A meter that a person has, or had.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Its stream.
    pub(crate) stream_id: StreamId,
    /// What it was called when it was paired.
    pub(crate) label: String,
    /// The stream as of the newest block.
    pub(crate) stream: Arc<Stream>,
}

impl Meter {
    /// Whether it is paired.
    pub(crate) fn is_open(&self) -> bool {
        self.stream.status == StreamStatus::Open
    }
}

/// What a meter offers that shows this code.
///
/// # Errors
/// None does, or this person asks too often.
pub(crate) fn look_up(node: &Node, party: PartyId, plate: Nameplate) -> Result<OfferView, Failure> {
    let now = node.clock.now();
    node.pairings.look_up(Origin::Person(party), plate, now)
}

/// Enters a code, for a person who has seen the offer.
///
/// # Errors
/// The keys of the person are not kept here, the meter shows the code no longer, or somebody else is
/// at it.
pub(crate) async fn pair(
    node: &Node,
    party: PartyId,
    code: &PairingCode,
    offer: Offer,
) -> Result<Entered, Failure> {
    let wallet = wallet(node, party).await?;
    let stream = match wallet.into_stream(offer.stream) {
        // Entered once before: a second key would take the place of the one that may hold it.
        Some(kept) if kept.device == offer.device => kept,
        _ => {
            let stream = WalletStream {
                stream_id: offer.stream,
                device: offer.device,
                device_key: offer.device_key,
                label: offer.label.clone(),
                holder: Pseudonym::generate(),
            };
            // Kept before the meter hears of it: a stream whose holder has no key could not be closed.
            keeping::keep_stream(node, party, &stream).await?;
            stream
        }
    };
    let mailbox = OwnMailbox { node, party };
    match enter(&mailbox, code, offer, &stream.holder).await {
        Ok(_) => {
            granting::after(node, party).await;
            Ok(Entered::Paired(stream.stream_id))
        }
        Err(EnterError::Refused(refusal)) => Ok(Entered::Refused(refusal)),
        Err(EnterError::Unanswered) => Ok(Entered::Unanswered),
        Err(EnterError::Mailbox(Told(failure))) => Err(failure),
    }
}

/// The meters of a person, as far as they were ever paired; those that are come first.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn meters(node: &Node, party: PartyId) -> Result<Vec<Meter>, Failure> {
    let Some(wallet) = keeping::load(node, party).await? else {
        return Ok(Vec::new());
    };
    let mut meters = Vec::new();
    for kept in wallet.streams() {
        let found = node.state.get::<Stream>(&kept.stream_id).await?;
        let holder = kept.holder.surrogate_id();
        // A code that was entered in vain leaves a key behind, which holds nothing.
        if let Some(stream) = found.filter(|stream| stream.holder == holder) {
            meters.push(Meter {
                stream_id: kept.stream_id,
                label: kept.label.clone(),
                stream,
            });
        }
    }
    meters.sort_by_key(|meter| (!meter.is_open(), meter.stream_id));
    Ok(meters)
}

/// Unpairs a meter.
///
/// # Errors
/// It is not this person's, or not paired any more.
pub(crate) async fn unpair(node: &Node, party: PartyId, id: StreamId) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let kept = wallet.stream(id).ok_or_else(Failure::not_found)?;
    let closing = signer(node).stream_closing(&kept.holder.key, id);
    pairings::submit_closing(node, closing).await?;
    Ok(())
}

/// Unpairs all meters of a person, before the keys that hold them are erased. Nothing is done for who
/// keeps these keys.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn unpair_all(node: &Node, party: PartyId) -> Result<(), Failure> {
    for meter in meters(node, party).await? {
        if !meter.is_open() {
            continue;
        }
        match unpair(node, party, meter.stream_id).await {
            // The meter was faster.
            Err(failure) if failure.problem().code == CLOSED => {}
            unpaired => unpaired?,
        }
    }
    Ok(())
}

/// The mailbox of this very node, for somebody who is signed in at it.
struct OwnMailbox<'n> {
    node: &'n Node,
    party: PartyId,
}

/// What the mailbox answers instead.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.problem().code)]
struct Told(Failure);

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

fn actor(holder: &Pseudonym) -> Actor {
    Actor::Surrogate(holder.surrogate_id())
}

impl Mailbox for OwnMailbox<'_> {
    type Error = Told;

    async fn look_up(&self, plate: Nameplate) -> Result<OfferView, Told> {
        Ok(look_up(self.node, self.party, plate)?)
    }

    async fn begin(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        hello: Hello,
    ) -> Result<AttemptBegun, Told> {
        let (origin, now) = (Origin::Person(self.party), self.node.clock.now());
        let id: SurrogateId = holder.surrogate_id();
        Ok((self.node.pairings).begin(origin, id, plate, hello, now)?)
    }

    async fn follow(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> Result<AttemptView, Told> {
        let (who, now) = (actor(holder), || self.node.clock.now());
        let view = (self.node.pairings).follow(who, plate, attempt, seen, now);
        Ok(view.await?)
    }

    async fn say(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> Result<AttemptView, Told> {
        let (who, now) = (actor(holder), self.node.clock.now());
        Ok((self.node.pairings).say(who, plate, attempt, message, now)?)
    }

    async fn stream(&self, stream: StreamId) -> Result<StreamView, Told> {
        Ok(pairings::view(self.node, stream).await?)
    }

    fn signer(&self) -> Signer {
        signer(self.node)
    }
}
