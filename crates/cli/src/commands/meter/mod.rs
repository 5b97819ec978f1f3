//! `assent meter`: telegrams of smart meters, the program that reads them, and a person's meters.

mod grant;
mod list;
mod pair;
mod parse;
mod read;
mod unpair;

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
    /// Pair a meter by the code that its reader shows
    Pair(pair::Arguments),
    /// List the meters of a person
    List(list::Arguments),
    /// Let a consent read a meter
    Grant(grant::Arguments),
    /// Unpair a meter for good
    Unpair(unpair::Arguments),
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self.command {
            Some(Command::Parse(arguments)) => arguments.run(output),
            Some(Command::Pair(arguments)) => arguments.run(output).await,
            Some(Command::List(arguments)) => arguments.run(output).await,
            Some(Command::Grant(arguments)) => arguments.run(output).await,
            Some(Command::Unpair(arguments)) => arguments.run(output).await,
            None => read::start(&self.reader),
        }
    }
}
