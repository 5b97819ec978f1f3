//! How a device hands a reader its keys: sealed to the reader, signed by the device.

use assent_crypto::base64url;
use assent_crypto::channel::Lane;
use assent_crypto::digest::Digest;
use assent_crypto::domains::SEAL_PATH_KEYS;
use assent_crypto::key_tree::PathKeys;
use assent_crypto::sealing::{self, OpeningKey, SealingKey};
use assent_crypto::signature::SigningKey;
use assent_model::canonical;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::stream::StreamKeys;
use assent_model::statement::Verified;
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::past::{PastKey, StoredPastKey};
use super::{Admission, LaneName, Lanes};
use crate::statements::Signer;

/// The keys of a reader, opened.
#[derive(Debug)]
pub struct OpenedKeys {
    /// How the device handed them out: with which record they begin, and which one is before it.
    pub said: Verified<StreamKeys>,
    /// What the lanes are called.
    pub lanes: Lanes,
    /// The keys by lane.
    pub paths: Vec<(Lane, PathKeys)>,
    /// What opens records from before, where the holder grants that.
    pub past: Vec<PastKey>,
}

impl OpenedKeys {
    /// The number of the first record that they open.
    pub fn sequence(&self) -> u64 {
        self.said.content().sequence
    }
}

/// The keys do not open: they are for somebody else, or were altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the stream do not open")]
pub struct KeysUnopenable;

/// What is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    lanes: Vec<LaneName>,
    paths: Vec<SealedPath>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    past: Vec<StoredPastKey>,
}

#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct SealedPath {
    lane: u16,
    keys: String,
}

/// What the box is bound to.
#[derive(Serialize)]
struct Binding {
    cr_id: ConsentId,
    stream_id: StreamId,
}

impl Binding {
    fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }
}

/// To whom keys are handed, and by what right.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'k> {
    /// The stream.
    pub stream: StreamId,
    /// The source's record of the consent.
    pub consent: ConsentId,
    /// Names the grant, which may be another by the time that the keys come to the relay.
    pub grant: Digest,
    /// The key of the reader.
    pub to: &'k SealingKey,
}

/// Seals what an admission gives to the reader's key, and signs it with the device's.
pub fn seal(
    signer: &Signer,
    device: &SigningKey,
    handover: Handover<'_>,
    admission: &Admission,
) -> Verified<StreamKeys> {
    let lanes = admission.lanes.all().into_iter();
    let name = |lane| {
        admission
            .lanes
            .name(lane)
            .expect("a lane has a name")
            .clone()
    };
    let path = |(lane, path): &(Lane, PathKeys)| SealedPath {
        lane: lane.0,
        keys: base64url::encode(&path.to_bytes()),
    };
    let sealed = Sealed {
        lanes: lanes.map(name).collect(),
        paths: admission.keys.iter().map(path).collect(),
        past: admission.past.iter().map(StoredPastKey::from).collect(),
    };
    let plaintext = Zeroizing::new(canonical::encode(&sealed));
    let binding = Binding {
        cr_id: handover.consent,
        stream_id: handover.stream,
    };
    let sealed = sealing::seal(
        handover.to,
        SEAL_PATH_KEYS.as_bytes(),
        &binding.to_bytes(),
        &plaintext,
    );
    let keys = StreamKeys {
        stream_id: handover.stream,
        cr_id: handover.consent,
        grant: handover.grant,
        sequence: admission.sequence,
        prev: admission.prev,
        sealed: base64url::encode(&sealed),
    };
    signer.sign(device, keys)
}

/// Opens what a device handed out. That the device of this stream signed it is for the caller to
/// compare, with the key that the ledger names.
///
/// # Errors
/// [`KeysUnopenable`].
pub fn open(
    keys: &Verified<StreamKeys>,
    opening_key: &OpeningKey,
) -> Result<OpenedKeys, KeysUnopenable> {
    let said = keys.content();
    let binding = Binding {
        cr_id: said.cr_id,
        stream_id: said.stream_id,
    };
    let sealed = base64url::decode(&said.sealed).map_err(|_| KeysUnopenable)?;
    let info = SEAL_PATH_KEYS.as_bytes();
    let plaintext = sealing::open(opening_key, info, &binding.to_bytes(), &sealed);
    let plaintext = plaintext.map(Zeroizing::new).map_err(|_| KeysUnopenable)?;
    let opened: Sealed = canonical::decode(&plaintext).map_err(|_| KeysUnopenable)?;
    let mut paths = Vec::with_capacity(opened.paths.len());
    for path in &opened.paths {
        let bytes = base64url::decode(&path.keys).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| KeysUnopenable)?;
        let keys = PathKeys::from_bytes(&bytes).map_err(|_| KeysUnopenable)?;
        paths.push((Lane(path.lane), keys));
    }
    let past: Option<Vec<PastKey>> = opened.past.iter().map(StoredPastKey::read).collect();
    Ok(OpenedKeys {
        said: keys.clone(),
        lanes: Lanes::new(opened.lanes).map_err(|_| KeysUnopenable)?,
        paths,
        past: past.ok_or(KeysUnopenable)?,
    })
}
