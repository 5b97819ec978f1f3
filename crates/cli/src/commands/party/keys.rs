//! `assent party keys`: the keys of a party, followed from its id, whatever the node says.

use assent_model::ids::PartyId;
use clap::Args;
use serde::Serialize;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which party
    #[arg(value_name = "PARTY")]
    party: PartyId,
    #[command(flatten)]
    node: NodeArguments,
}

/// The keys as they are now.
#[derive(Debug, Serialize)]
struct Keys {
    party_id: PartyId,
    signing_key: String,
    recovery_key: Option<String>,
    active: bool,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let history = session
            .client
            .key_history(self.party, session.chain_id())
            .await;
        let history = history.doing("the keys of the party cannot be traced")?;
        let keys = Keys {
            party_id: history.party(),
            signing_key: history.signing_key().thumbprint().to_string(),
            recovery_key: history
                .recovery_key()
                .map(|key| key.thumbprint().to_string()),
            active: history.is_active(),
        };
        output.answer(&keys, |keys| {
            fields(&[
                ("party", &keys.party_id),
                ("signing key", &keys.signing_key),
                ("recovery key", &keys.recovery_key.as_deref().unwrap_or("-")),
                ("active", &keys.active),
            ])
        })
    }
}
