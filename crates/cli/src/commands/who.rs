//! As whom a command acts: a person with a wallet, or a provider with a key file.

use std::path::PathBuf;

use assent_client::http::Identified;
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use clap::Args;

use crate::agents::keys::{self, records_beside};
use crate::agents::person::Person;
use crate::agents::provider::Provider;
use crate::failure::Failure;
use crate::session::{NodeArguments, Session};

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

/// Any party, at a node, with its own keys: what the home operator alone knows of it.
#[derive(Debug, Args)]
pub(crate) struct CallerArguments {
    /// A key file, or the folder of a person's wallet
    #[arg(long, value_name = "PATH")]
    keys: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

impl CallerArguments {
    pub(crate) async fn connect(&self) -> Result<Caller, Failure> {
        let (keys, _) = keys::load(&self.keys)?;
        let session = self.node.connect().await?;
        let signer = session.signer();
        Ok(Caller {
            keys,
            session,
            signer,
        })
    }
}

impl CallerArguments {
    /// Unpairs what is still paired with the wallet, where it is one.
    pub(crate) async fn unpair_meters(&self) -> Result<(), Failure> {
        if !self.keys.is_dir() {
            return Ok(());
        }
        let person = Person::open(&self.keys, self.node.connect().await?)?;
        person.unpair_all().await
    }
}

/// A party with its keys, at a node.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) keys: PartyKeys,
    pub(crate) session: Session,
    pub(crate) signer: Signer,
}

impl Caller {
    /// As whom requests are signed.
    pub(crate) fn identified(&self) -> Identified<'_> {
        Identified {
            signer: &self.signer,
            caller: (&self.keys).into(),
        }
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
