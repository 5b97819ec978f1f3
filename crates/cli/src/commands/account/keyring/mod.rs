//! `assent account keyring`: the encrypted keys of a person who keeps them.

mod keep;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what opens the keyring, or write it to a file
    Show(show::Arguments),
    /// Keep a keyring in the place of the one that was seen
    Keep(keep::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Show(arguments) => arguments.run(output).await,
            Self::Keep(arguments) => arguments.run(output).await,
        }
    }
}
