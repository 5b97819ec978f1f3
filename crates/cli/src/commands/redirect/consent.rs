//! `assent redirect consent`: where a person answers a consent request.

use assent_model::ids::RequestId;
use clap::Args;

use super::answer;
use crate::commands::who::ProviderArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which request
    #[arg(value_name = "REQUEST")]
    request: RequestId,
    /// Where the person returns: one of `consent_redirect_uris` of the description
    #[arg(long, value_name = "URL")]
    return_to: String,
    #[command(flatten)]
    provider: ProviderArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let pushed = provider.push_consent(self.request, self.return_to).await?;
        answer(&pushed, output)
    }
}
