//! `assent account`: what the home operator knows of a party beside the ledger.

mod bind;
mod bindings;
mod device;
mod erase;
mod export;
mod keyring;
mod lost_key;
mod name;
mod pseudonyms;
mod unbind;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Name all pseudonyms of a wallet as one's own, so that they belong to the account
    Name(name::Arguments),
    /// List the pseudonyms of the account
    Pseudonyms(pseudonyms::Arguments),
    /// The encrypted keys that the node keeps for a person's devices
    #[command(subcommand)]
    Keyring(keyring::Command),
    /// Devices that wait for keys
    #[command(subcommand)]
    Device(device::Command),
    /// Export everything that the node holds
    Export(export::Arguments),
    /// Erase everything that is not on the ledger; there is no way back
    Erase(erase::Arguments),
    /// Let a subject of an identity provider act for an organisation at a browser
    Bind(bind::Arguments),
    /// List the subjects that may act for a party
    Bindings(bindings::Arguments),
    /// Let a subject act for a party no more
    Unbind(unbind::Arguments),
    /// Have the operator stop consents after the loss of a key
    LostKey(lost_key::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Name(arguments) => arguments.run(output).await,
            Self::Pseudonyms(arguments) => arguments.run(output).await,
            Self::Keyring(command) => command.run(output).await,
            Self::Device(command) => command.run(output).await,
            Self::Export(arguments) => arguments.run(output).await,
            Self::Erase(arguments) => arguments.run(output).await,
            Self::Bind(arguments) => arguments.run(output).await,
            Self::Bindings(arguments) => arguments.run(output).await,
            Self::Unbind(arguments) => arguments.run(output).await,
            Self::LostKey(arguments) => arguments.run(output).await,
        }
    }
}
