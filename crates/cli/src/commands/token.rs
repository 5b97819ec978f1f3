//! `assent token`: an authorisation token for a consent, as a sink.

use assent_model::ids::ConsentId;
use clap::Args;

use super::who::ProviderArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The sink's record
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    #[command(flatten)]
    provider: ProviderArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let token = provider.token(self.consent).await?;
        output.answer(&token, |token| token.access_token.clone())
    }
}
