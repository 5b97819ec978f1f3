//! `assent refuse`: answers a request with no.

use assent_model::ids::RequestId;
use clap::Args;

use super::who::PersonArguments;
use crate::failure::Failure;
use crate::output::{Output, outcome};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which request
    #[arg(value_name = "REQUEST")]
    request: RequestId,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let refused = person.refuse(self.request).await?;
        output.answer(&refused, outcome)
    }
}
