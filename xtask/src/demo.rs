//! `cargo xtask demo`: builds the binaries and hands over to `assent demo`.

use crate::{repository, web};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// `assent`, and the reader and the example service, which it starts as programs of their own.
pub(crate) const PACKAGES: [&str; 6] = [
    "-p",
    "assent-cli",
    "-p",
    "assent-meter",
    "-p",
    "assent-insights",
];

/// Becomes `assent demo` with the same arguments, so that terminal, signals and exit code are its
/// own. Returns only when that fails.
pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    build()?;
    Err(assent()?.arg("demo").args(arguments).exec())
}

/// Builds [`PACKAGES`], with the wallet in the pages where Node is there to build that.
fn build() -> io::Result<()> {
    if let Err(error) = web::bundle() {
        eprintln!("what runs in browsers cannot be built: {error}");
    }
    repository::succeed(repository::cargo().arg("build").args(PACKAGES))
}

/// The built `assent`, ready for arguments.
pub(crate) fn assent() -> io::Result<Command> {
    Ok(Command::new(repository::target()?.join("debug/assent")))
}
