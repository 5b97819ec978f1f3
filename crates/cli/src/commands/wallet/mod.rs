//! `assent wallet`: builds of the wallet that other sites serve.

mod list;
mod publish;
mod verify;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put a build into the log, as the operator
    Publish(publish::Arguments),
    /// List the builds that were published
    List(list::Arguments),
    /// Check that the build in a folder is in the log, and that everybody sees it there
    Verify(verify::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Publish(arguments) => arguments.run(output).await,
            Self::List(arguments) => arguments.run(output).await,
            Self::Verify(arguments) => arguments.run(output).await,
        }
    }
}
