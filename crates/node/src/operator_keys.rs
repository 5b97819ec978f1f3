//! The operator's keys: one file, readable by its owner only. It is in the data directory, or among the
//! credentials that systemd hands to the service, which lie encrypted and apart from the data.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_crypto::vault::SecretKey;
use assent_model::ids::PartyId;
use serde::{Deserialize, Serialize};

/// The name of the file in the data directory.
pub const FILE_NAME: &str = "operator-keys.json";

/// Where systemd puts the credentials of a service (`LoadCredential=`, `LoadCredentialEncrypted=`).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Bits of a mode that let others in.
const OTHERS: u32 = 0o077;
/// The same of a credential. The service reads it by an access control list, whose mask stands where the
/// mode has what the group may: that it may read says nothing about others.
const OTHERS_OF_CREDENTIAL: u32 = 0o027;

/// Where the keys of the node with this data directory are: among the credentials of the service under the
/// name of the file, where there are such, otherwise in the data directory.
pub fn path(data_dir: &Path) -> PathBuf {
    credential().unwrap_or_else(|| data_dir.join(FILE_NAME))
}

fn credential() -> Option<PathBuf> {
    let folder = std::env::var_os(CREDENTIALS).map(PathBuf::from)?;
    let path = folder.join(FILE_NAME);
    path.is_file().then_some(path)
}

/// The keys of an operator.
pub struct OperatorKeys {
    /// Speaks for the operator; its party id is derived from this key.
    pub signing: SigningKey,
    /// Signs tokens and batches of receipts.
    pub token: SigningKey,
    /// Signs checkpoints.
    pub checkpoint: SigningKey,
    /// Signs webhooks.
    pub webhook: SigningKey,
    /// Opens what is sealed to the operator.
    pub opening: OpeningKey,
    /// Encrypts the vault.
    vault: [u8; 32],
    /// Keys the blind index of contacts and stateless challenges.
    index: [u8; 32],
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be read or written")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read the file.
    #[error("the key file {0} can be read by others; run `chmod 600` on it")]
    Exposed(PathBuf),
    /// The file is not a key file.
    #[error("the key file {0} is damaged")]
    Damaged(PathBuf),
}

/// The file: seeds as base64url.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    signing: String,
    token: String,
    checkpoint: String,
    webhook: String,
    opening: String,
    vault: String,
    index: String,
}

impl OperatorKeys {
    /// New keys, written to the data directory. Never overwrites.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn create(data_dir: &Path) -> Result<Self, KeysError> {
        let seed = || base64url::encode(&random_bytes::<32>());
        let stored = Stored {
            version: 1,
            signing: seed(),
            token: seed(),
            checkpoint: seed(),
            webhook: seed(),
            opening: seed(),
            vault: seed(),
            index: seed(),
        };
        let path = data_dir.join(FILE_NAME);
        write_new(&path, &stored).map_err(|source| KeysError::File {
            path: path.clone(),
            source,
        })?;
        Self::from_stored(&stored).ok_or(KeysError::Damaged(path))
    }

    /// The keys of the node with this data directory. See [`path`].
    ///
    /// # Errors
    /// The file is missing, can be read by others, or is damaged.
    pub fn load(data_dir: &Path) -> Result<Self, KeysError> {
        match credential() {
            Some(path) => Self::read(path, OTHERS_OF_CREDENTIAL),
            None => Self::read(data_dir.join(FILE_NAME), OTHERS),
        }
    }

    fn read(path: PathBuf, others: u32) -> Result<Self, KeysError> {
        let file_error = |source| KeysError::File {
            path: path.clone(),
            source,
        };
        let mode = fs::metadata(&path)
            .map_err(file_error)?
            .permissions()
            .mode();
        if mode & others != 0 {
            return Err(KeysError::Exposed(path));
        }
        let bytes = fs::read(&path).map_err(file_error)?;
        let stored =
            serde_json::from_slice(&bytes).map_err(|_| KeysError::Damaged(path.clone()))?;
        Self::from_stored(&stored).ok_or(KeysError::Damaged(path))
    }

    fn from_stored(stored: &Stored) -> Option<Self> {
        let seed =
            |text: &str| -> Option<[u8; 32]> { base64url::decode(text).ok()?.try_into().ok() };
        Some(Self {
            signing: SigningKey::from_seed(&seed(&stored.signing)?),
            token: SigningKey::from_seed(&seed(&stored.token)?),
            checkpoint: SigningKey::from_seed(&seed(&stored.checkpoint)?),
            webhook: SigningKey::from_seed(&seed(&stored.webhook)?),
            opening: OpeningKey::from_seed(&seed(&stored.opening)?),
            vault: seed(&stored.vault)?,
            index: seed(&stored.index)?,
        })
    }

    /// The operator's party.
    pub fn party_id(&self) -> PartyId {
        PartyId::of(self.signing.verifying_key())
    }

    /// The key that the vault is encrypted with.
    pub fn vault_key(&self) -> SecretKey {
        SecretKey::from_bytes(self.vault)
    }

    /// The key of blind indices and stateless challenges.
    pub fn index_key(&self) -> &[u8; 32] {
        &self.index
    }
}

fn write_new(path: &Path, stored: &Stored) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(&serde_json::to_vec_pretty(stored)?)?;
    file.sync_all()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs::Permissions;

    use super::*;

    fn check(mode: u32, is_read: bool, is_read_as_credential: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let keys = OperatorKeys::create(folder.path()).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        for (others, expected) in [
            (OTHERS, is_read),
            (OTHERS_OF_CREDENTIAL, is_read_as_credential),
        ] {
            match OperatorKeys::read(path.clone(), others) {
                Ok(read) => assert!(expected && read.party_id() == keys.party_id(), "{mode:o}"),
                Err(KeysError::Exposed(_)) => assert!(!expected, "{mode:o} {others:o}"),
                Err(error) => panic!("{mode:o}: {error}"),
            }
        }
    }

    #[test]
    fn keys_that_others_can_read_are_refused() {
        check(0o600, true, true);
        check(0o400, true, true);
        // As systemd hands it to a service that runs as a user of its own.
        check(0o440, false, true);
        check(0o460, false, false);
        check(0o404, false, false);
        check(0o444, false, false);
        check(0o402, false, false);
    }
}
