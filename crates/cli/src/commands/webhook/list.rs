//! `assent webhook list`: the endpoints of a provider.

use assent_api::v1::webhooks::WebhookView;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, table};
use crate::session::Pages;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let mut pages = Pages::new();
        while let Some(query) = pages.next() {
            let client = &caller.session.client;
            let page = client.webhooks(caller.identified(), &query).await;
            pages.take(page.doing("the endpoints cannot be listed")?);
        }
        output.answer(&pages.into_items(), |found| endpoints(found))
    }
}

/// Endpoints as a table.
pub(super) fn endpoints(endpoints: &[WebhookView]) -> String {
    let row = |endpoint: &WebhookView| {
        [
            endpoint.webhook_id.to_string(),
            endpoint.service_id.to_string(),
            endpoint.url.clone(),
            endpoint.enabled.to_string(),
        ]
    };
    let rows = endpoints.iter().map(row).collect();
    table(["webhook", "service", "url", "enabled"], rows)
}
