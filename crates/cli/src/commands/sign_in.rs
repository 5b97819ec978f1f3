//! `assent sign-in`: a link that signs in at a browser, once.

use std::path::PathBuf;

use clap::Args;

use crate::agents::keys;
use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A key file, or the folder of a person's wallet
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
        let (keys, _) = keys::load(&self.keys)?;
        let session = self.node.connect().await?;
        let link = session
            .client
            .sign_in_link(&session.signer(), &keys, self.here.as_deref())
            .await;
        let link = link.doing("there is no link to sign in with")?;
        output.answer(&link, |link| link.url.clone())
    }
}
