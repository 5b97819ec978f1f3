//! `assent meter unpair`: unpairs a meter for good.

use assent_model::ids::StreamId;
use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::output::{Output, outcome};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The stream of the meter
    #[arg(value_name = "STREAM")]
    stream: StreamId,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let closed = person.unpair(self.stream).await?;
        output.answer(&closed, outcome)
    }
}
