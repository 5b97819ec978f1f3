//! The command line as a whole.

use clap::Parser;

use crate::commands::Command;
use crate::output::Output;

/// What every command promises of its exit code.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, or something does not hold
  2  called wrongly
  3  the node, the source or the store cannot be reached";

/// Exchange personal data under a person's explicit, provable and revocable consent.
#[derive(Debug, Parser)]
#[command(
    name = "assent",
    version,
    after_help = EXIT_CODES,
    max_term_width = 100,
    infer_long_args = false,
    disable_help_subcommand = true,
    propagate_version = true
)]
pub(crate) struct Arguments {
    /// Answer with JSON instead of text
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    pub(crate) fn output(&self) -> Output {
        Output::new(self.json)
    }
}
