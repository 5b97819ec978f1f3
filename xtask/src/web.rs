//! `cargo xtask web`: installs what `web/` needs from its lock file, makes the bundle that the node takes
//! in, checks types and runs the tests.

use crate::repository::{self, root};
use crate::setup;
use std::io;
use std::process::{Command, ExitCode};

/// Makes the bundle, compiles the wallet and tests it; fails with the first step that does.
pub(crate) fn run() -> io::Result<ExitCode> {
    bundle()?;
    npm(&["test"])?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the bundle alone. What would not change is left alone, so that nothing is built anew.
pub(crate) fn bundle() -> io::Result<()> {
    setup::node_modules("web")?;
    npm(&["run", "--silent", "bundle"])
}

fn npm(arguments: &[&str]) -> io::Result<()> {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(root().join("web"));
    repository::succeed(&mut command)
}
