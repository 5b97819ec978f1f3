//! `assent request`: asks a person for consent, as a service.

use assent_model::ids::{LinkId, RequestId, ServiceId};
use assent_model::names::PurposeId;
use assent_model::time::Span;
use clap::Args;
use serde::Serialize;

use super::who::ProviderArguments;
use crate::agents::provider::Asking;
use crate::failure::Failure;
use crate::moment::Until;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The link with the person who is asked
    #[arg(long, value_name = "LINK")]
    link: LinkId,
    /// For which purpose of the service's description
    #[arg(long, value_name = "PURPOSE")]
    purpose: PurposeId,
    /// Where the data comes from; the service's own data otherwise
    #[arg(long, value_name = "SERVICE")]
    source: Option<ServiceId>,
    /// How many days an answer is awaited
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    answer_within: u64,
    /// The latest end that is offered: a day or an instant
    #[arg(long, value_name = "ISO-DATE")]
    until_at_most: Option<Until>,
    #[command(flatten)]
    provider: ProviderArguments,
}

#[derive(Serialize)]
struct Asked {
    request_id: RequestId,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let provider = self.provider.connect().await?;
        let asking = Asking {
            link: self.link,
            purpose: self.purpose,
            source: self.source,
            answer_within: Span::from_days(self.answer_within),
            valid_until_max: self.until_at_most.map(|until| until.0),
        };
        let request_id = provider.ask(asking).await?;
        output.answer(&Asked { request_id }, |asked| asked.request_id.to_string())
    }
}
