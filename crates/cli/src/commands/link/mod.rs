//! `assent link`: a person's account at a service, tied to Assent under a pseudonym.

mod create;
mod remove;
mod restore;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Link a person and a service, with the keys of both
    Create(create::Arguments),
    /// Remove a link: its consents are paused
    Remove(remove::Arguments),
    /// Restore a link: the consents that its removal paused are resumed
    Restore(restore::Arguments),
    /// Show a link
    Show(show::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => arguments.run(output).await,
            Self::Remove(arguments) => arguments.run(output).await,
            Self::Restore(arguments) => arguments.run(output).await,
            Self::Show(arguments) => arguments.run(output).await,
        }
    }
}
