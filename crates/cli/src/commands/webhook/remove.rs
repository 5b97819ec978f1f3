//! `assent webhook remove`: removes an endpoint; nothing more is sent to it.

use assent_model::ids::WebhookId;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

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
        let removed = client
            .delete_webhook(caller.identified(), self.webhook)
            .await;
        removed.doing("the endpoint cannot be removed")?;
        output.answer(&self.webhook, |webhook| fields(&[("removed", webhook)]))
    }
}
