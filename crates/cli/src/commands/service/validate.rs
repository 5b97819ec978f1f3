//! `assent service validate`: checks a description, with no node.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::descriptions::Draft;
use crate::failure::{Doing, Failure};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The description, JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Validated {
    valid: bool,
    /// Whether nothing is left for the registration to fill in.
    complete: bool,
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let draft = Draft::read(&self.file)?;
        let complete = draft.validate();
        let complete = complete.doing(format!(
            "{} is not a valid description",
            self.file.display()
        ))?;
        let validated = Validated {
            valid: true,
            complete,
        };
        output.answer(&validated, |validated| {
            let word = if validated.complete {
                "complete"
            } else {
                "its registration fills in the rest"
            };
            format!("valid: {word}")
        })
    }
}
