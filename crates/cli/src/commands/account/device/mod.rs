//! `assent account device`: devices that wait for the keys of a person.

mod list;
mod refuse;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the devices that wait for keys
    List(list::Arguments),
    /// Let a device wait no longer
    Refuse(refuse::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::List(arguments) => arguments.run(output).await,
            Self::Refuse(arguments) => arguments.run(output).await,
        }
    }
}
