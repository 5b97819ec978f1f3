//! `assent init`: makes a node.

use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_node::clock::Clock;
use clap::Args;
use serde::Serialize;

use super::configuration::ConfigArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Serialize)]
struct Made {
    chain: ChainId,
    operator: PartyId,
    data_dir: String,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let config = self.config.load()?;
        let operator = assent_node::init(&config, &Clock::System).await;
        let made = Made {
            operator: operator.doing("the node cannot be made")?,
            data_dir: config.data_dir.display().to_string(),
            chain: config.chain,
        };
        output.answer(&made, |made| {
            fields(&[
                ("chain", &made.chain),
                ("operator", &made.operator),
                ("data", &made.data_dir),
            ])
        })
    }
}
