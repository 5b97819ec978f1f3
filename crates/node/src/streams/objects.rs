//! Where old records lie: files below the data directory, by name.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::AsyncWriteExt as _;

/// A directory of objects. An object is written once, whole, and read whole.
#[derive(Debug, Clone)]
pub(crate) struct Objects(PathBuf);

impl Objects {
    /// Those of the node with this data directory.
    pub(crate) fn below(data_dir: &Path) -> Self {
        Self(data_dir.join("objects"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes an object in the place of one with the same name. It is durable afterwards.
    ///
    /// # Errors
    /// What the system reports.
    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let folder = path.parent().expect("an object lies in a folder");
        fs::create_dir_all(folder).await?;
        let unfinished = path.with_extension("part");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        drop(file);
        fs::rename(&unfinished, &path).await?;
        fs::File::open(folder).await?.sync_all().await
    }

    /// Reads an object.
    ///
    /// # Errors
    /// What the system reports.
    pub(crate) async fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(name)).await
    }

    /// Deletes an object; one that is not there is as good as deleted.
    ///
    /// # Errors
    /// What the system reports.
    pub(crate) async fn delete(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
