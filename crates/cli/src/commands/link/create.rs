//! `assent link create`: both halves of a link at once.
//!
//! A real service countersigns on its own machine, inside its session with the person; here the
//! keys of both are at hand.

use std::path::PathBuf;

use assent_model::ids::ServiceId;
use clap::Args;

use super::show::answer_link;
use crate::agents::keys::records_beside;
use crate::agents::person::Person;
use crate::agents::provider::Provider;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The person's wallet, a folder
    #[arg(long, value_name = "DIR")]
    wallet: PathBuf,
    /// The provider's key file
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// What the provider keeps of links and consents; a folder beside the key file otherwise
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Which service
    #[arg(long, value_name = "SERVICE")]
    service: ServiceId,
    /// The person's account there, as the service names it; it never leaves the two
    #[arg(long, value_name = "NAME")]
    account: String,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let beside = records_beside(&self.keys);
        let records = self.records.as_ref().unwrap_or(&beside);
        let provider = Provider::open(&self.keys, records, session.clone())?;
        let mut person = Person::open(&self.wallet, session.clone())?;
        let link = person.link(self.service, &self.account, &provider).await?;
        answer_link(&session, link, output).await
    }
}
