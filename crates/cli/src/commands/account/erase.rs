//! `assent account erase`: erases everything about a party that is not on the ledger. The meters of a
//! person's wallet are unpaired with it, as nobody else has the keys for that.

use assent_api::v1::accounts::EraseAccount;
use assent_model::ids::PartyId;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The party once more, so that nobody erases by mistake
    #[arg(value_name = "PARTY")]
    party: PartyId,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let body = EraseAccount {
            party_id: self.party,
        };
        let client = &caller.session.client;
        let erased = client.erase_account(caller.identified(), &body).await;
        let erased = erased.doing("the account cannot be erased")?;
        self.caller.unpair_meters().await?;
        output.answer(&erased, |erased| {
            fields(&[("sealed bodies erased", &erased.bodies)])
        })
    }
}
