//! The folder of a reader: its key, and the lock that one process holds.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use assent_crypto::vault::{RecordCipher, SecretKey};

/// A folder that is open. Only one process has it at a time.
#[derive(Debug)]
pub(crate) struct Storage {
    folder: PathBuf,
    _lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("{0} is in use by another reader")]
    InUse(PathBuf),
    #[error("the key in {0} does not have 32 bytes")]
    Key(PathBuf),
    #[error("{0} cannot be used")]
    Disk(PathBuf, #[source] io::Error),
}

impl Storage {
    /// Opens the folder, and makes it where there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, StorageError> {
        let disk = |error| StorageError::Disk(folder.to_owned(), error);
        private_folder(folder).map_err(disk)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .map_err(disk)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StorageError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => Err(disk(error)),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The cipher under the key of this folder, which is made the first time.
    pub(crate) fn cipher(&self) -> Result<RecordCipher, StorageError> {
        let path = self.folder.join("key");
        let disk = |error| StorageError::Disk(path.clone(), error);
        if !path.try_exists().map_err(disk)? {
            self.make_key(&path).map_err(disk)?;
        }
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(disk)?;
        let bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|_| StorageError::Key(path.clone()))?;
        Ok(RecordCipher::new(SecretKey::from_bytes(bytes)))
    }

    /// A key that is there is there as a whole, also after a crash.
    fn make_key(&self, path: &Path) -> io::Result<()> {
        let whole = self.folder.join("key.new");
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&whole)?;
        file.write_all(SecretKey::generate().as_bytes())?;
        file.sync_all()?;
        fs::rename(&whole, path)?;
        sync_folder(&self.folder)
    }
}

/// Makes a folder that others cannot look into.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes new, renamed and removed names in a folder last.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
