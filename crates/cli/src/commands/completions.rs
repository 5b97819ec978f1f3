//! `assent completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments;
use crate::failure::Failure;
use crate::output::print;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which shell
    shell: Shell,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut command = arguments::Arguments::command();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "assent", &mut script);
        print(String::from_utf8_lossy(&script).into_owned())
    }
}
