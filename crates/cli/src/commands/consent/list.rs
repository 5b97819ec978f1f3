//! `assent consent list`: the consents that a person has given, over all pseudonyms.

use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::output::{Output, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let consents = person.consents().await?;
        output.answer(&consents, |consents| {
            let rows = consents.iter().map(|consent| {
                [
                    consent.cr_id.to_string(),
                    consent.status.clone(),
                    consent.purpose_id.to_string(),
                    consent.service_id.to_string(),
                ]
            });
            table(["consent", "status", "purpose", "service"], rows.collect())
        })
    }
}
