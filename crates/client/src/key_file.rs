//! Keys on disk: JSON files that only their owner can read, each written once and never again.
//!
//! A party is one file. A wallet is a directory: `party.json` and one file for each link
//! (`slr_….json`), pair (`cpr_….json`) and stream (`str_….json`), so that a new relationship adds a
//! file and changes none. What stands in a file is for [`key_format`](crate::key_format) to say.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::ids::{LinkId, PairId, StreamId};
use zeroize::Zeroizing;

use crate::key_format::{self, BYTES_MAX, KeptKeys, KeyFormatError};
use crate::keys::{PartyKeys, Wallet};

/// The file of a wallet that has the person's own keys.
const PARTY_FILE: &str = "party.json";
/// Read and write for the owner, nothing for others.
const OWNER_ONLY: u32 = 0o600;
/// The permission bits of everybody else.
const OTHERS: u32 = 0o077;

/// Why keys cannot be saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Others can read the file, so its keys may be known.
    #[error("the key file can be read by others; its mode must be 0600")]
    ReadableByOthers,
    /// The file is there and holds something else: keys are never overwritten.
    #[error("the key file exists and is not overwritten")]
    Exists,
    /// The file holds no keys that can be read.
    #[error(transparent)]
    Format(#[from] KeyFormatError),
    /// The file system failed.
    #[error("the key file cannot be accessed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for KeyFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Io(error),
        }
    }
}

/// Saves the keys of a party in a new file.
///
/// # Errors
/// The file exists, or the file system fails; then there is no file.
pub fn save_party(path: &Path, keys: &PartyKeys) -> Result<(), KeyFileError> {
    create(path, &key_format::encode_party(keys))
}

/// Loads the keys of a party.
///
/// # Errors
/// The file is not there, can be read by others, or is not a key file of a party.
pub fn load_party(path: &Path) -> Result<PartyKeys, KeyFileError> {
    match read(path)? {
        KeptKeys::Party(keys) => Ok(keys),
        _ => Err(KeyFormatError::Malformed.into()),
    }
}

/// Saves a wallet: makes the directory if there is none, and adds the files that are missing.
///
/// # Errors
/// A file holds other keys than the wallet, or the file system fails; files that were added stay.
pub fn save_wallet(directory: &Path, wallet: &Wallet) -> Result<(), KeyFileError> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    let party = key_format::encode_party(&wallet.keys);
    add(&directory.join(PARTY_FILE), &party)?;
    for link in wallet.links() {
        let path = directory.join(format!("{}.json", link.slr_id));
        add(&path, &key_format::encode_link(link))?;
    }
    for alias in wallet.aliases() {
        let path = directory.join(format!("{}.json", alias.pair));
        add(&path, &key_format::encode_alias(alias))?;
    }
    for stream in wallet.streams() {
        let path = directory.join(format!("{}.json", stream.stream_id));
        add(&path, &key_format::encode_stream(stream))?;
    }
    Ok(())
}

/// Loads a wallet. Other files of the directory are left alone.
///
/// # Errors
/// A file can be read by others, or is not a key file.
pub fn load_wallet(directory: &Path) -> Result<Wallet, KeyFileError> {
    let mut wallet = Wallet::new(load_party(&directory.join(PARTY_FILE))?);
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
            continue;
        };
        let (is_link, is_pair, is_stream) = (
            name.parse::<LinkId>().is_ok(),
            name.parse::<PairId>().is_ok(),
            name.parse::<StreamId>().is_ok(),
        );
        if !is_link && !is_pair && !is_stream {
            continue;
        }
        match read(&entry.path())? {
            KeptKeys::Link(link) if is_link => wallet.add_link(link),
            KeptKeys::Alias(alias) if is_pair => wallet.add_alias(alias),
            KeptKeys::Stream(stream) if is_stream => wallet.add_stream(stream),
            _ => return Err(KeyFormatError::Malformed.into()),
        }
    }
    Ok(wallet)
}

/// Creates a file that is not there yet; one that says the same already is as good.
fn add(path: &Path, content: &[u8]) -> Result<(), KeyFileError> {
    match create(path, content) {
        Err(KeyFileError::Exists) if *read_private(path)? == *content => Ok(()),
        result => result,
    }
}

/// Writes a new file as a whole or not at all: under another name first, then linked to its own,
/// which fails where the name is taken.
fn create(path: &Path, content: &[u8]) -> Result<(), KeyFileError> {
    let directory = directory_of(path);
    let draft = Draft::write(directory, content)?;
    std::fs::hard_link(&draft.path, path)?;
    drop(draft);
    File::open(directory)?.sync_all()?;
    Ok(())
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A file under a passing name, removed when it is dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn write(directory: &Path, content: &[u8]) -> io::Result<Draft> {
        let name = format!(".{}.draft", base64url::encode(&random_bytes::<12>()));
        let path = directory.join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(OWNER_ONLY)
            .open(&path)?;
        let draft = Draft { path };
        file.write_all(content)?;
        file.sync_all()?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Nothing to do about a failure: the name is random and the file as private as the other.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut file = File::open(path)?;
    if file.metadata()?.permissions().mode() & OTHERS != 0 {
        return Err(KeyFileError::ReadableByOthers);
    }
    // Room for all of it and one byte more, so that no copy is left behind by growing and a
    // longer file is noticed.
    let mut content = Zeroizing::new(vec![0; BYTES_MAX + 1]);
    let mut length = 0;
    loop {
        match file.read(&mut content[length..])? {
            0 => break,
            more => length += more,
        }
    }
    if length > BYTES_MAX {
        return Err(KeyFormatError::Malformed.into());
    }
    content.truncate(length);
    Ok(content)
}

fn read(path: &Path) -> Result<KeptKeys, KeyFileError> {
    Ok(key_format::decode(&read_private(path)?)?)
}
