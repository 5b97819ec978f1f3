//! `assent webhook replay`: sends a message once more, or all of a time.

use assent_api::v1::webhooks::ReplayDeliveries;
use assent_model::ids::WebhookId;
use clap::Args;

use super::deliveries::deliveries;
use crate::commands::who::{Caller, CallerArguments};
use crate::failure::{Doing, Failure};
use crate::moment::{Since, Until};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which endpoint
    #[arg(value_name = "WEBHOOK")]
    webhook: WebhookId,
    /// Which message; without one, all that the options below name
    #[arg(value_name = "MESSAGE", conflicts_with_all = ["from", "until", "failed"])]
    delivery: Option<String>,
    /// What happened from this day or instant on
    #[arg(long, value_name = "WHEN")]
    from: Option<Since>,
    /// What happened up to the end of this day, or before this instant
    #[arg(long, value_name = "WHEN")]
    until: Option<Until>,
    /// Only what has failed
    #[arg(long)]
    failed: bool,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        match &self.delivery {
            Some(delivery) => self.one(&caller, delivery, output).await,
            None => self.many(&caller, output).await,
        }
    }

    async fn one(&self, caller: &Caller, delivery: &str, output: Output) -> Result<(), Failure> {
        let client = &caller.session.client;
        let sent = client
            .replay_delivery(caller.identified(), self.webhook, delivery)
            .await;
        output.answer(&sent.doing("the message cannot be sent again")?, |sent| {
            deliveries(std::slice::from_ref(sent))
        })
    }

    async fn many(&self, caller: &Caller, output: Output) -> Result<(), Failure> {
        let body = ReplayDeliveries {
            from: self.from.map(|Since(since)| since.as_millis()),
            until: self.until.map(|Until(until)| until.as_millis()),
            failed_only: self.failed,
        };
        let client = &caller.session.client;
        let sent = client
            .replay_deliveries(caller.identified(), self.webhook, &body)
            .await;
        output.answer(&sent.doing("the messages cannot be sent again")?, |sent| {
            fields(&[("messages sent again", &sent.deliveries)])
        })
    }
}
