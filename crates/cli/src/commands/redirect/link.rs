//! `assent redirect link`: where a person links an account.

use assent_model::ids::ServiceId;
use clap::Args;

use super::answer;
use crate::commands::who::ProviderArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which service
    #[arg(value_name = "SERVICE")]
    service: ServiceId,
    /// The person's account there, as the service names it; the node never learns it
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Where the person returns: one of `linking_redirect_uris` of the description
    #[arg(long, value_name = "URL")]
    return_to: String,
    #[command(flatten)]
    provider: ProviderArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let pushed = provider.push_link(self.service, &self.account, self.return_to);
        answer(&pushed.await?, output)
    }
}
