//! The vectors of what a person signs about a meter, and what this code makes of what the wallet of the
//! browser would send. As [`wallet`](crate::wallet) for everything else.

use std::collections::BTreeMap;

use assent_api::v1::pairings::Offer;
use assent_client::keys::Pseudonym;
use assent_client::pairing::Terms;
use assent_client::statements::Signer;
use assent_client::streams::{Granting, Streamed, granted};
use assent_crypto::digest::Digest;
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::SigningKey;
use assent_crypto::{base64url, domains};
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::stream::{StreamClosing, StreamGrant, StreamHolding, StreamNaming};
use assent_model::statement::{self, Content, Verified};
use assent_model::time::Timestamp;
use assent_model::vocabulary::Resolution;
use serde_json::{Value, json};

use crate::cast::{Cast, DATASET, OPTIONAL, REQUIRED, name};
use crate::wallet::{bytes, check_signed, kept, read};
use crate::world::{START, chain};

const HOLDER: [u8; 32] = [11; 32];
const CONSENT: [u8; 32] = [12; 32];
const DEVICE: [u8; 32] = [13; 32];
const DEVICE_OPENING: [u8; 32] = [14; 32];
const READER_OPENING: [u8; 32] = [15; 32];
/// 2026-01-01.
const HISTORY: u64 = 1_767_225_600_000;

fn offer() -> Offer {
    let device = SigningKey::from_seed(&DEVICE);
    Offer {
        device: PartyId::of(device.verifying_key()),
        device_key: *device.verifying_key(),
        stream: StreamId::random(),
        root: Digest::of(b"the first record"),
        label: "Zähler im Flur \u{202e}»7055«".to_owned(),
    }
}

/// A source with streams of two resolutions and something that is no stream.
fn metered() -> ServiceDescription {
    let mut source = Cast::assemble().source.description;
    let documents = source.datasets[0].clone();
    source.datasets.clear();
    for (id, resolution) in [
        ("documents", None),
        (DATASET, Some(Resolution::QuarterHour)),
        ("daily", Some(Resolution::Day)),
        ("live", Some(Resolution::Second)),
    ] {
        let mut dataset = documents.clone();
        dataset.dataset_id = name(id);
        dataset.resolution = resolution;
        source.datasets.push(dataset);
    }
    source
}

fn consented() -> ResourceSet {
    BTreeMap::from([
        (name("documents"), [name(REQUIRED)].into()),
        (name(DATASET), [name(OPTIONAL), name(REQUIRED)].into()),
        (name("daily"), [name(REQUIRED)].into()),
    ])
}

fn opened(opening: &OpeningKey, sealed: &[u8], stream: StreamId, cr_id: ConsentId) -> String {
    let bound = canonical::encode(&json!({"cr_id": cr_id, "stream_id": stream}));
    let info = domains::SEAL_STREAM_GRANT.as_bytes();
    String::from_utf8(sealing::open(opening, info, &bound, sealed).unwrap()).unwrap()
}

fn metering() -> Value {
    let (signer, offer, source) = (Signer::new(chain(), START), offer(), metered());
    let holder = Pseudonym {
        key: SigningKey::from_seed(&HOLDER),
    };
    let consent = SigningKey::from_seed(&CONSENT);
    let device = OpeningKey::from_seed(&DEVICE_OPENING);
    let reader = OpeningKey::from_seed(&READER_OPENING);
    let streamed = Streamed::of(&source, &consented());
    let grant = StreamGrant {
        stream_id: offer.stream,
        cr_id: ConsentId::random(),
        requester: PartyId::of(SigningKey::generate().verifying_key()),
        sealing_key: reader.sealing_key().clone(),
        resource_set: streamed.resource_set.clone(),
        resolutions: streamed.resolutions.clone(),
        history_from: Some(Timestamp::from_millis(HISTORY)),
    };
    let cr_id = grant.cr_id;
    let requester = grant.requester;
    let holding = signer.stream_holding(&holder, offer.stream, offer.device);
    let keys = Granting {
        holder: &holder.key,
        consent: &consent,
        device: device.sealing_key(),
    };
    let put = granted(&signer, keys, grant);
    let sealed = base64url::decode(&put.grant).unwrap();
    let inner = opened(&device, &sealed, offer.stream, cr_id);
    let closing = signer.stream_closing(&holder.key, offer.stream);
    let jti = [
        holding.envelope().jti.clone(),
        said::<StreamGrant>(&inner).envelope().jti.clone(),
        said::<StreamNaming>(&put.naming).envelope().jti.clone(),
        closing.envelope().jti.clone(),
    ];
    json!({
        "chain": chain(), "now": START, "drawn": {"jti": jti},
        "holder_seed": base64url::encode(&HOLDER), "consent_seed": base64url::encode(&CONSENT),
        "device_opening_seed": base64url::encode(&DEVICE_OPENING),
        "offer": offer, "seen": Digest::of(&canonical::encode(&offer)),
        "source": source, "consented": consented(),
        "streamed": {"resource_set": streamed.resource_set, "resolutions": streamed.resolutions},
        "cr_id": cr_id, "requester": requester, "sealing_key": reader.sealing_key(),
        "history_from": HISTORY,
        "holding": holding.compact(), "grant": inner, "naming": put.naming,
        "closing": closing.compact(), "sealed": put.grant,
    })
}

fn said<T: Content>(compact: &str) -> Verified<T> {
    statement::verify(compact).unwrap()
}

#[test]
fn what_the_wallet_signs_about_meters_is_ours() {
    let vector = kept("metering.json", metering);
    let text = |member: &str| vector[member].as_str().unwrap();
    let offer: Offer = read(&vector["offer"]);
    assert_eq!(
        Digest::of(&canonical::encode(&offer)).to_string(),
        text("seen")
    );

    let holding = said::<StreamHolding>(text("holding"));
    check_signed::<StreamHolding>(holding.compact(), &vector["holder_seed"]);
    assert!(Terms::of(offer.clone(), &holding).is_some());
    check_signed::<StreamClosing>(text("closing"), &vector["holder_seed"]);
    let closing = said::<StreamClosing>(text("closing"));
    assert_eq!(closing.content().stream_id, offer.stream);

    let cr_id: ConsentId = read(&vector["cr_id"]);
    check_signed::<StreamNaming>(text("naming"), &vector["consent_seed"]);
    let naming = StreamNaming {
        stream_id: offer.stream,
        cr_id,
        history_from: Some(Timestamp::from_millis(HISTORY)),
    };
    assert_eq!(*said::<StreamNaming>(text("naming")).content(), naming);

    let source: ServiceDescription = read(&vector["source"]);
    let streamed = Streamed::of(&source, &read(&vector["consented"]));
    check_signed::<StreamGrant>(text("grant"), &vector["holder_seed"]);
    let grant = StreamGrant {
        stream_id: offer.stream,
        cr_id,
        requester: read(&vector["requester"]),
        sealing_key: read(&vector["sealing_key"]),
        resource_set: streamed.resource_set.clone(),
        resolutions: streamed.resolutions.clone(),
        history_from: Some(Timestamp::from_millis(HISTORY)),
    };
    assert_eq!(*said::<StreamGrant>(text("grant")).content(), grant);
    assert_eq!(
        json!({"resource_set": streamed.resource_set, "resolutions": streamed.resolutions}),
        vector["streamed"]
    );
    let seed = bytes(&vector["device_opening_seed"]).try_into().unwrap();
    let opening = OpeningKey::from_seed(&seed);
    let sealed = bytes(&vector["sealed"]);
    let inner = opened(&opening, &sealed, offer.stream, cr_id);
    assert_eq!(inner, text("grant"));
}

/// Attack: describe one dataset twice, so that what a person read of the one is granted of the other.
#[test]
fn a_description_that_contradicts_itself_has_no_streams() {
    let mut source = metered();
    let mut finer = source.datasets[1].clone();
    finer.resolution = Some(Resolution::Second);
    assert!(!Streamed::of(&source, &consented()).is_empty());
    source.datasets.push(finer);
    assert!(Streamed::of(&source, &consented()).is_empty());
}
