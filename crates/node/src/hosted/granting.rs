//! Letting consents read meters, for a person whose keys the operator keeps: the same word that a
//! person's own agent would leave at the relay.

use std::collections::BTreeSet;
use std::sync::Arc;

use assent_client::keys::{Wallet, WalletStream};
use assent_client::streams::{Granting, granted};
use assent_exchange::consent::state::{Consent, Role, Status};
use assent_exchange::identity::state::Party;
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{ConsentId, PartyId, ServiceId, StreamId};
use assent_model::records::stream::StreamGrant;

use super::answering::read;
use super::{keeping, pseudonym, signer, wallet};
use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::streams::grants;

/// The datasets of meters. A consent for one of them may be about a meter; what else the person
/// consented to is nothing that a device has to hear of.
const METERED: [&str; 3] = ["live", "quarter-hours", "days"];

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
    for (cr_id, consent) in metered(node, &wallet).await? {
        let is_known = known.iter().any(|granted| granted.cr_id == cr_id);
        if !is_known && sources.contains(&consent.service.service_id) {
            put(node, &wallet, only, cr_id, &consent).await?;
        }
    }
    Ok(())
}

/// Lets one consent read one meter.
///
/// # Errors
/// Meter or consent are not this person's, or the consent is about something else.
pub(crate) async fn grant(
    node: &Node,
    party: PartyId,
    stream: StreamId,
    consent: ConsentId,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let kept = wallet.stream(stream).ok_or_else(Failure::not_found)?;
    let all = metered(node, &wallet).await?;
    let found = all.iter().find(|(cr_id, _)| *cr_id == consent);
    let (cr_id, found) = found.ok_or_else(Failure::not_found)?;
    put(node, &wallet, kept, *cr_id, found).await
}

/// A consent that reads a meter, or could.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// The source's record.
    pub(crate) cr_id: ConsentId,
    /// The service that the consent is with: who put the meter up, if the person says so.
    pub(crate) source: ServiceId,
    /// The service that reads.
    pub(crate) service: ServiceId,
    /// Whether the meter was told of it.
    pub(crate) is_granted: bool,
}

/// The active consents of a person that read a meter, or could.
///
/// # Errors
/// The store fails.
pub(crate) async fn readers(
    node: &Node,
    party: PartyId,
    stream: StreamId,
) -> Result<Vec<Reader>, Failure> {
    let wallet = wallet(node, party).await?;
    let known = grants::of_stream(node, stream).await?;
    let reader = |(cr_id, consent): (ConsentId, Arc<Consent>)| match &consent.role {
        Role::Source { sink, .. } => Some(Reader {
            cr_id,
            source: consent.service.service_id,
            service: sink.service_id,
            is_granted: known.iter().any(|granted| granted.cr_id == cr_id),
        }),
        Role::Within { .. } | Role::Sink { .. } => None,
    };
    let all = metered(node, &wallet).await?;
    Ok(all.into_iter().filter_map(reader).collect())
}

async fn is_open(node: &Node, kept: &WalletStream) -> Result<bool, Failure> {
    let stream = node.state.get::<Stream>(&kept.stream_id).await?;
    let holder = kept.holder.surrogate_id();
    Ok(stream.is_some_and(|stream| stream.status == StreamStatus::Open && stream.holder == holder))
}

/// The sources' records of the active pairs of a person that may be about a meter.
async fn metered(node: &Node, wallet: &Wallet) -> Result<Vec<(ConsentId, Arc<Consent>)>, Failure> {
    let mut found = Vec::new();
    for pair in wallet.aliases() {
        let surrogate = pair.alias.surrogate_id();
        for cr_id in accounts::listed::<ConsentId>(node, surrogate, "consents").await? {
            let consent = read::<Consent>(node, &cr_id).await?;
            let mut datasets = consent.resource_set.keys();
            let is_metered = datasets.any(|dataset| METERED.contains(&dataset.as_str()));
            let is_source = matches!(consent.role, Role::Source { .. });
            if is_source && is_metered && consent.status == Status::Active {
                found.push((cr_id, consent));
            }
        }
    }
    Ok(found)
}

async fn put(
    node: &Node,
    wallet: &Wallet,
    kept: &WalletStream,
    cr_id: ConsentId,
    consent: &Consent,
) -> Result<(), Failure> {
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
        resource_set: consent.resource_set.clone(),
        history_from: None,
    };
    let keys = Granting {
        holder: &kept.holder.key,
        consent: &pseudonym(wallet, consent.surrogate)?.key,
        device: &device.sealing_key,
    };
    let body = granted(&signer(node), keys, grant);
    grants::put(node, kept.stream_id, cr_id, body).await
}
