//! `assent account keyring show`: what the node keeps of a person's keys, all of it encrypted.

use std::fs;
use std::path::PathBuf;

use assent_api::v1::keyring::{KeptKeyring, Keyring, WrappingKind};
use assent_model::time::Timestamp;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A file to write the keyring to, as `keep` takes it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let kept = caller.session.client.keyring(caller.identified()).await;
        let kept = kept.doing("the keyring cannot be read")?;
        if let Some(out) = self.out {
            let keyring = Keyring {
                keyring: kept.keyring.clone(),
                wrappings: kept.wrappings.clone(),
            };
            let text = serde_json::to_string_pretty(&keyring).expect("a keyring has a JSON form");
            fs::write(&out, text).doing(format!("{} cannot be written", out.display()))?;
        }
        output.answer(&kept, text)
    }
}

fn text(kept: &KeptKeyring) -> String {
    let rows = kept.wrappings.iter().map(|wrapping| {
        let kind = match wrapping.kind {
            WrappingKind::Device => "device",
            WrappingKind::Recovery => "recovery kit",
            WrappingKind::Passkey => "passkey",
        };
        [
            wrapping.id.clone(),
            kind.to_owned(),
            wrapping.label.clone().unwrap_or_default(),
            iso(Timestamp::from_millis(wrapping.made_at)),
        ]
    });
    let opens = table(["opens it", "kind", "label", "since"], rows.collect());
    format!("revision {}\n{opens}", kept.revision)
}
