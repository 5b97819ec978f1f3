//! `assent meter`: telegrams of smart meters.

mod parse;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the readings of a file of P1 telegrams
    Parse(parse::Arguments),
}

impl Command {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Parse(arguments) => arguments.run(output),
        }
    }
}
