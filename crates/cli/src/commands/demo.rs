//! `assent demo`: the guided demonstration.

use std::path::PathBuf;

use clap::Args;

use crate::demo::{self, Plan, Story};
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Stop at the end, with 0 only if every step did what it should; otherwise the node goes on
    #[arg(long)]
    once: bool,
    /// Write the evidence to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Tell only this story
    #[arg(long, value_name = "NAME")]
    only: Option<Story>,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let plan = Plan {
            once: self.once,
            out: self.out,
            stories: self
                .only
                .map_or_else(|| Story::ALL.to_vec(), |only| vec![only]),
        };
        demo::run(plan, output).await
    }
}
