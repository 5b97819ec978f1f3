//! What the device keeps of itself: its keys, its node, and the channel. All of it under the key of
//! the folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use assent_api::v1::streams::CloseStream;
use assent_client::http::{ClientError, NodeClient};
use assent_client::key_format::{self, KeptKeys};
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_client::streams::StreamTrust;
use assent_client::uplink::{Keep, Kept, Station};
use assent_crypto::base64url;
use assent_crypto::signature::VerifyingKey;
use assent_crypto::vault::RecordCipher;
use assent_meter::datasets::Dataset;
use assent_model::ids::StreamId;
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::storage::{Storage, StorageError, sync_folder};

/// The device's keys, and the node where they are registered.
const DEVICE: &str = "device";
/// The stream that the device is paired for.
const PAIRING: &str = "pairing";
/// The channel of the stream.
const CHANNEL: &str = "channel";
/// The keys of what was published in it before.
const PAST: &str = "past";

/// Where the device's own files are.
#[derive(Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    cipher: Arc<RecordCipher>,
}

/// A device that is registered at a node.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDevice {
    node: String,
    trust: StreamTrust,
    keys: String,
}

/// The stream that a device is paired for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pairing {
    pub(super) stream: StreamId,
    /// The key of who holds it; absent until somebody has entered the code. A device that lost power
    /// in between does not take the node's word for it: it closes the stream and shows a new code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<VerifyingKey>,
}

/// A device at its node.
#[derive(Clone)]
pub(super) struct Device {
    pub(super) node: NodeClient,
    pub(super) trust: StreamTrust,
    pub(super) keys: Arc<PartyKeys>,
}

/// Why the device's own files cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StationError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("{0} cannot be used")]
    Disk(PathBuf, #[source] io::Error),
    #[error("{0} is damaged, or belongs to another key")]
    Damaged(PathBuf),
    #[error("the device belongs to {0}: unpair it before it goes to another node")]
    OtherNode(String),
    #[error("the device is not paired")]
    NotPaired,
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Folder {
    pub(crate) fn open(storage: &Storage) -> Result<Self, StationError> {
        Ok(Self {
            path: storage.folder().to_owned(),
            cipher: Arc::new(storage.cipher()?),
        })
    }

    /// The device, if it was registered; `node` is where it should be.
    pub(super) fn device(&self, node: Option<&str>) -> Result<Option<Device>, StationError> {
        let Some(bytes) = self.read(DEVICE)? else {
            return Ok(None);
        };
        let damaged = || StationError::Damaged(self.path.join(DEVICE));
        let stored: StoredDevice = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if node.is_some_and(|node| node != stored.node) {
            return Err(StationError::OtherNode(stored.node));
        }
        let keys = base64url::decode(&stored.keys).map(Zeroizing::new);
        let keys = keys.map_err(|_| damaged())?;
        let Ok(KeptKeys::Party(keys)) = key_format::decode(&keys) else {
            return Err(damaged());
        };
        Ok(Some(Device {
            node: NodeClient::new(&stored.node)?,
            trust: stored.trust,
            keys: Arc::new(keys),
        }))
    }

    pub(super) fn keep_device(&self, node: &str, device: &Device) -> Result<(), StationError> {
        let stored = StoredDevice {
            node: node.to_owned(),
            trust: device.trust.clone(),
            keys: base64url::encode(&key_format::encode_party(&device.keys)),
        };
        let bytes = serde_json::to_vec(&stored).expect("the device is plain data");
        self.write(DEVICE, &Zeroizing::new(bytes))
    }

    pub(super) fn pairing(&self) -> Result<Option<Pairing>, StationError> {
        let Some(bytes) = self.read(PAIRING)? else {
            return Ok(None);
        };
        let pairing = serde_json::from_slice(&bytes);
        let pairing = pairing.map_err(|_| StationError::Damaged(self.path.join(PAIRING)))?;
        Ok(Some(pairing))
    }

    /// Whether somebody has paired the device.
    pub(super) fn is_paired(&self) -> Result<bool, StationError> {
        let pairing = self.pairing()?;
        Ok(pairing.is_some_and(|pairing| pairing.holder.is_some()))
    }

    pub(super) fn keep_pairing(&self, pairing: Pairing) -> Result<(), StationError> {
        let bytes = serde_json::to_vec(&pairing).expect("the pairing is plain data");
        self.write(PAIRING, &bytes)
    }

    pub(super) fn channel(&self) -> Result<Option<Vec<u8>>, StationError> {
        self.read(CHANNEL)
    }

    /// The keys of what was published before, if any were kept.
    pub(super) fn past(&self) -> Result<Option<Vec<u8>>, StationError> {
        self.read(PAST)
    }

    /// Forgets the stream and its keys. The device stays registered.
    pub(super) fn forget_pairing(&self) -> Result<(), StationError> {
        for name in [PAIRING, CHANNEL, PAST] {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StationError::Disk(path, error));
                }
                _ => {}
            }
        }
        sync_folder(&self.path).map_err(|error| StationError::Disk(self.path.clone(), error))
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StationError> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => {
                let opened = self.cipher.decrypt(name.as_bytes(), &bytes);
                opened.map(Some).map_err(|_| StationError::Damaged(path))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StationError::Disk(path, error)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StationError> {
        let path = self.path.join(name);
        self.replace(&path, name, bytes, true)
            .map_err(|error| StationError::Disk(path, error))
    }

    fn replace(&self, path: &Path, name: &str, bytes: &[u8], surely: bool) -> io::Result<()> {
        let whole = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file: File = options.open(&whole)?;
        file.write_all(&self.cipher.encrypt(name.as_bytes(), bytes))?;
        // A file that takes the place of another is whole before it does.
        file.sync_data()?;
        fs::rename(&whole, path)?;
        if surely {
            sync_folder(&self.path)
        } else {
            Ok(())
        }
    }
}

impl Keep for Folder {
    fn keep(&mut self, what: Kept, bytes: &[u8], surely: bool) -> io::Result<()> {
        let name = match what {
            Kept::Memory => CHANNEL,
            Kept::Past => PAST,
        };
        let path = self.path.join(name);
        self.replace(&path, name, bytes, surely)
    }
}

impl Device {
    pub(super) fn station(
        &self,
        stream: StreamId,
        holder: VerifyingKey,
        archived: &[Dataset],
    ) -> Station {
        let name = |dataset: &Dataset| dataset.name().parse().expect("datasets have names");
        Station {
            node: self.node.clone(),
            keys: Arc::clone(&self.keys),
            stream,
            holder,
            trust: self.trust.clone(),
            archived: archived.iter().map(name).collect(),
            clock: Arc::new(now),
        }
    }

    /// Ends a stream, if it is open.
    pub(super) async fn close(&self, stream: StreamId) -> Result<(), ClientError> {
        let closing = self.signer().stream_closing(&self.keys.signing, stream);
        let body = CloseStream {
            statement: closing.compact().to_owned(),
        };
        match self.node.close_stream(stream, &body).await {
            // The household was faster, or the stream was never opened.
            Err(error) if !matches!(error.code(), Some("stream-closed" | "stream-unknown")) => {
                Err(error)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn signer(&self) -> Signer {
        Signer::new(self.trust.chain.clone(), now())
    }
}

/// The time of this machine.
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Ends the pairing, at the node and here.
pub(crate) async fn unpair(storage: &Storage) -> Result<(), StationError> {
    let folder = Folder::open(storage)?;
    let (Some(device), Some(pairing)) = (folder.device(None)?, folder.pairing()?) else {
        return Err(StationError::NotPaired);
    };
    device.close(pairing.stream).await?;
    folder.forget_pairing()
}
