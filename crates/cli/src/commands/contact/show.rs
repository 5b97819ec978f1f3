//! `assent contact show`: the confirmed contact of a party.

use assent_model::time::Timestamp;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let contact = caller.session.client.contact(caller.identified()).await;
        output.answer(&contact.doing("the contact cannot be shown")?, |contact| {
            fields(&[
                ("e-mail", &contact.email),
                ("language", &contact.language),
                (
                    "confirmed",
                    &iso(Timestamp::from_millis(contact.confirmed_at)),
                ),
            ])
        })
    }
}
