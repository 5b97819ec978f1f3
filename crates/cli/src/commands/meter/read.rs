//! Starting `assent-meter`, a program of its own, so that what reads a meter stays small.

use std::env;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::failure::Failure;

const PROGRAM: &str = "assent-meter";

/// Becomes the program that reads a meter. Returns only where that fails.
pub(crate) fn start(arguments: &[String]) -> Result<(), Failure> {
    let error = Command::new(program()).args(arguments).exec();
    Err(match error.kind() {
        ErrorKind::NotFound => Failure::problem(format!(
            "{PROGRAM} is neither beside this program nor on the path: install it, or build it with `cargo build -p {PROGRAM}`"
        )),
        _ => Failure::problem(format!("{PROGRAM} cannot be started")).caused_by(&error),
    })
}

/// The one beside this program, as they are installed together; otherwise the one on the path.
fn program() -> OsString {
    let beside = env::current_exe().map(|own| own.with_file_name(PROGRAM));
    match beside {
        Ok(path) if path.is_file() => path.into(),
        _ => PROGRAM.into(),
    }
}
