//! `cargo xtask bench NAME [--json]`: one benchmark, in release mode.

use crate::{MISUSE, repository};
use std::io;
use std::process::{Command, ExitCode};

/// The benchmarks there are.
pub(crate) const NAMES: [&str; 4] = ["consent", "crypto", "node", "pages"];

/// Runs the named benchmark; the options go to it unchanged.
pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    if !arguments.first().is_some_and(|name| is_known(name)) {
        eprintln!(
            "cargo xtask bench NAME [--json], where NAME is one of: {}",
            NAMES.join(", ")
        );
        return Ok(ExitCode::from(MISUSE));
    }
    // Built together, so that `assent` is there to be measured and nothing is built twice.
    repository::succeed(
        repository::cargo()
            .args(["build", "--release", "--quiet", "--bins"])
            .args(["-p", "assent-bench", "-p", "assent-cli"]),
    )?;
    let program = repository::target()?.join("release/assent-bench");
    let status = Command::new(program).args(arguments).status()?;
    Ok(repository::exit_code(status))
}

/// Whether a benchmark has this name.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}
