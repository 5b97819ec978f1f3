//! What a provider keeps beside its keys: the links that it pinned and the consents that it
//! checked, one file each, readable by their owner only. They hold account names.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use assent_api::v1::consents::ConsentView;
use assent_client::statements::link::{AccountCertificate, PinnedLink};
use assent_crypto::digest::{Digest, Salt};
use assent_model::ids::{ConsentId, LinkId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::redirecting::KeptErrand;
use crate::failure::{Doing, Failure};

/// The records of a provider.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    folder: PathBuf,
}

/// A link as its provider keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptLink {
    /// The key that speaks for the pseudonym.
    pub(crate) link: PinnedLink,
    /// Whose account it is.
    pub(crate) account: AccountCertificate,
    /// Opens the commitment to the account in the link record.
    pub(crate) salt: Salt,
}

/// A state comes out of an address that anybody can have made, so no path is made of it.
fn errand_name(state: &str) -> String {
    format!("errand_{}", Digest::of(state.as_bytes()))
}

impl Records {
    /// The records in a folder, which is made when there is something to keep.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The links, by id.
    pub(crate) fn links(&self) -> Result<BTreeMap<LinkId, KeptLink>, Failure> {
        self.read()
    }

    /// The consents as they were when they were checked last, by id.
    pub(crate) fn consents(&self) -> Result<BTreeMap<ConsentId, ConsentView>, Failure> {
        self.read()
    }

    pub(crate) fn keep_link(&self, kept: &KeptLink) -> Result<(), Failure> {
        self.write(&kept.link.slr_id.to_string(), kept)
    }

    /// Keeps what belongs to a person who is away.
    pub(super) fn keep_errand(&self, kept: &KeptErrand) -> Result<(), Failure> {
        self.write(&errand_name(kept.state()), kept)
    }

    /// What belongs to the person who came back with this state.
    pub(super) fn errand(&self, state: &str) -> Result<Option<KeptErrand>, Failure> {
        let path = self.errand_path(state);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.doing(format!("the record {} cannot be read", path.display()))?,
        };
        let kept = serde_json::from_slice(&text);
        kept.map(Some)
            .doing(format!("the record {} is damaged", path.display()))
    }

    pub(super) fn forget_errand(&self, state: &str) -> Result<(), Failure> {
        let path = self.errand_path(state);
        fs::remove_file(&path).doing(format!("the record {} cannot be removed", path.display()))
    }

    fn errand_path(&self, state: &str) -> PathBuf {
        self.folder.join(format!("{}.json", errand_name(state)))
    }

    pub(crate) fn keep_consent(&self, view: &ConsentView) -> Result<(), Failure> {
        self.write(&view.cr_id.to_string(), view)
    }

    /// All records of one kind: the files whose names are ids of that kind.
    fn read<I: FromStr + Ord, T: DeserializeOwned>(&self) -> Result<BTreeMap<I, T>, Failure> {
        let unreadable = || format!("the records in {} cannot be read", self.folder.display());
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries.doing(unreadable())?,
        };
        let mut records = BTreeMap::new();
        for entry in entries {
            let path = entry.doing(unreadable())?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let Some(id) = stem.and_then(|stem| stem.parse().ok()) else {
                continue;
            };
            let text = fs::read(&path).doing(unreadable())?;
            let record = serde_json::from_slice(&text);
            records.insert(
                id,
                record.doing(format!("the record {} is damaged", path.display()))?,
            );
        }
        Ok(records)
    }

    fn write<T: Serialize>(&self, name: &str, record: &T) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(record).doing("a record has no JSON form")?;
        let path = self.folder.join(format!("{name}.json"));
        let written = self.replace(&path, &text);
        written.doing(format!("the record {} cannot be written", path.display()))
    }

    /// Replaces a file as a whole: a reader finds the old text or the new one.
    fn replace(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        let draft = path.with_extension("draft");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&draft)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    }
}
