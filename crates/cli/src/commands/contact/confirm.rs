//! `assent contact confirm`: makes the address that a code was sent to the contact of the party.

use assent_api::v1::contacts::ConfirmContact;
use assent_model::time::Timestamp;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The code from the mail
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let body = ConfirmContact { code: self.code };
        let client = &caller.session.client;
        let confirmed = client.confirm_contact(caller.identified(), &body).await;
        output.answer(
            &confirmed.doing("the address is not confirmed")?,
            |confirmed| {
                fields(&[(
                    "confirmed",
                    &iso(Timestamp::from_millis(confirmed.confirmed_at)),
                )])
            },
        )
    }
}
