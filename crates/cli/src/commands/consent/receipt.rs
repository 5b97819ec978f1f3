//! `assent consent receipt`: the receipt of a consent in a foreign format, as JSON.

use assent_model::ids::ConsentId;
use clap::{Args, ValueEnum};

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which consent
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    /// In which format
    #[arg(long, value_enum, default_value_t = Format::Iso27560)]
    format: Format,
    #[command(flatten)]
    person: PersonArguments,
}

/// A foreign format of receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// ISO/IEC TS 27560, as JSON-LD with DPV terms.
    #[value(name = "iso-27560")]
    Iso27560,
    /// Kantara consent receipt 1.1.
    #[value(name = "kantara-1.1")]
    Kantara,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let format = self.format.to_possible_value();
        let format = format.expect("every format has a name");
        let receipt = person.receipt(self.consent, format.get_name()).await?;
        output.answer(&receipt, |receipt| {
            serde_json::to_string_pretty(receipt).expect("JSON has a JSON form")
        })
    }
}
