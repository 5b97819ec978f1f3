//! `assent restore`: a new data directory from a backup. Nothing that exists is touched.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::backup::{OBJECTS, PLAIN_FILES, STORE_FILE, copy_folder, copy_private, new_folder};
use crate::failure::{Doing, Failure};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the backup
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The new data directory
    #[arg(long, value_name = "NEW")]
    data_dir: PathBuf,
}

#[derive(Serialize)]
struct Restored {
    data_dir: String,
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let files = PLAIN_FILES.into_iter().chain([STORE_FILE]);
        if let Some(missing) = files.clone().find(|name| !self.path.join(name).is_file()) {
            let path = self.path.display();
            return Err(Failure::problem(format!(
                "{path} is not a backup: it has no {missing}"
            )));
        }
        let directory = self.data_dir.display();
        new_folder(&self.data_dir).doing(format!("{directory} cannot be made anew"))?;
        for name in files {
            let (from, to) = (self.path.join(name), self.data_dir.join(name));
            copy_private(&from, &to).doing(format!("{} cannot be restored", to.display()))?;
        }
        let (from, to) = (self.path.join(OBJECTS), self.data_dir.join(OBJECTS));
        copy_folder(&from, &to).doing(format!("{} cannot be restored", to.display()))?;
        let restored = Restored {
            data_dir: directory.to_string(),
        };
        output.answer(&restored, |restored| {
            format!(
                "restored; run `assent serve --data-dir {}`",
                restored.data_dir
            )
        })
    }
}
