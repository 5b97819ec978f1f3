//! Keys on disk: JSON files that only their owner can read, each written once and never again.
//!
//! A party is one file. A wallet is a directory: `party.json` and one file for each link
//! (`slr_….json`) and pair (`cpr_….json`), so that a new relationship adds a file and changes
//! none. A file is `{"format":"assent-keys/1","kind":…}` with the seeds of its keys in base64url.
//! They are not encrypted: who can read the file has the keys.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::{KeyId, SigningKey};
use assent_model::ids::{LinkId, PairId, PartyId, ServiceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::keys::{PairAlias, PartyKeys, Pseudonym, Wallet, WalletLink};

/// The format that this version reads and writes.
const FORMAT: &str = "assent-keys/1";
/// The file of a wallet that has the person's own keys.
const PARTY_FILE: &str = "party.json";
/// Read and write for the owner, nothing for others.
const OWNER_ONLY: u32 = 0o600;
/// The permission bits of everybody else.
const OTHERS: u32 = 0o077;
/// No key file is longer.
const FILE_BYTES_MAX: usize = 4096;

/// Why keys cannot be saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Others can read the file, so its keys may be known.
    #[error("the key file can be read by others; its mode must be 0600")]
    ReadableByOthers,
    /// The file is there and holds something else: keys are never overwritten.
    #[error("the key file exists and is not overwritten")]
    Exists,
    /// Written by a version with another format.
    #[error("the key file has another format than {FORMAT}")]
    UnknownFormat,
    /// Not a key file of the expected kind.
    #[error("the key file is damaged or of another kind")]
    Malformed,
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
    create(path, &encode(&PartyFile::from(keys)))
}

/// Loads the keys of a party.
///
/// # Errors
/// The file is not there, can be read by others, or is not a key file of a party.
pub fn load_party(path: &Path) -> Result<PartyKeys, KeyFileError> {
    read::<PartyFile>(path).map(PartyKeys::from)
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
    let party = encode(&PartyFile::from(&wallet.keys));
    add(&directory.join(PARTY_FILE), &party)?;
    for link in wallet.links() {
        let path = directory.join(format!("{}.json", link.slr_id));
        add(&path, &encode(&LinkFile::from(link)))?;
    }
    for alias in wallet.aliases() {
        let path = directory.join(format!("{}.json", alias.pair));
        add(&path, &encode(&AliasFile::from(alias)))?;
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
        if name.parse::<LinkId>().is_ok() {
            wallet.add_link(read::<LinkFile>(&entry.path())?.into());
        } else if name.parse::<PairId>().is_ok() {
            wallet.add_alias(read::<AliasFile>(&entry.path())?.into());
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
    let mut content = Zeroizing::new(vec![0; FILE_BYTES_MAX + 1]);
    let mut length = 0;
    loop {
        match file.read(&mut content[length..])? {
            0 => break,
            more => length += more,
        }
    }
    if length > FILE_BYTES_MAX {
        return Err(KeyFileError::Malformed);
    }
    content.truncate(length);
    Ok(content)
}

/// One kind of key file.
trait KeyFile: Serialize + DeserializeOwned {
    /// What stands in its `kind`.
    const KIND: &'static str;
}

/// What every key file begins with.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    kind: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyFile {
    format: String,
    kind: String,
    party: PartyId,
    signing: Seed,
    recovery: Seed,
    opening: Seed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkFile {
    format: String,
    kind: String,
    slr_id: LinkId,
    service_id: ServiceId,
    provider: PartyId,
    holder: KeyId,
    key: Seed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    format: String,
    kind: String,
    pair: PairId,
    source_link: LinkId,
    key: Seed,
}

impl KeyFile for PartyFile {
    const KIND: &'static str = "party";
}

impl KeyFile for LinkFile {
    const KIND: &'static str = "link";
}

impl KeyFile for AliasFile {
    const KIND: &'static str = "alias";
}

fn encode<F: KeyFile>(file: &F) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX));
    serde_json::to_writer_pretty(&mut *text, file).expect("keys have a JSON form");
    text.push(b'\n');
    text
}

fn read<F: KeyFile>(path: &Path) -> Result<F, KeyFileError> {
    let text = read_private(path)?;
    let header: Header = serde_json::from_slice(&text).map_err(|_| KeyFileError::Malformed)?;
    if header.format != FORMAT {
        return Err(KeyFileError::UnknownFormat);
    }
    if header.kind != F::KIND {
        return Err(KeyFileError::Malformed);
    }
    serde_json::from_slice(&text).map_err(|_| KeyFileError::Malformed)
}

impl From<&PartyKeys> for PartyFile {
    fn from(keys: &PartyKeys) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            party: keys.party_id(),
            signing: Seed::of(keys.signing.seed()),
            recovery: Seed::of(keys.recovery.seed()),
            opening: Seed::of(keys.opening.seed()),
        }
    }
}

impl From<PartyFile> for PartyKeys {
    fn from(file: PartyFile) -> Self {
        let opening = OpeningKey::from_seed(&file.opening.0);
        let (signing, recovery) = (file.signing.signing_key(), file.recovery.signing_key());
        Self::of_party(file.party, signing, recovery, opening)
    }
}

impl From<&WalletLink> for LinkFile {
    fn from(link: &WalletLink) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            slr_id: link.slr_id,
            service_id: link.service_id,
            provider: link.provider,
            holder: link.holder,
            key: Seed::of(link.pseudonym.key.seed()),
        }
    }
}

impl From<LinkFile> for WalletLink {
    fn from(file: LinkFile) -> Self {
        Self {
            slr_id: file.slr_id,
            service_id: file.service_id,
            provider: file.provider,
            holder: file.holder,
            pseudonym: file.key.pseudonym(),
        }
    }
}

impl From<&PairAlias> for AliasFile {
    fn from(alias: &PairAlias) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            pair: alias.pair,
            source_link: alias.source_link,
            key: Seed::of(alias.alias.key.seed()),
        }
    }
}

impl From<AliasFile> for PairAlias {
    fn from(file: AliasFile) -> Self {
        Self {
            pair: file.pair,
            source_link: file.source_link,
            alias: file.key.pseudonym(),
        }
    }
}

/// The seed of a key, as base64url.
struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    fn of(seed: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*seed))
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(&self.0)
    }

    fn pseudonym(&self) -> Pseudonym {
        Pseudonym {
            key: self.signing_key(),
        }
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url::encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let seed = base64url::decode_array(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(Zeroizing::new(seed)))
    }
}
