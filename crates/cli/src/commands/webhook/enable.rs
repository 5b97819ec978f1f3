//! `assent webhook enable` and `disable`: whether an endpoint is tried.

use assent_api::v1::webhooks::ChangeWebhook;
use assent_model::ids::WebhookId;
use clap::Args;

use super::list::endpoints;
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
    pub(crate) async fn run(self, enabled: bool, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let body = ChangeWebhook { enabled };
        let changed = client
            .change_webhook(caller.identified(), self.webhook, &body)
            .await;
        output.answer(
            &changed.doing("the endpoint cannot be changed")?,
            |changed| endpoints(std::slice::from_ref(changed)),
        )
    }
}
