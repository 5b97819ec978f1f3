//! `assent account export`: everything that the node holds about a party, as one JSON document.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file to write; it is printed otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let export = client.export_account(caller.identified()).await;
        let export = export.doing("the account cannot be exported")?;
        let text = serde_json::to_string_pretty(&export).expect("an export has a JSON form");
        let Some(out) = self.out else {
            return output.answer(&export, |_| text.clone());
        };
        fs::write(&out, text).doing(format!("{} cannot be written", out.display()))?;
        output.answer(&export, |export| {
            fields(&[
                ("file", &out.display()),
                ("pseudonyms", &export.pseudonyms.len()),
                ("links", &export.links.len()),
                ("consents", &export.consents.len()),
                ("receipts", &export.receipts.len()),
            ])
        })
    }
}
