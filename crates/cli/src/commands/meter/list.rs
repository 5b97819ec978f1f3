//! `assent meter list`: the meters of a person.

use clap::Args;

use crate::agents::person::Meter;
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
        let meters = person.meters().await?;
        output.answer(&meters, |meters| text(meters))
    }
}

/// A line for each meter.
pub(super) fn text(meters: &[Meter]) -> String {
    let row = |meter: &Meter| {
        [
            meter.stream.stream_id.to_string(),
            meter.stream.status.clone(),
            meter.stream.next.to_string(),
            meter.label.clone(),
        ]
    };
    let header = ["stream", "status", "records", "label"];
    table(header, meters.iter().map(row).collect())
}
