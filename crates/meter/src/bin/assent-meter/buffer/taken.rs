//! How far the records of a buffer were taken.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use assent_meter::zone::UnixSeconds;
use serde::{Deserialize, Serialize};

use super::{BufferError, disk};

/// Kept in a file that is replaced as a whole. It is not made to survive a power cut: whoever takes
/// records knows them by number, and is given some of them twice at worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    /// The number of the first record that was not taken.
    pub(super) next: u64,
    /// When the last record that was taken ended; before the first, when the buffer begins.
    pub(super) until: Option<UnixSeconds>,
}

impl Taken {
    /// A file that is damaged says nothing: all that is kept is given again.
    pub(super) fn read(folder: &Path) -> Result<Self, BufferError> {
        let path = folder.join("taken");
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(disk(&path, error)),
        }
    }

    pub(super) fn write(self, folder: &Path) -> Result<(), BufferError> {
        let (whole, path) = (folder.join("taken.new"), folder.join("taken"));
        let bytes = serde_json::to_vec(&self).expect("two numbers always serialise");
        fs::write(&whole, bytes)
            .and_then(|()| fs::rename(&whole, &path))
            .map_err(|error| disk(&path, error))
    }
}
