//! `assent link remove`: removes a link; its consents are paused with it.

use assent_model::ids::LinkId;
use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::output::{Output, outcome};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which link
    #[arg(value_name = "LINK")]
    link: LinkId,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let changed = person.remove_link(self.link).await?;
        output.answer(&changed, outcome)
    }
}
