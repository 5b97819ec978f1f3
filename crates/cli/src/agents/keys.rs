//! Where the keys of a party are: a file, or the folder of a person's wallet.

use std::path::{Path, PathBuf};

use assent_client::key_file;
use assent_client::keys::PartyKeys;
use assent_model::records::identity::PartyKind;
use clap::ValueEnum;

use crate::failure::{Doing, Failure};

/// The file of a wallet that has the person's own keys.
const PARTY_FILE: &str = "party.json";

/// What a party is, as one says it at the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A natural person; the keys are a wallet, which is a folder
    Person,
    /// A legal person, which offers services and asks for data
    Organisation,
}

impl From<Kind> for PartyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Person => Self::Person,
            Kind::Organisation => Self::Organisation,
        }
    }
}

/// The keys at a path, and what kind of party keeps keys in this way.
pub(crate) fn load(path: &Path) -> Result<(PartyKeys, Kind), Failure> {
    let (file, kind) = if path.is_dir() {
        (path.join(PARTY_FILE), Kind::Person)
    } else {
        (path.to_owned(), Kind::Organisation)
    };
    let keys = key_file::load_party(&file).doing(unusable(&file))?;
    Ok((keys, kind))
}

/// The text for a key file that cannot be used.
pub(crate) fn unusable(path: &Path) -> String {
    format!("the keys in {} cannot be used", path.display())
}

/// The folder of what a provider keeps beside its key file, unless it says another.
pub(crate) fn records_beside(keys: &Path) -> PathBuf {
    keys.with_extension("records")
}
