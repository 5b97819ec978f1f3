//! `cargo xtask soak`: the long counts of tests that `cargo xtask test` runs a tenth of.

use crate::repository;
use std::io;
use std::process::ExitCode;

/// Names of integration tests whose counts grow under `ASSENT_SOAK`: kills of the node, the timing of the
/// directory, random sequences of commands, a day of telegrams.
const SOAKED: [&str; 4] = ["crash::", "directory::", "histories::", "streams::"];

/// Runs these with `ASSENT_SOAK` set, so that no test has to be ignored. The whole workspace is built, so that
/// nothing is compiled anew that `cargo xtask test` has compiled.
pub(crate) fn run() -> io::Result<ExitCode> {
    let status = repository::cargo()
        .args(["test", "--workspace", "--test", "it", "--"])
        .args(SOAKED)
        .env("ASSENT_SOAK", "1")
        .status()?;
    Ok(repository::exit_code(status))
}
