//! `assent contact`: the e-mail address that leads to a party.

mod confirm;
mod find;
mod set;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Have a code sent to an address
    Set(set::Arguments),
    /// Confirm the address with the code from the mail
    Confirm(confirm::Arguments),
    /// Show the confirmed contact
    Show(show::Arguments),
    /// Find a party by its whole address
    Find(find::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Set(arguments) => arguments.run(output).await,
            Self::Confirm(arguments) => arguments.run(output).await,
            Self::Show(arguments) => arguments.run(output).await,
            Self::Find(arguments) => arguments.run(output).await,
        }
    }
}
