//! `assent source`: handing out data.

mod serve;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hand out the meter readings of an account, to whom a consent allows
    Serve(serve::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Serve(arguments) => arguments.run(output).await,
        }
    }
}
