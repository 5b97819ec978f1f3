//! `assent webhook`: endpoints that are told what happens to a service's consents.

mod add;
mod deliveries;
mod enable;
mod list;
mod remove;
mod replay;
mod test;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add an endpoint
    Add(add::Arguments),
    /// List the endpoints
    List(list::Arguments),
    /// Remove an endpoint
    Remove(remove::Arguments),
    /// Show the messages to an endpoint, with every attempt
    Deliveries(deliveries::Arguments),
    /// Send a test message to an endpoint
    Test(test::Arguments),
    /// Send a message once more, or all of a time
    Replay(replay::Arguments),
    /// Have an endpoint tried again
    Enable(enable::Arguments),
    /// Have an endpoint not tried any more
    Disable(enable::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Add(arguments) => arguments.run(output).await,
            Self::List(arguments) => arguments.run(output).await,
            Self::Remove(arguments) => arguments.run(output).await,
            Self::Deliveries(arguments) => arguments.run(output).await,
            Self::Test(arguments) => arguments.run(output).await,
            Self::Replay(arguments) => arguments.run(output).await,
            Self::Enable(arguments) => arguments.run(true, output).await,
            Self::Disable(arguments) => arguments.run(false, output).await,
        }
    }
}
