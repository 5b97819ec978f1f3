//! `assent webhook deliveries`: the messages to an endpoint and what became of each attempt.

use assent_api::v1::webhooks::DeliveryView;
use assent_model::ids::WebhookId;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, table};
use crate::session::Pages;

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
        let mut pages = Pages::new();
        while let Some(query) = pages.next() {
            let client = &caller.session.client;
            let page = client
                .deliveries(caller.identified(), self.webhook, &query)
                .await;
            pages.take(page.doing("the deliveries cannot be listed")?);
        }
        output.answer(&pages.into_items(), |found| deliveries(found))
    }
}

/// Messages to an endpoint as a table.
pub(super) fn deliveries(deliveries: &[DeliveryView]) -> String {
    let heads = [
        "message",
        "what",
        "about",
        "state",
        "attempts",
        "last answer",
    ];
    table(heads, deliveries.iter().map(row).collect())
}

fn row(delivery: &DeliveryView) -> [String; 6] {
    let last = delivery.attempts.last();
    let answer = last.map_or_else(String::new, |attempt| {
        match (attempt.status, &attempt.failure) {
            (Some(status), _) => status.to_string(),
            (None, Some(failure)) => failure.clone(),
            (None, None) => String::new(),
        }
    });
    [
        delivery.delivery_id.clone(),
        delivery.kind.clone(),
        delivery.data.id.clone(),
        delivery.state.clone(),
        delivery.attempts.len().to_string(),
        answer,
    ]
}
