//! `assent account bind`: lets a subject of an identity provider act for an organisation at a browser.

use assent_api::v1::sign_in::NewBinding;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The issuer identifier of an identity provider of the node
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// What the provider calls the person (`sub`)
    #[arg(long, value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let body = NewBinding {
            issuer: self.issuer,
            subject: self.subject,
        };
        let client = &caller.session.client;
        let made = client.bind_sign_in(caller.identified(), &body).await;
        output.answer(&made.doing("the subject cannot be bound")?, |made| {
            fields(&[("binding", &made.binding_id)])
        })
    }
}
