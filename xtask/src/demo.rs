//! `cargo xtask demo`: builds the binaries and hands over to `assent demo`.

use crate::{repository, web};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Becomes `assent demo` with the same arguments, so that terminal, signals and exit code are its
/// own. Returns only when that fails.
pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    build()?;
    Err(assent()?.arg("demo").args(arguments).exec())
}

/// Builds `assent`, with the wallet in its pages where Node is there to build that, and
/// `assent-meter`, which it starts as a program of its own.
pub(crate) fn build() -> io::Result<()> {
    if let Err(error) = web::bundle() {
        eprintln!("the wallet of the browser cannot be built: {error}");
    }
    repository::succeed(repository::cargo().args([
        "build",
        "-p",
        "assent-cli",
        "-p",
        "assent-meter",
    ]))
}

/// The built `assent`, ready for arguments.
pub(crate) fn assent() -> io::Result<Command> {
    Ok(Command::new(repository::target()?.join("debug/assent")))
}
