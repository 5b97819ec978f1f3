//! `assent account name`: names the pseudonyms and aliases of a wallet as the party's own. The home
//! operator alone learns of it.

use assent_api::v1::accounts::PseudonymList;
use clap::Args;

use super::pseudonyms::text;
use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let named: PseudonymList = person.name_pseudonyms().await?;
        output.answer(&named, text)
    }
}
