//! Meters of people who use the pages: entering the code that one shows, which somebody has, and what
//! reads them.
//!
//! The node takes part in the key exchange of a code for whoever is signed in. The key that will hold
//! the stream is another matter: it is kept here for those who want it so ([`crate::hosted`]), and in
//! the browser of everybody else, whose wallet has signed for exactly this stream and this device.

mod known;
mod mailbox;
mod readers;

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_api::v1::pairings::{Nameplate, Offer, OfferView, PairingRefusal};
use assent_client::pairing::{self, EnterError, PairingCode, Terms};
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{PartyId, StreamId};
use assent_model::records::stream::StreamHolding;
use assent_model::statement::{self, Verified};

use crate::accounts;
use crate::hosted;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pairings::Origin;
use mailbox::{Answered, OwnMailbox};

pub(crate) use known::KnownMeter;
pub(crate) use readers::{Metered, Reader, Told, metered, readers};

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    /// The meter is the person's.
    Paired,
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

/// Enters a code for a person who has seen the offer, with the word of who will hold the stream.
///
/// # Errors
/// The meter shows the code no longer, or somebody else is at it.
pub(crate) async fn enter(
    node: &Node,
    party: PartyId,
    code: &PairingCode,
    offer: Offer,
    holding: &Verified<StreamHolding>,
) -> Result<Entered, Failure> {
    let holder = holding.content().holder;
    let mailbox = OwnMailbox {
        node,
        party,
        holder,
    };
    match pairing::enter(&mailbox, code, offer, holding).await {
        Ok(_) => Ok(Entered::Paired),
        Err(EnterError::Refused(refusal)) => Ok(Entered::Refused(refusal)),
        Err(EnterError::Unanswered) => Ok(Entered::Unanswered),
        Err(EnterError::Mailbox(Answered(failure))) => Err(failure),
    }
}

/// Enters a code for a person whose wallet keeps the key that will hold the stream, and has signed
/// `holding` with it.
///
/// # Errors
/// The word is not about what the meter offers, or of a key that the person has not named as their own;
/// and as for [`enter`].
pub(crate) async fn enter_held(
    node: &Node,
    party: PartyId,
    code: &PairingCode,
    offer: Offer,
    holding: &str,
) -> Result<Entered, Failure> {
    let holding = statement::verify::<StreamHolding>(holding)?;
    let claims = holding.envelope().check(&node.chain, node.clock.now());
    claims.map_err(|rejection| Failure::rejected(rejection.into()))?;
    let Some(terms) = Terms::of(offer.clone(), &holding) else {
        let problem = Problem::new(Code::StatementInvalid);
        return Err(problem
            .with_detail("the holding is about another stream, device or holder")
            .into());
    };
    // Its own word for the ledger is public once the stream is open: it is taken from nobody else.
    if !accounts::has_named(node, party, terms.holder.id).await? {
        return Err(Failure::forbidden());
    }
    let meter = KnownMeter {
        stream_id: offer.stream,
        holder: terms.holder.id,
        label: offer.label.clone(),
    };
    // Before the meter hears of it: where this breaks off, the person finds the meter nonetheless.
    known::keep(node, party, &meter).await?;
    enter(node, party, code, offer, &holding).await
}

/// The meters of a person, as far as they were ever paired; those that are come first.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn meters(node: &Node, party: PartyId) -> Result<Vec<Meter>, Failure> {
    let mut all = hosted::known_meters(node, party).await?;
    all.extend(known::of(node, party).await?);
    all.sort_by_key(|known| (known.stream_id, known.holder));
    all.dedup_by_key(|known| (known.stream_id, known.holder));
    let mut meters = Vec::new();
    for known in all {
        let found = node.state.get::<Stream>(&known.stream_id).await?;
        // A code that was entered in vain leaves something behind, which holds nothing.
        if let Some(stream) = found.filter(|stream| stream.holder == known.holder) {
            meters.push(Meter {
                stream_id: known.stream_id,
                label: known.label,
                stream,
            });
        }
    }
    meters.sort_by_key(|meter| (!meter.is_open(), meter.stream_id));
    Ok(meters)
}
