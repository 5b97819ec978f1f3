//! `assent party deactivate`: ends a party for good.

use std::path::PathBuf;

use assent_api::v1::identity::DeactivateParty;
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
    /// Sign with the recovery key instead of the signing key
    #[arg(long)]
    with_recovery_key: bool,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let (keys, _) = keys::load(&self.keys)?;
        let party = keys.party_id();
        let session = self.node.connect().await?;
        let key = if self.with_recovery_key {
            &keys.recovery
        } else {
            &keys.signing
        };
        let deactivation = session.signer().deactivate(party, key);
        let body = DeactivateParty {
            deactivation: deactivation.compact().to_owned(),
        };
        let ended = session.client.deactivate_party(party, &body).await;
        ended.doing("the party cannot be ended")?;
        answer_party(&session, party, output).await
    }
}
