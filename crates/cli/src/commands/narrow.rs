//! `assent narrow`: takes concepts out of a consent, from both records of a pair.

use assent_model::ids::ConsentId;
use assent_model::names::ConceptId;
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
    /// What is no longer delivered
    #[arg(long, value_name = "CONCEPT", required = true)]
    without: Vec<ConceptId>,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let narrowing = Alteration::Narrow(self.without.into_iter().collect());
        let changed = person.change(self.consent, &narrowing).await?;
        output.answer(&changed, outcome)
    }
}
