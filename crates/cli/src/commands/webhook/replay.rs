//! `assent webhook replay`: sends a message once more.

use assent_model::ids::WebhookId;
use clap::Args;

use super::deliveries::row;
use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which endpoint
    #[arg(value_name = "WEBHOOK")]
    webhook: WebhookId,
    /// Which message
    #[arg(value_name = "MESSAGE")]
    delivery: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let sent = client
            .replay_delivery(caller.identified(), self.webhook, &self.delivery)
            .await;
        output.answer(&sent.doing("the message cannot be sent again")?, |sent| {
            table(
                [
                    "message",
                    "what",
                    "about",
                    "state",
                    "attempts",
                    "last answer",
                ],
                vec![row(sent)],
            )
        })
    }
}
