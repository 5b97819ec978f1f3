//! `assent log checkpoint`: the newest signed checkpoint, a C2SP note.

use clap::Args;

use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let checkpoint = self.node.connect().await?.client.checkpoint().await;
        let checkpoint = checkpoint.doing("the checkpoint cannot be read")?;
        output.answer(&checkpoint, Clone::clone)
    }
}
