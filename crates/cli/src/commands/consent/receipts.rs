//! `assent consent receipts`: what was done, or tried, with a consent.

use assent_model::ids::ConsentId;
use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::moment::iso;
use crate::output::{Output, resources, spelled, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which consent
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let receipts = person.receipts(self.consent).await?;
        output.answer(&receipts, |receipts| {
            let rows = receipts.iter().map(|receipt| {
                [
                    iso(receipt.at),
                    spelled(&receipt.action),
                    receipt.refusal.clone().unwrap_or_default(),
                    resources(&receipt.resource_set),
                ]
            });
            table(["when", "what", "refusal", "data"], rows.collect())
        })
    }
}
