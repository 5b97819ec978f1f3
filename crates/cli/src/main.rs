//! `assent`: runs a node, and acts at one as a person, a service or an auditor.
//!
//! Every command is a file of [`commands`]. What persons and providers do stands in [`agents`],
//! so that the [demonstration](demo) does exactly what the commands do.
//!
//! The command keeps private keys in files of their owner alone and never prints one. What it
//! writes to standard output is its answer, with `--json` for programs; everything else goes to
//! standard error.

mod agents;
mod arguments;
mod bundle;
mod commands;
mod demo;
mod descriptions;
mod failure;
mod moment;
mod output;
mod session;
mod source;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::failure::{Exit, Failure};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = runtime().and_then(|runtime| {
        let output = arguments.output();
        runtime.block_on(arguments.command.run(output))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Problem, "the runtime cannot start").caused_by(&error))
}
