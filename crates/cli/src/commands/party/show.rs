//! `assent party show`: a party as the ledger knows it.

use assent_model::ids::PartyId;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields, spelled};
use crate::session::{NodeArguments, Session};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which party
    #[arg(value_name = "PARTY")]
    party: PartyId,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        answer_party(&session, self.party, output).await
    }
}

/// Answers with what the ledger knows of a party.
pub(super) async fn answer_party(
    session: &Session,
    party: PartyId,
    output: Output,
) -> Result<(), Failure> {
    let view = session.client.party(party).await;
    let view = view.doing(format!("the party {party} cannot be shown"))?;
    output.answer(&view, |view| {
        fields(&[
            ("party", &view.party_id),
            ("kind", &spelled(&view.kind)),
            ("custody", &spelled(&view.custody)),
            ("key", &view.signing_key.thumbprint()),
            ("did", &view.did),
            ("active", &view.active),
        ])
    })
}
