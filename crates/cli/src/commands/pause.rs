//! `assent pause`: pauses a consent, and with it the other record of a pair.

use assent_model::ids::ConsentId;
use clap::Args;

use super::who::PersonArguments;
use crate::agents::person::Alteration;
use crate::failure::Failure;
use crate::output::{Output, outcome};

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
        let changed = person.change(self.consent, &Alteration::Pause).await?;
        output.answer(&changed, outcome)
    }
}
