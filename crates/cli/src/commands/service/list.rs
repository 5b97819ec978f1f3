//! `assent service list`: all services that a node knows.

use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::{Output, table};
use crate::session::{NodeArguments, Pages};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let mut pages = Pages::new();
        while let Some(query) = pages.next() {
            let page = session.client.services(&query).await;
            pages.take(page.doing("the services cannot be listed")?);
        }
        output.answer(&pages.into_items(), |services| {
            let rows = services.iter().map(|service| {
                let name = service.description["name"].as_str().unwrap_or_default();
                [
                    service.service_id.to_string(),
                    service.version.to_string(),
                    name.to_owned(),
                    service.provider.to_string(),
                ]
            });
            table(["service", "version", "name", "provider"], rows.collect())
        })
    }
}
