//! `cargo xtask bench NAME [--json]`: one benchmark, in release mode.

use crate::{MISUSE, repository, setup};
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The benchmarks there are.
pub(crate) const NAMES: [&str; 5] = ["consent", "crypto", "node", "pages", "stream"];

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
    let mut command = Command::new(program);
    command.args(arguments);
    if arguments.first().is_some_and(|name| name == "stream") {
        if let Some(python) = setup::python()? {
            command.env("ASSENT_TEST_PYTHON", python);
        }
        command.env("ASSENT_BENCH_MLS", mls()?);
    }
    let status = command.status()?;
    Ok(repository::exit_code(status))
}

/// Whether a benchmark has this name.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Builds the peer that has its own workspace, and says where it is.
fn mls() -> io::Result<PathBuf> {
    let manifest = repository::root().join("crates/bench/mls/Cargo.toml");
    let target = repository::target()?.join("peers");
    let mut build = repository::cargo();
    build
        .args([
            "build",
            "--release",
            "--quiet",
            "--locked",
            "--manifest-path",
        ])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target);
    repository::succeed(&mut build)?;
    Ok(target.join("release/assent-bench-mls"))
}
