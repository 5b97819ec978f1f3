//! `assent log`: the Merkle log of a node.

mod checkpoint;
mod entry;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the newest signed checkpoint
    Checkpoint(checkpoint::Arguments),
    /// Print an entry with its proof of inclusion
    Entry(entry::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Checkpoint(arguments) => arguments.run(output).await,
            Self::Entry(arguments) => arguments.run(output).await,
        }
    }
}
