//! `cargo xtask soak`: the long counts of tests that `cargo xtask test` runs a tenth of.

use crate::repository;
use std::io;
use std::process::ExitCode;

/// Packages with an integration test whose counts grow under `ASSENT_SOAK`: kills of the node, the
/// timing of the directory, random sequences of commands, a day of telegrams; and the reader, which the
/// last of them starts.
const SOAKED: &[&str] = &[
    "assent-node",
    "assent-exchange",
    "assent-cli",
    "assent-meter",
];

/// Runs the same tests with `ASSENT_SOAK` set, so that no test has to be ignored.
pub(crate) fn run() -> io::Result<ExitCode> {
    let packages = SOAKED.iter().flat_map(|package| ["--package", package]);
    let status = repository::cargo()
        .args(["test", "--test", "it"])
        .args(packages)
        .env("ASSENT_SOAK", "1")
        .status()?;
    Ok(repository::exit_code(status))
}
