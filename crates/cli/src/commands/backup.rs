//! `assent backup`: a copy of everything that a node needs to go on elsewhere.
//!
//! The node may be running: the store is copied as of one block, and every command that the node
//! had acknowledged before is in it. A PostgreSQL store is backed up by `pg_dump`.
//!
//! A backup is a new folder with the keys of the operator, the chain file, the store and the old
//! records of streams, where these are files: a bucket has backups of its own. Keep it as secret as
//! the data directory.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use assent_ledger::block::BlockHeader;
use assent_node::last_backup::LastBackup;
use assent_node::operator_keys;
use assent_storage::{Store, StoreConfig, StoreError};
use clap::Args;
use serde::Serialize;

use super::configuration::ConfigArguments;
use crate::failure::{Doing, Failure};
use crate::moment::now;
use crate::output::{Output, fields};

/// The name of the store in a backup, and in a data directory where no other store is set.
pub(super) const STORE_FILE: &str = "assent.sqlite";
/// The files of a data directory that are copied as they are.
pub(super) const PLAIN_FILES: [&str; 2] = [operator_keys::FILE_NAME, "chain.json"];
/// The folder of a data directory with the old records of streams.
pub(super) const OBJECTS: &str = "objects";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The new folder of the backup
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Serialize)]
struct Copied {
    backup: String,
    height: u64,
    log_size: u64,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let config = self.config.load()?;
        let unwritten = || format!("the backup {} cannot be written", self.path.display());
        let url = config.store_url();
        check_is_there(&url)?;
        check_is_file(&url)?;
        let source = Source::open(StoreConfig { url }).await?;
        new_folder(&self.path).doing(unwritten())?;
        for name in PLAIN_FILES {
            let from = match name {
                operator_keys::FILE_NAME => operator_keys::path(&config.data_dir),
                name => config.data_dir.join(name),
            };
            copy_private(&from, &self.path.join(name)).doing(unwritten())?;
        }
        let copy = self.path.join(STORE_FILE);
        source.copy(&copy).await.doing(unwritten())?;
        let head = head(&copy).await.doing(unwritten())?;
        // After the store: whatever that names is there. What was deleted since cannot be read.
        copy_folder(&config.data_dir.join(OBJECTS), &self.path.join(OBJECTS)).doing(unwritten())?;
        let copied = Copied {
            backup: self.path.display().to_string(),
            height: head.as_ref().map_or(0, |head| head.height),
            log_size: head.as_ref().map_or(0, |head| head.log_size),
        };
        let last = LastBackup {
            at: now(),
            height: copied.height,
            log_size: copied.log_size,
        };
        last.note(&config.data_dir)
            .doing("the backup is made, but cannot be noted in the data directory")?;
        output.answer(&copied, |copied| {
            fields(&[
                ("backup", &copied.backup),
                ("block", &copied.height),
                ("log entries", &copied.log_size),
            ])
        })
    }
}

/// The store that is copied.
enum Source {
    /// Nobody else has it open.
    Idle(Box<Store>),
    /// A running node has it open.
    InUse(StoreConfig),
}

impl Source {
    async fn open(config: StoreConfig) -> Result<Self, Failure> {
        match Store::open(&config).await {
            Ok(store) => Ok(Self::Idle(Box::new(store))),
            Err(StoreError::Locked) => Ok(Self::InUse(config)),
            Err(error) => Err(error).doing("the store cannot be opened"),
        }
    }

    async fn copy(self, path: &Path) -> Result<(), StoreError> {
        match self {
            Self::Idle(store) => {
                store.backup(path).await?;
                store.close().await
            }
            Self::InUse(config) => Store::backup_running(&config, path).await,
        }
    }
}

/// The newest block of a copy. That it opens shows that it can be restored.
async fn head(copy: &Path) -> Result<Option<BlockHeader>, StoreError> {
    let url = format!("sqlite:{}", copy.display());
    let store = Store::open(&StoreConfig { url }).await?;
    let head = store.head();
    store.close().await?;
    // The lock file beside it is of no use in a backup.
    let mut lock = copy.as_os_str().to_owned();
    lock.push(".lock");
    fs::remove_file(lock)?;
    Ok(head)
}

/// Only a store in a file is copied here: a server has means of its own.
fn check_is_file(url: &str) -> Result<(), Failure> {
    if url.starts_with("sqlite:") {
        Ok(())
    } else {
        Err(Failure::usage(
            "a PostgreSQL store is backed up by pg_dump; keep the keys and chain.json with it",
        ))
    }
}

/// Opening a store makes one where there is none; these commands want one that is there.
pub(super) fn check_is_there(url: &str) -> Result<(), Failure> {
    match url.strip_prefix("sqlite:") {
        Some(path) if !Path::new(path).is_file() => Err(Failure::unreachable(format!(
            "there is no store at {path}; run `assent init` first"
        ))),
        _ => Ok(()),
    }
}

/// Makes a folder that is not there yet, for its owner alone.
pub(super) fn new_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Copies a file to a new one that its owner alone can read.
pub(super) fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    let content = fs::read(from)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    file.write_all(&content)?;
    file.sync_all()
}

/// Copies a folder with all that is in it, for its owner alone; nothing where there is none.
pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    new_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            match copy_private(&from, &to) {
                // A running node has deleted it meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                copied => copied?,
            }
        }
    }
    Ok(())
}
