//! Pairing meters for a person whose keys the operator keeps: the key that holds the stream is made and
//! kept here.

use assent_api::v1::pairings::Offer;
use assent_client::keys::{Pseudonym, WalletStream};
use assent_client::pairing::PairingCode;
use assent_model::ids::{PartyId, StreamId};

use super::{granting, keeping, signer, wallet};
use crate::http::failure::Failure;
use crate::http::v1::pairings;
use crate::meters::{self, Entered, KnownMeter};
use crate::node::Node;

/// The code of a refusal to end what has ended.
const CLOSED: &str = "stream-closed";

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
    let holding = signer(node).stream_holding(&stream.holder, offer.stream, offer.device);
    let entered = meters::enter(node, party, code, offer, &holding).await?;
    if entered == Entered::Paired {
        granting::after(node, party).await;
    }
    Ok(entered)
}

/// The meters that a person whose keys are kept here has entered a code of.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn known_meters(node: &Node, party: PartyId) -> Result<Vec<KnownMeter>, Failure> {
    let Some(wallet) = keeping::load(node, party).await? else {
        return Ok(Vec::new());
    };
    let known = wallet.streams().map(|kept| KnownMeter {
        stream_id: kept.stream_id,
        holder: kept.holder.surrogate_id(),
        label: kept.label.clone(),
    });
    Ok(known.collect())
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
    if keeping::load(node, party).await?.is_none() {
        return Ok(());
    }
    for meter in meters::meters(node, party).await? {
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
