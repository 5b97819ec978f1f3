//! `assent party recover`: installs new keys with the recovery key.

use std::path::PathBuf;

use assent_api::v1::identity::RecoverParty;
use assent_client::key_file;
use assent_client::keys::PartyKeys;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use clap::Args;

use super::show::answer_party;
use crate::agents::keys::{self, Kind};
use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A key file (or the folder of a wallet) with the recovery key of the party
    #[arg(long, value_name = "PATH")]
    keys: PathBuf,
    /// The new key file, or the new folder; nothing is overwritten
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let (old, kind) = keys::load(&self.keys)?;
        let party = old.party_id();
        let (signing, opening) = (SigningKey::generate(), OpeningKey::generate());
        let session = self.node.connect().await?;
        let sealing_key = opening.sealing_key();
        let recovery = session
            .signer()
            .recover(party, &old.recovery, &signing, sealing_key);
        let possession = session.client.show_possession(&opening).await;
        let possession = possession.doing("possession of the new key cannot be shown")?;
        let kept = SigningKey::from_seed(old.recovery.seed());
        self.save(kind, PartyKeys::of_party(party, signing, kept, opening))?;
        let body = RecoverParty {
            recovery: recovery.compact().to_owned(),
            possession,
        };
        let recovered = session.client.recover_party(party, &body).await;
        recovered.doing("the keys cannot be replaced")?;
        answer_party(&session, party, output).await
    }

    /// Saves the new keys; those of a person with all links of the old wallet.
    fn save(&self, kind: Kind, new: PartyKeys) -> Result<(), Failure> {
        let unsaved = || format!("the keys cannot be saved in {}", self.out.display());
        match kind {
            Kind::Organisation => key_file::save_party(&self.out, &new).doing(unsaved()),
            Kind::Person => {
                let wallet = key_file::load_wallet(&self.keys);
                let mut wallet = wallet.doing(keys::unusable(&self.keys))?;
                wallet.keys = new;
                key_file::save_wallet(&self.out, &wallet).doing(unsaved())
            }
        }
    }
}
