//! `assent meter grant`: lets a consent read a meter.

use assent_model::ids::{ConsentId, StreamId};
use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::moment::Since;
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The consent, by either record of its pair
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    /// Which meter; the only one that is paired otherwise
    #[arg(long, value_name = "STREAM")]
    stream: Option<StreamId>,
    /// Give what was measured before as well, from this day or instant on
    #[arg(long, value_name = "WHEN")]
    history_from: Option<Since>,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let person = self.person.connect().await?;
        let from = self.history_from.map(|since| since.0);
        let grant = person.grant(self.consent, self.stream, from).await?;
        output.answer(&grant, |grant| {
            fields(&[("stream", &grant.stream_id), ("consent", &grant.cr_id)])
        })
    }
}
