//! `assent sign-in`: a link that signs in at a browser, once.

use std::path::PathBuf;

use assent_client::keys::PartyKeys;
use assent_crypto::signature::SigningKey;
use assent_node::operator_keys::{self, OperatorKeys};
use clap::Args;

use crate::agents::keys;
use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A key file, the folder of a person's wallet, or the data directory of a node for its operator
    #[arg(long, value_name = "PATH")]
    keys: PathBuf,
    /// Where the browser goes then, such as /home; My Home otherwise
    #[arg(long, value_name = "PATH")]
    here: Option<String>,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let keys = self.keys()?;
        let session = self.node.connect().await?;
        let link = session
            .client
            .sign_in_link(&session.signer(), &keys, self.here.as_deref())
            .await;
        let link = link.doing("there is no link to sign in with")?;
        output.answer(&link, |link| link.url.clone())
    }

    fn keys(&self) -> Result<PartyKeys, Failure> {
        if !self.keys.join(operator_keys::FILE_NAME).is_file() {
            return Ok(keys::load(&self.keys)?.0);
        }
        let operator = OperatorKeys::load(&self.keys).map_err(|error| {
            Failure::problem("the operator's keys cannot be used").caused_by(&error)
        })?;
        let party = operator.party_id();
        // An operator has no recovery key, and signing in needs none.
        let recovery = SigningKey::generate();
        Ok(PartyKeys::of_party(
            party,
            operator.signing,
            recovery,
            operator.opening,
        ))
    }
}
