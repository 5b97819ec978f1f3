//! `assent account keyring keep`: puts a keyring back, as `show --out` wrote it.

use std::fs;
use std::path::PathBuf;

use assent_api::v1::keyring::Keyring;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The keyring
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The revision that it takes the place of; without one there must be none yet
    #[arg(long, value_name = "REVISION")]
    seen: Option<u64>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let file = self.file.display();
        let text = fs::read(&self.file).doing(format!("{file} cannot be read"))?;
        let keyring: Keyring = serde_json::from_slice(&text)
            .map_err(|_| Failure::problem(format!("{file} holds no keyring")))?;
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let kept = client.keep_keyring(caller.identified(), &keyring, self.seen);
        let kept = kept.await.doing("the keyring cannot be kept")?;
        output.answer(&kept, |kept| fields(&[("revision", &kept.revision)]))
    }
}
