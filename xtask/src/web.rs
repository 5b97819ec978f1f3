//! `cargo xtask web`: installs what `web/` needs from its lock file, checks its types and runs its tests.

use crate::repository::{self, root};
use std::io;
use std::process::{Command, ExitCode};

/// Compiles the wallet and tests it; fails with the first step that does.
pub(crate) fn run() -> io::Result<ExitCode> {
    let folder = root().join("web");
    let npm = |arguments: &[&str]| {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(&folder);
        repository::succeed(&mut command)
    };
    npm(&["ci", "--no-audit", "--no-fund"])?;
    npm(&["test"])?;
    Ok(ExitCode::SUCCESS)
}
