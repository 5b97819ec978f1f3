//! `assent consent`: looking at consents.

mod list;
mod receipt;
mod receipts;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a consent with its history
    Show(show::Arguments),
    /// List the consents that a person has given
    List(list::Arguments),
    /// Print the receipt of a consent in a foreign format
    Receipt(receipt::Arguments),
    /// List what was done with a consent, refusals included
    Receipts(receipts::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Show(arguments) => arguments.run(output).await,
            Self::List(arguments) => arguments.run(output).await,
            Self::Receipt(arguments) => arguments.run(output).await,
            Self::Receipts(arguments) => arguments.run(output).await,
        }
    }
}
