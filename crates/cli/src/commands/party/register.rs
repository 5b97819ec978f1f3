//! `assent party register`: makes a party known to a node.

use std::path::PathBuf;

use assent_model::records::Custody;
use clap::Args;

use super::show::answer_party;
use crate::agents::keys;
use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A key file, or the folder of a person's wallet
    #[arg(long, value_name = "PATH")]
    keys: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let (keys, kind) = keys::load(&self.keys)?;
        let session = self.node.connect().await?;
        let signer = session.signer();
        let client = &session.client;
        let enrolled = client
            .enrol(&signer, &keys, kind.into(), Custody::Independent)
            .await;
        enrolled.doing("the party cannot be registered")?;
        answer_party(&session, keys.party_id(), output).await
    }
}
