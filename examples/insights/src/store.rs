//! The data directory: keys, and what is kept of people, under a key of its own.
//!
//! | file | what it is |
//! |---|---|
//! | `keys.json` | the keys of the organisation |
//! | `service.json` | the id of the service |
//! | `records.key` | the key of everything below |
//! | `households/*.sealed` | a household each, under the digest of its session |
//!
//! All of it is readable by its owner only.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use assent_client::key_file::{self, KeyFileError};
use assent_client::keys::PartyKeys;
use assent_crypto::base64url;
use assent_crypto::vault::{RecordCipher, SecretKey};
use assent_model::ids::ServiceId;
use serde::{Deserialize, Serialize};

const KEYS: &str = "keys.json";
const SERVICE: &str = "service.json";
const CIPHER: &str = "records.key";
const HOUSEHOLDS: &str = "households";
const EXTENSION: &str = "sealed";
/// Bits of a mode that let others in.
const OTHERS: u32 = 0o077;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system fails.
    #[error("the data directory cannot be read or written")]
    Io(#[from] io::Error),
    /// The keys of the organisation cannot be used.
    #[error("the keys in the data directory cannot be used")]
    Keys(#[from] KeyFileError),
    /// Others can read the key of the records.
    #[error("the key of the records can be read by others")]
    Exposed,
    /// A file is not what it must be.
    #[error("{0} in the data directory is damaged")]
    Damaged(String),
}

/// The data directory.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    cipher: RecordCipher,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptService {
    service_id: ServiceId,
}

impl Store {
    /// Opens a data directory, and makes it and its key where they are missing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder.join(HOUSEHOLDS))?;
        let path = folder.join(CIPHER);
        let key = match fs::read_to_string(&path) {
            Ok(text) => {
                if fs::metadata(&path)?.permissions().mode() & OTHERS != 0 {
                    return Err(StoreError::Exposed);
                }
                let bytes = base64url::decode_array(text.trim());
                bytes.map_err(|_| StoreError::Damaged(CIPHER.to_owned()))?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = SecretKey::generate();
                replace(&path, base64url::encode(key.as_bytes()).as_bytes())?;
                *key.as_bytes()
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            folder: folder.to_owned(),
            cipher: RecordCipher::new(SecretKey::from_bytes(key)),
        })
    }

    /// The keys of the organisation, made once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn keys(&self) -> Result<PartyKeys, StoreError> {
        let path = self.folder.join(KEYS);
        if path.exists() {
            return Ok(key_file::load_party(&path)?);
        }
        let keys = PartyKeys::generate();
        key_file::save_party(&path, &keys)?;
        Ok(keys)
    }

    /// The id of the service, chosen once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn service_id(&self) -> Result<ServiceId, StoreError> {
        let path = self.folder.join(SERVICE);
        match fs::read(&path) {
            Ok(text) => {
                let kept: Result<KeptService, _> = serde_json::from_slice(&text);
                let kept = kept.map_err(|_| StoreError::Damaged(SERVICE.to_owned()))?;
                Ok(kept.service_id)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let service_id = ServiceId::random();
                let kept = serde_json::to_vec(&KeptService { service_id });
                replace(&path, &kept.expect("an id always serialises"))?;
                Ok(service_id)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a household; what was kept of it before is gone.
    ///
    /// # Errors
    /// The file system fails.
    pub fn keep(&self, name: &str, record: &[u8]) -> Result<(), StoreError> {
        let sealed = self.cipher.encrypt(context(name).as_bytes(), record);
        Ok(replace(&self.path(name), &sealed)?)
    }

    /// Forgets a household, if it is kept, for good: also after a power cut.
    ///
    /// # Errors
    /// The file system fails.
    pub fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.remove(name)?;
        self.sync()
    }

    /// Forgets a household, if it is kept; for good with the next [`Store::sync`].
    ///
    /// # Errors
    /// The file system fails.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name);
        // A power cut may have left a draft.
        for path in [path.with_extension("draft"), path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// What was removed is gone for good.
    ///
    /// # Errors
    /// The file system fails.
    pub fn sync(&self) -> Result<(), StoreError> {
        Ok(fs::File::open(self.folder.join(HOUSEHOLDS))?.sync_all()?)
    }

    /// All households, by name.
    ///
    /// # Errors
    /// The file system fails, or a file was altered or belongs to another directory.
    pub fn households(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.folder.join(HOUSEHOLDS))? {
            let path = entry?.path();
            if path
                .extension()
                .is_none_or(|extension| extension != EXTENSION)
            {
                continue;
            }
            let name = path.file_stem().and_then(|name| name.to_str());
            let name = name.unwrap_or_default().to_owned();
            let sealed = fs::read(&path)?;
            let opened = self.cipher.decrypt(context(&name).as_bytes(), &sealed);
            let opened = opened.map_err(|_| StoreError::Damaged("a household".to_owned()))?;
            all.push((name, opened));
        }
        Ok(all)
    }

    fn path(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(HOUSEHOLDS);
        folder.join(format!("{name}.{EXTENSION}"))
    }
}

/// A household moved to another session does not open.
fn context(name: &str) -> String {
    format!("insights household {name}")
}

/// Replaces a file as a whole: a reader finds the old bytes or the new ones. No draft is left where that
/// fails.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let replaced = replace_with(&draft, path, bytes);
    if replaced.is_err() {
        // It may not be there.
        let _ = fs::remove_file(&draft);
    }
    replaced
}

fn replace_with(draft: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(draft, path)?;
    // What was there before is gone for good, also after a power cut.
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}
