//! `assent wallet list`: the builds that were published.

use assent_api::v1::wallets::WalletView;
use assent_model::time::Timestamp;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::moment::iso;
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
            let page = session.client.wallets(&query).await;
            pages.take(page.doing("the builds cannot be listed")?);
        }
        let builds: Vec<WalletView> = pages.into_items();
        output.answer(&builds, |builds| {
            let rows = builds.iter().map(|build| {
                [
                    build.digest.to_string(),
                    build.origin.clone(),
                    iso(Timestamp::from_millis(build.published_at)),
                    build.index.to_string(),
                ]
            });
            table(
                ["build", "origin", "published", "log entry"],
                rows.collect(),
            )
        })
    }
}
