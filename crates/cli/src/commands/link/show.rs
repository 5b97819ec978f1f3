//! `assent link show`: a link with its chain of records.

use assent_model::ids::LinkId;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields, spelled};
use crate::session::{NodeArguments, Session};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which link
    #[arg(value_name = "LINK")]
    link: LinkId,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        answer_link(&session, self.link, output).await
    }
}

/// Answers with what the ledger knows of a link.
pub(super) async fn answer_link(
    session: &Session,
    link: LinkId,
    output: Output,
) -> Result<(), Failure> {
    let view = session.client.link(link).await;
    let view = view.doing(format!("the link {link} cannot be shown"))?;
    output.answer(&view, |view| {
        fields(&[
            ("link", &view.slr_id),
            ("pseudonym", &view.surrogate_id),
            ("service", &view.service_id),
            ("status", &spelled(&view.status)),
            ("changes", &view.statuses.len()),
        ])
    })
}
