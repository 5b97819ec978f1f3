//! `assent log entry`: an entry of the log, with its proof under the newest checkpoint.

use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its position, from 0
    #[arg(value_name = "INDEX")]
    index: u64,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let entry = self.node.connect().await?.client.entry(self.index).await;
        let entry = entry.doing(format!("the entry {} cannot be read", self.index))?;
        output.answer(&entry, |entry| {
            fields(&[
                ("index", &entry.index),
                ("leaf", &entry.leaf),
                ("hashes in the proof", &entry.proof.len()),
            ])
        })
    }
}
