//! `assent meter`: telegrams of smart meters, and the program that reads them.

mod parse;
mod read;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Read a meter: the arguments of `assent-meter`, which is started with them
    #[arg(
        value_name = "ARGUMENTS",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    reader: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the readings of a file of P1 telegrams
    Parse(parse::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        match self.command {
            Some(Command::Parse(arguments)) => arguments.run(output),
            None => read::start(&self.reader),
        }
    }
}
