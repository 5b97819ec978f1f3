//! `assent party rotate`: replaces the keys that a party acts with. The recovery key stays.

use std::path::PathBuf;

use assent_api::v1::identity::RotateKeys;
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
    /// The key file of an organisation. It is not changed: keep it until nothing sealed to it is
    /// on its way any more
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// The new key file; nothing is overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let (old, kind) = keys::load(&self.keys)?;
        if kind == Kind::Person {
            return Err(Failure::usage(
                "a wallet's own keys sign nothing that is seen; recover them if they are lost",
            ));
        }
        let party = old.party_id();
        let (signing, opening) = (SigningKey::generate(), OpeningKey::generate());
        let session = self.node.connect().await?;
        let rotation = session
            .signer()
            .rotate(&old, &signing, Some(opening.sealing_key()));
        let possession = session.client.show_possession(&opening).await;
        let possession = possession.doing("possession of the new key cannot be shown")?;
        // Before they are used: a key that was installed and is lost cannot be replaced like this.
        let recovery = SigningKey::from_seed(old.recovery.seed());
        let new = PartyKeys::of_party(party, signing, recovery, opening);
        let saved = key_file::save_party(&self.out, &new);
        saved.doing(format!(
            "the keys cannot be saved in {}",
            self.out.display()
        ))?;
        let body = RotateKeys {
            rotation: rotation.compact().to_owned(),
            possession: Some(possession),
        };
        let rotated = session.client.rotate_keys(party, &body).await;
        rotated.doing("the keys cannot be replaced")?;
        answer_party(&session, party, output).await
    }
}
