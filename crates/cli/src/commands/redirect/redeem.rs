//! `assent redirect redeem`: what a person came back with.

use assent_model::ids::LinkId;
use clap::Args;
use reqwest::Url;
use serde::Serialize;

use crate::agents::provider::Answer;
use crate::commands::who::ProviderArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The whole address, with its query
    #[arg(value_name = "URL")]
    address: Url,
    #[command(flatten)]
    provider: ProviderArguments,
}

/// A link that is recorded.
#[derive(Serialize)]
struct Linked {
    slr_id: LinkId,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        match provider.redeem(&self.address).await? {
            Answer::Consent(redeemed) => output.answer(&redeemed, |redeemed| {
                let consent = redeemed.cr_id.map(|id| format!(" {id}"));
                format!("{}{}", redeemed.outcome, consent.unwrap_or_default())
            }),
            Answer::Link(slr_id) => {
                output.answer(&Linked { slr_id }, |linked| linked.slr_id.to_string())
            }
        }
    }
}
