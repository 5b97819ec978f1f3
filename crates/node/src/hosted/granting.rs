//! Letting consents read meters, for a person whose keys the operator keeps: the same word that a
//! person's own agent would leave at the relay.

use std::collections::BTreeSet;

use assent_client::keys::{Wallet, WalletStream};
use assent_client::streams::{Granting, granted};
use assent_exchange::consent::state::Consent;
use assent_exchange::identity::state::Party;
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::stream::StreamGrant;
use assent_model::time::Timestamp;

use super::answering::read;
use super::{keeping, pseudonym, signer, wallet};
use crate::accounts;
use crate::http::failure::Failure;
use crate::meters::{self, Metered};
use crate::node::Node;
use crate::streams::grants;

/// Does [`grant_all`] after something that stands whether this succeeds or not: the person finds on
/// the page of meters what is left to do.
pub(super) async fn after(node: &Node, party: PartyId) {
    if let Err(failure) = grant_all(node, party).await {
        let code = failure.problem().code.as_str();
        tracing::warn!(code, "a meter was not told of a consent");
    }
}

/// Lets every active consent read the one meter that the person has, if it is with a source of which
/// another consent reads it. What a source calls its datasets says nothing of whose meter it is: the
/// first time, and with several meters, the person says so, with [`grant`].
///
/// # Errors
/// The store fails.
async fn grant_all(node: &Node, party: PartyId) -> Result<(), Failure> {
    let Some(wallet) = keeping::load(node, party).await? else {
        return Ok(());
    };
    let mut open = Vec::new();
    for kept in wallet.streams() {
        if is_open(node, kept).await? {
            open.push(kept);
        }
    }
    let [only] = open[..] else {
        return Ok(());
    };
    let known = grants::of_stream(node, only.stream_id).await?;
    let mut sources = BTreeSet::new();
    for granted in &known {
        let consent = read::<Consent>(node, &granted.cr_id).await?;
        sources.insert(consent.service.service_id);
    }
    for metered in metered(node, &wallet).await? {
        let is_known = known.iter().any(|granted| granted.cr_id == metered.cr_id);
        if !is_known && sources.contains(&metered.consent.service.service_id) {
            put(node, &wallet, only, &metered, None).await?;
        }
    }
    Ok(())
}

/// Lets one consent read one meter: what it measures from now on, or from an instant in the past on.
///
/// # Errors
/// Meter or consent are not this person's, or the consent is about something else.
pub(crate) async fn grant(
    node: &Node,
    party: PartyId,
    stream: StreamId,
    consent: ConsentId,
    history_from: Option<Timestamp>,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let kept = wallet.stream(stream).ok_or_else(Failure::not_found)?;
    let all = metered(node, &wallet).await?;
    let found = all.iter().find(|metered| metered.cr_id == consent);
    let found = found.ok_or_else(Failure::not_found)?;
    put(node, &wallet, kept, found, history_from).await
}

async fn is_open(node: &Node, kept: &WalletStream) -> Result<bool, Failure> {
    let stream = node.state.get::<Stream>(&kept.stream_id).await?;
    let holder = kept.holder.surrogate_id();
    Ok(stream.is_some_and(|stream| stream.status == StreamStatus::Open && stream.holder == holder))
}

/// The active consents of a wallet that may be about a meter.
async fn metered(node: &Node, wallet: &Wallet) -> Result<Vec<Metered>, Failure> {
    let mut consents = Vec::new();
    for pair in wallet.aliases() {
        let surrogate = pair.alias.surrogate_id();
        consents.extend(accounts::listed::<ConsentId>(node, surrogate, "consents").await?);
    }
    meters::metered(node, consents).await
}

async fn put(
    node: &Node,
    wallet: &Wallet,
    kept: &WalletStream,
    metered: &Metered,
    history_from: Option<Timestamp>,
) -> Result<(), Failure> {
    let (cr_id, consent) = (metered.cr_id, &metered.consent);
    let Some(sink) = consent.role.counterpart() else {
        return Err(Failure::not_found());
    };
    let requester = read::<Consent>(node, &sink).await?.provider;
    let (reader, device) = (
        read::<Party>(node, &requester).await?,
        read::<Party>(node, &kept.device).await?,
    );
    let grant = StreamGrant {
        stream_id: kept.stream_id,
        cr_id,
        requester,
        sealing_key: reader.sealing_key.clone(),
        resource_set: metered.streamed.resource_set.clone(),
        resolutions: metered.streamed.resolutions.clone(),
        history_from,
    };
    let keys = Granting {
        holder: &kept.holder.key,
        consent: &pseudonym(wallet, consent.surrogate)?.key,
        device: &device.sealing_key,
    };
    let body = granted(&signer(node), keys, grant);
    grants::put(node, kept.stream_id, cr_id, body).await
}
