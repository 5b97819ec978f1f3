//! `assent fetch`: gets a token, fetches the data of a consent from its source and opens it.

use std::path::PathBuf;

use assent_model::ids::ConsentId;
use assent_model::names::DatasetId;
use clap::Args;

use super::who::ProviderArguments;
use crate::agents::provider::Fetched;
use crate::failure::{Doing, Failure};
use crate::output::{Lines, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The sink's record
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    /// Only this dataset; all that the consent covers otherwise
    #[arg(long, value_name = "DATASET")]
    dataset: Vec<DatasetId>,
    /// Write the data to a file, JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    provider: ProviderArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let datasets = if self.dataset.is_empty() {
            provider.datasets(self.consent).await?
        } else {
            self.dataset
        };
        let mut fetched = Vec::new();
        for dataset in &datasets {
            fetched.push(provider.fetch(self.consent, dataset).await?);
        }
        if let Some(path) = &self.out {
            let data: serde_json::Map<_, _> = fetched
                .iter()
                .map(|one| (one.dataset_id.to_string(), one.data.clone().into()))
                .collect();
            let text = serde_json::to_vec_pretty(&data).doing("the data has no JSON form")?;
            std::fs::write(path, text).doing(format!("{} cannot be written", path.display()))?;
        }
        output.answer(&fetched, |fetched| fetched.iter().map(text).collect())
    }
}

fn text(fetched: &Fetched) -> String {
    let mut lines = Lines::default();
    lines.push(format_args!(
        "{} (receipt {})",
        fetched.dataset_id, fetched.receipt_id
    ));
    for (concept, readings) in &fetched.data {
        let count = readings.as_array().map_or(1, Vec::len);
        lines.push(format_args!("  {concept}: {count} values"));
    }
    lines.into()
}
