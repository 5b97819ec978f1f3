//! `assent service`: descriptions of services.

mod list;
mod register;
mod show;
mod validate;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a description, or its next version
    Register(register::Arguments),
    /// Show a service as it is described
    Show(show::Arguments),
    /// List all services
    List(list::Arguments),
    /// Check a description, with no node
    Validate(validate::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Register(arguments) => arguments.run(output).await,
            Self::Show(arguments) => arguments.run(output).await,
            Self::List(arguments) => arguments.run(output).await,
            Self::Validate(arguments) => arguments.run(output),
        }
    }
}
