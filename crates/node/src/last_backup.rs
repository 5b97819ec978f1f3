//! When the last backup was made, as `assent backup` notes it in the data directory.

use std::fs;
use std::io;
use std::path::Path;

use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The file in the data directory.
const FILE_NAME: &str = "last-backup.json";

/// A backup that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastBackup {
    /// When.
    pub at: Timestamp,
    /// The newest block in it.
    pub height: u64,
    /// How many entries of the log are in it.
    pub log_size: u64,
}

impl LastBackup {
    /// Notes a backup, in place of the one before.
    ///
    /// # Errors
    /// The disk does not take the file.
    pub fn note(&self, data_dir: &Path) -> io::Result<()> {
        let (file, fresh) = (data_dir.join(FILE_NAME), data_dir.join("last-backup.new"));
        fs::write(&fresh, serde_json::to_vec(self).map_err(io::Error::other)?)?;
        fs::rename(fresh, file)
    }

    /// The last backup that was noted; none where there is no readable note.
    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(data_dir.join(FILE_NAME)).ok()?).ok()
    }
}
