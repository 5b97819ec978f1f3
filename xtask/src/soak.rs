//! `cargo xtask soak`: the node's long tests.

use crate::repository;
use std::io;
use std::process::ExitCode;

/// Runs the tests of the node whose names contain `soak`. They are ordinary tests with short counts
/// that read `ASSENT_SOAK` for the long ones, so that no test has to be ignored.
pub(crate) fn run() -> io::Result<ExitCode> {
    let status = repository::cargo()
        .args(["test", "-p", "assent-node", "--test", "it", "soak"])
        .env("ASSENT_SOAK", "1")
        .status()?;
    Ok(repository::exit_code(status))
}
