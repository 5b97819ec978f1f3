//! `assent webhook test`: sends a test message to an endpoint, once.

use assent_model::ids::WebhookId;
use clap::Args;

use super::deliveries::deliveries;
use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which endpoint
    #[arg(value_name = "WEBHOOK")]
    webhook: WebhookId,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let sent = client.test_webhook(caller.identified(), self.webhook).await;
        output.answer(&sent.doing("no message can be sent")?, |sent| {
            deliveries(std::slice::from_ref(sent))
        })
    }
}
