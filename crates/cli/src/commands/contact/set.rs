//! `assent contact set`: has a code sent to an address. Nothing changes before it comes back.

use assent_api::v1::contacts::AskContact;
use assent_model::names::Language;
use assent_model::time::Timestamp;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The address
    #[arg(value_name = "EMAIL")]
    email: String,
    /// The language of mail to it
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let body = AskContact {
            email: self.email,
            language: self.language,
        };
        let client = &caller.session.client;
        let sent = client.ask_contact(caller.identified(), &body).await;
        output.answer(&sent.doing("no code can be sent")?, |sent| {
            fields(&[(
                "code good until",
                &iso(Timestamp::from_millis(sent.expires_at)),
            )])
        })
    }
}
