//! `assent meter grant`: lets a consent read a meter.

use assent_model::ids::{ConsentId, StreamId};
use clap::Args;

use crate::commands::who::PersonArguments;
use crate::failure::Failure;
use crate::moment::{Since, iso};
use crate::output::{Output, fields, spelled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The consent, by either record of its pair
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    /// Which meter; the only one that is paired otherwise
    #[arg(long, value_name = "STREAM")]
    stream: Option<StreamId>,
    /// Give what was published before as well, as far as it was measured from this day (UTC) or instant on
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
            let fine = grant.resolutions.iter();
            let fine: Vec<String> = fine
                .map(|(id, one)| format!("{id}: {}", spelled(one)))
                .collect();
            let from = grant.history_from.map_or_else(|| "now".to_owned(), iso);
            fields(&[
                ("stream", &grant.stream_id),
                ("consent", &grant.cr_id),
                ("gives", &fine.join(", ")),
                ("from", &from),
            ])
        })
    }
}
