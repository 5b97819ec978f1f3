//! `assent party new`: makes keys. Nobody but their owner can read them.

use std::path::PathBuf;

use assent_client::key_file;
use assent_client::keys::{PartyKeys, Wallet};
use assent_model::ids::PartyId;
use clap::Args;
use serde::Serialize;

use crate::agents::keys::Kind;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What the party is
    #[arg(long)]
    kind: Kind,
    /// The new key file, or the new folder of a person's wallet; nothing is overwritten
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Made {
    party: PartyId,
    keys: String,
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let keys = PartyKeys::generate();
        let party = keys.party_id();
        let saved = match self.kind {
            Kind::Person => key_file::save_wallet(&self.out, &Wallet::new(keys)),
            Kind::Organisation => key_file::save_party(&self.out, &keys),
        };
        saved.doing(format!(
            "the keys cannot be saved in {}",
            self.out.display()
        ))?;
        let made = Made {
            party,
            keys: self.out.display().to_string(),
        };
        output.answer(&made, |made| {
            fields(&[("party", &made.party), ("keys", &made.keys)])
        })
    }
}
