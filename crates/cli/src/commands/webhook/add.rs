//! `assent webhook add`: adds an endpoint. Keep the public key: messages are verified with it.

use assent_api::v1::webhooks::CreateWebhook;
use assent_model::ids::ServiceId;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// For events about this service's consents
    #[arg(value_name = "SERVICE")]
    service: ServiceId,
    /// Where to send them
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let body = CreateWebhook {
            service_id: self.service,
            url: self.url,
        };
        let client = &caller.session.client;
        let added = client.create_webhook(caller.identified(), &body).await;
        output.answer(&added.doing("the endpoint cannot be added")?, |added| {
            fields(&[("webhook", &added.webhook_id), ("key", &added.public_key)])
        })
    }
}
