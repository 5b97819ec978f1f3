//! A build of the wallet that another site serves: a folder of files, and the manifest that names each
//! by its digest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assent_crypto::digest::Digest;
use assent_model::canonical;
use serde::{Deserialize, Serialize};

use crate::failure::{Doing, Failure};

/// The name of the manifest in the folder. It does not name itself.
const MANIFEST: &str = "manifest.json";
/// The `format` of manifests that this version knows.
const FORMAT: &str = "assent-wallet-bundle/1";

/// What a build consists of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// SHA-256 by path.
    files: BTreeMap<String, Digest>,
    /// [`FORMAT`].
    format: String,
}

/// The digest of a build: that of its manifest, once every file is as the manifest says and there is
/// no other.
pub(crate) fn digest(folder: &Path) -> Result<Digest, Failure> {
    let shown = folder.display();
    let text = fs::read(folder.join(MANIFEST)).doing(format!("{shown} holds no build"))?;
    let said: Manifest = serde_json::from_slice(&text)
        .map_err(|_| Failure::problem(format!("the manifest in {shown} is not one")))?;
    let mut files = BTreeMap::new();
    read(folder, "", &mut files).doing(format!("{shown} cannot be read"))?;
    let found = Manifest {
        files,
        format: FORMAT.to_owned(),
    };
    let canonical = canonical::encode(&found);
    if said != found {
        return Err(Failure::problem(format!(
            "the files in {shown} are not those of its manifest"
        )));
    }
    if canonical != text {
        return Err(Failure::problem(format!(
            "the manifest in {shown} is not in its canonical form"
        )));
    }
    Ok(Digest::of(&canonical))
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Digest>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else if name != MANIFEST {
            files.insert(name, Digest::of(&fs::read(entry.path())?));
        }
    }
    Ok(())
}
