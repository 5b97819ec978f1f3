//! `assent acknowledge`: tells the node, signed, that a service acts on the end of a consent.

use assent_model::ids::ConsentId;
use clap::Args;

use super::who::ProviderArguments;
use crate::failure::Failure;
use crate::output::{Output, outcome};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The service's record
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    #[command(flatten)]
    provider: ProviderArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let acknowledged = provider.acknowledge(self.consent).await?;
        output.answer(&acknowledged, outcome)
    }
}
