//! `assent party`: keys and registration of persons and organisations.

mod deactivate;
mod keys;
mod new;
mod recover;
mod register;
mod rotate;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make keys: a wallet for a person, a key file for an organisation
    New(new::Arguments),
    /// Register the party of keys
    Register(register::Arguments),
    /// Show a party
    Show(show::Arguments),
    /// Follow the keys of a party from its id, without believing the node
    Keys(keys::Arguments),
    /// Replace the signing key and the opening key
    Rotate(rotate::Arguments),
    /// Install new keys with the recovery key, after the signing key was lost
    Recover(recover::Arguments),
    /// End a party for good
    Deactivate(deactivate::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::New(arguments) => arguments.run(output),
            Self::Register(arguments) => arguments.run(output).await,
            Self::Show(arguments) => arguments.run(output).await,
            Self::Keys(arguments) => arguments.run(output).await,
            Self::Rotate(arguments) => arguments.run(output).await,
            Self::Recover(arguments) => arguments.run(output).await,
            Self::Deactivate(arguments) => arguments.run(output).await,
        }
    }
}
