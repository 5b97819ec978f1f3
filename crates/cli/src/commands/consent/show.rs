//! `assent consent show`: a consent as the ledger has it.

use assent_api::v1::consents::ConsentView;
use assent_model::ids::ConsentId;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields, resources};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which consent
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let view = session.client.consent(self.consent).await;
        let view = view.doing(format!("the consent {} cannot be shown", self.consent))?;
        output.answer(&view, text)
    }
}

fn text(view: &ConsentView) -> String {
    let counterpart = view.counterpart.map_or("-".to_owned(), |id| id.to_string());
    fields(&[
        ("consent", &view.cr_id),
        ("role", &view.role),
        ("pair", &counterpart),
        ("service", &view.service_id),
        ("pseudonym", &view.surrogate_id),
        ("purpose", &view.purpose_id),
        ("status", &view.status),
        ("gives", &resources(&view.resource_set)),
        ("changes", &view.statuses.len()),
        ("closure", &view.closure),
    ])
}
