//! Where large bodies lie: objects beside the store, in a folder or in a bucket.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _, RetryConfig};

use crate::config::Config;

/// The folder of the data directory where objects are files.
const FOLDER: &str = "objects";
/// How often a bucket is asked again, and for how long: a reader waits for it.
const RETRIES_MAX: usize = 3;
const RETRIED_FOR: Duration = Duration::from_secs(10);

/// A place of objects. An object is written once, whole, and read whole.
#[derive(Debug, Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

/// Why objects cannot be written, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// The folder cannot be made.
    #[error("the folder of objects cannot be made")]
    Folder(#[from] io::Error),
    /// The place is not there, or does not do what it is asked. The source may name the object,
    /// which is a stream's and not a person's.
    #[error("the place of objects cannot be used")]
    Place(#[from] object_store::Error),
}

impl Objects {
    /// The place that the operator has set.
    ///
    /// # Errors
    /// The folder cannot be made, or the environment says too little of the bucket.
    pub fn open(config: &Config) -> Result<Self, ObjectsError> {
        if config.objects_url.is_empty() {
            return Self::files(&config.data_dir.join(FOLDER));
        }
        let bucket = bucket(config)?;
        let prefix = config.objects_url.splitn(4, '/').nth(3).unwrap_or_default();
        Ok(Self(Arc::new(PrefixStore::new(bucket, prefix))))
    }

    /// Files below a folder, which is for its owner alone. What is written is on the disk.
    fn files(folder: &Path) -> Result<Self, ObjectsError> {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self(Arc::new(files)))
    }

    /// Writes an object in the place of one with the same name. It is durable afterwards.
    ///
    /// # Errors
    /// What the place reports.
    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectsError> {
        self.0.put(&Name::from(name), bytes.into()).await?;
        Ok(())
    }

    /// Reads an object; nothing where there is none.
    ///
    /// # Errors
    /// What the place reports.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        match self.0.get(&Name::from(name)).await {
            Ok(object) => Ok(Some(object.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an object; one that is not there is as good as deleted.
    ///
    /// # Errors
    /// What the place reports.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), ObjectsError> {
        match self.0.delete(&Name::from(name)).await {
            Err(error) if !matches!(error, object_store::Error::NotFound { .. }) => {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    /// Asks the place for one name, to see whether it answers.
    ///
    /// # Errors
    /// What the place reports.
    pub async fn check(&self) -> Result<(), ObjectsError> {
        let first = self.0.list(None).next().await;
        first.transpose()?;
        Ok(())
    }
}

/// Whether this names an option of a bucket.
pub(crate) fn is_option(name: &str) -> bool {
    option(name).is_some()
}

fn option(name: &str) -> Option<AmazonS3ConfigKey> {
    name.to_ascii_lowercase().parse().ok()
}

/// The bucket that the operator has set, with the options of the environment and those set over
/// them.
fn bucket(config: &Config) -> Result<AmazonS3, object_store::Error> {
    let retries = RetryConfig {
        max_retries: RETRIES_MAX,
        retry_timeout: RETRIED_FOR,
        ..RetryConfig::default()
    };
    let from_environment = AmazonS3Builder::from_env()
        .with_url(&config.objects_url)
        .with_retry(retries);
    let set = config.objects_options.iter();
    set.filter_map(|(name, value)| Some((option(name)?, value)))
        .fold(from_environment, |builder, (key, value)| {
            builder.with_config(key, value)
        })
        .build()
}
