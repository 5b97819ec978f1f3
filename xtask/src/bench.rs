//! `cargo xtask bench NAME [--json]`: one benchmark, in release mode.

use crate::{MISUSE, repository};
use std::io;
use std::process::ExitCode;

/// The benchmarks there are.
pub(crate) const NAMES: [&str; 3] = ["consent", "crypto", "node"];

/// Runs the named benchmark; the options go to it unchanged.
pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    let Some(name) = arguments.first().filter(|name| is_known(name)) else {
        eprintln!(
            "cargo xtask bench NAME [--json], where NAME is one of: {}",
            NAMES.join(", ")
        );
        return Ok(ExitCode::from(MISUSE));
    };
    let status = repository::cargo()
        .args(["run", "--release", "-p", "assent-bench", "--", name])
        .args(&arguments[1..])
        .status()?;
    Ok(repository::exit_code(status))
}

/// Whether a benchmark has this name.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}
