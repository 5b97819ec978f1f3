//! `assent evidence`: the evidence of a consent, in a file that proves itself.

use std::path::PathBuf;

use assent_client::evidence::{self, Trust};
use assent_model::ids::ConsentId;
use clap::Args;
use serde::Serialize;

use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which consent
    #[arg(value_name = "CONSENT")]
    consent: ConsentId,
    /// Where to write the bundle
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

#[derive(Serialize)]
struct Written {
    bundle: String,
    bytes: usize,
    operator: String,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let bundle = session.client.evidence(self.consent).await;
        let bundle = bundle.doing("the node gives no evidence")?;
        // What does not hold is not worth keeping.
        let operator = session.chain.operator;
        let verified = evidence::verify(&bundle, &Trust::Operator(operator));
        verified.doing("the evidence of the node does not hold")?;
        let path = &self.out;
        std::fs::write(path, &bundle).doing(format!("{} cannot be written", path.display()))?;
        let written = Written {
            bundle: path.display().to_string(),
            bytes: bundle.len(),
            operator: operator.to_string(),
        };
        output.answer(&written, |written| {
            fields(&[
                ("bundle", &written.bundle),
                ("bytes", &written.bytes),
                ("operator", &written.operator),
            ])
        })
    }
}
