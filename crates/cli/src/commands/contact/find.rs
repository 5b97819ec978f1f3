//! `assent contact find`: which party an address leads to. The node answers sealed to the asker.

use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields, spelled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The whole address: nothing else is searched for
    #[arg(value_name = "EMAIL")]
    email: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let found = client
            .look_up(&caller.signer, &caller.keys, &self.email)
            .await;
        output.answer(
            &found.doing("the address cannot be looked up")?,
            |entry| match &entry.party {
                None => "nobody has confirmed this address".into(),
                Some(party) => fields(&[
                    ("party", &party.party_id),
                    ("kind", &spelled(&party.kind)),
                    ("custody", &spelled(&party.custody)),
                    ("key", &party.signing_key.thumbprint()),
                ]),
            },
        )
    }
}
