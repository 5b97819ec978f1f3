//! Shows a code until somebody has entered it.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use assent_client::channel::{LaneName, Lanes, Moment, Publisher};
use assent_client::http::{ClientError, EnrolError, NodeClient};
use assent_client::keys::PartyKeys;
use assent_client::pairing::{self, Offer, PairingCode, PairingRefusal, ShowError, Told};
use assent_client::streams::{StreamTrust, TrustError};
use assent_client::uplink::{self, Uplink, UplinkError};
use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_meter::datasets::Dataset;
use assent_model::ids::StreamId;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::Timestamp;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use zeroize::Zeroizing;

use super::station::{Device, Folder, Pairing, StationError, now};
use crate::journal;

/// How long a device waits before it shows another code.
const REST: Duration = Duration::from_secs(1);

/// The same after codes were guessed at, time and again.
const REST_MAX: Duration = Duration::from_hours(1);

/// How a device introduces itself.
#[derive(Debug, Clone)]
pub(crate) struct Introduction {
    /// Where it is registered.
    pub(crate) node: String,
    /// What the household sees when it enters the code.
    pub(crate) label: String,
    /// What it measures.
    pub(crate) datasets: Vec<Dataset>,
    /// What of that is published though nobody reads it yet.
    pub(crate) archived: Vec<Dataset>,
}

/// Why a device is not paired yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum PairingError {
    #[error(transparent)]
    Station(#[from] StationError),
    #[error("the node does not register the device")]
    Enrol(#[from] EnrolError),
    #[error("the node does not say what it must be held against")]
    Trust(#[from] TrustError),
    #[error("the node cannot be reached")]
    Client(#[from] ClientError),
    #[error(transparent)]
    Show(#[from] ShowError),
    #[error(transparent)]
    Uplink(#[from] UplinkError),
}

/// The channel of this device, which is paired first if it is not.
pub(super) async fn uplink(
    folder: &Folder,
    introduction: &Introduction,
) -> Result<Uplink<Folder>, PairingError> {
    let device = match folder.device(Some(&introduction.node))? {
        Some(device) => device,
        None => register(folder, &introduction.node).await?,
    };
    let (stream, holder) = match folder.pairing()? {
        Some(Pairing {
            stream,
            holder: Some(holder),
        }) => (stream, holder),
        Some(unfinished) => {
            device.close(unfinished.stream).await?;
            pair(folder, introduction, &device).await?
        }
        None => pair(folder, introduction, &device).await?,
    };
    let bytes = folder.channel()?.ok_or(StationError::NotPaired)?;
    let past = folder.past()?.map(Zeroizing::new);
    let station = device.station(stream, holder, &introduction.archived);
    let past = past.as_ref().map(|past| past.as_slice());
    Ok(Uplink::resume(station, &bytes, past, folder.clone())?)
}

async fn register(folder: &Folder, url: &str) -> Result<Device, PairingError> {
    let node = NodeClient::new(url)?;
    let trust = StreamTrust::of_node(&node).await?;
    let device = Device {
        node,
        trust,
        keys: Arc::new(PartyKeys::generate()),
    };
    // A device whose registration got lost on its way registers again under the same keys.
    folder.keep_device(url, &device)?;
    let signer = device.signer();
    let (kind, custody) = (PartyKind::Device, Custody::Independent);
    device
        .node
        .enrol(&signer, &device.keys, kind, custody)
        .await?;
    Ok(device)
}

/// Shows codes until somebody has entered one.
async fn pair(
    folder: &Folder,
    introduction: &Introduction,
    device: &Device,
) -> Result<(StreamId, VerifyingKey), PairingError> {
    let mut rest = REST;
    loop {
        let stream = StreamId::random();
        let publisher = begin(stream, device, introduction);
        let (_, root) = publisher.position();
        // The stream is open as soon as the household says so: its channel is kept before.
        folder.forget_pairing()?;
        uplink::begin(publisher, &mut folder.clone())?;
        folder.keep_pairing(Pairing {
            stream,
            holder: None,
        })?;
        let offer = Offer {
            device: device.keys.party_id(),
            device_key: *device.keys.signing.verifying_key(),
            stream,
            root,
            label: introduction.label.clone(),
        };
        let shown = pairing::Device {
            node: &device.node,
            chain: &device.trust.chain,
            keys: &device.keys,
            now: &now,
        };
        match pairing::show(&shown, &offer, |told| tell(&introduction.node, &told)).await {
            Ok(paired) => {
                let holder = paired.terms.holder.key;
                folder.keep_pairing(Pairing {
                    stream,
                    holder: Some(holder),
                })?;
                journal::note("paired");
                return Ok((stream, holder));
            }
            Err(ShowError::Over(refusal)) => {
                journal::note(format_args!("no longer good: {refusal}"));
                // If it was opened after all, nobody could close it later.
                device.close(stream).await?;
                if refusal == PairingRefusal::TooManyAttempts {
                    // Who guesses gets a million tries no sooner than in a human life.
                    rest = (rest * 4).min(REST_MAX);
                }
                tokio::time::sleep(rest).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// A channel that nobody reads, with a lane for all that these datasets can say.
fn begin(stream: StreamId, device: &Device, introduction: &Introduction) -> Publisher {
    let lanes = introduction.datasets.iter().flat_map(|dataset| {
        let lane = move |concept: &str| format!("{}/{concept}", dataset.name());
        dataset.concepts().map(lane)
    });
    let lanes: Vec<LaneName> = lanes
        .map(|name| name.parse().expect("datasets and concepts have names"))
        .collect();
    let lanes = Lanes::new(lanes).expect("each dataset has each concept once");
    let key = SigningKey::from_seed(device.keys.signing.seed());
    let moment = Moment {
        as_of: 0,
        at: now(),
    };
    Publisher::open(stream, key, lanes, moment)
}

fn tell(node: &str, told: &Told<'_>) {
    match told {
        Told::Code { code, expires } => show(node, code, *expires),
        Told::Attempt => journal::note("somebody has entered a code"),
        Told::Refused(refusal) => journal::note(format_args!("not paired: {refusal}")),
    }
}

/// The code, and where to enter it; on a terminal also as a picture for the camera of a telephone.
/// The picture has the address alone: a code is read off the device by who stands before it.
fn show(node: &str, code: &PairingCode, expires: Timestamp) {
    let minutes = expires.as_millis().saturating_sub(now().as_millis()) / 60_000;
    let address = format!("{}/home/meters/add", node.trim_end_matches('/'));
    if std::io::stderr().is_terminal()
        && let Ok(picture) = QrCode::new(&address)
    {
        let picture = picture.render::<Dense1x2>().quiet_zone(true).build();
        journal::note(picture);
    }
    journal::note(format_args!(
        "enter {code} at {address} within {minutes} minutes"
    ));
}
