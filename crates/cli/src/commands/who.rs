//! As whom a command acts: a person with a wallet, or a provider with a key file.

use std::path::PathBuf;

use clap::Args;

use crate::agents::keys::records_beside;
use crate::agents::person::Person;
use crate::agents::provider::Provider;
use crate::failure::Failure;
use crate::session::NodeArguments;

/// A person, at a node.
#[derive(Debug, Args)]
pub(crate) struct PersonArguments {
    /// The person's wallet, a folder
    #[arg(long, value_name = "DIR")]
    wallet: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

impl PersonArguments {
    pub(crate) async fn connect(&self) -> Result<Person, Failure> {
        Person::open(&self.wallet, self.node.connect().await?)
    }
}

/// A provider, at a node.
#[derive(Debug, Args)]
pub(crate) struct ProviderArguments {
    /// The provider's key file
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// What the provider keeps of links and consents; a folder beside the key file otherwise
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    #[command(flatten)]
    node: NodeArguments,
}

impl ProviderArguments {
    pub(crate) async fn connect(&self) -> Result<Provider, Failure> {
        let beside = records_beside(&self.keys);
        let records = self.records.as_ref().unwrap_or(&beside);
        Provider::open(&self.keys, records, self.node.connect().await?)
    }
}
