//! `cargo xtask soak`: the long counts of tests that `cargo xtask test` runs a tenth of.

use crate::repository;
use std::io;
use std::process::ExitCode;

/// Packages with an integration test whose counts grow under `ASSENT_SOAK`: kills of the node, the
/// timing of the directory, random sequences of commands.
const SOAKED: &[&str] = &["assent-node", "assent-exchange"];

/// Runs the same tests with `ASSENT_SOAK` set, so that no test has to be ignored.
pub(crate) fn run() -> io::Result<ExitCode> {
    for package in SOAKED {
        let status = repository::cargo()
            .args(["test", "-p", package, "--test", "it"])
            .env("ASSENT_SOAK", "1")
            .status()?;
        if !status.success() {
            return Ok(repository::exit_code(status));
        }
    }
    Ok(ExitCode::SUCCESS)
}
