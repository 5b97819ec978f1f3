//! Where the repository is, which files it has, and how its commands are started.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::LazyLock;

/// The folder that holds the workspace's `Cargo.toml`. Cargo says at each run where it is: what was
/// compiled in would be another repository's where the build folder was copied.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = || env!("CARGO_MANIFEST_DIR").into();
        let folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(built);
        let folder = PathBuf::from(folder);
        let root = folder.parent();
        root.expect("xtask is a folder of the workspace").into()
    });
    &ROOT
}

/// The build folder, found from this very binary, so that a configured target folder is respected.
pub(crate) fn target() -> io::Result<PathBuf> {
    let binary = env::current_exe()?;
    binary
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .ok_or_else(|| io::Error::other("xtask does not run from a target folder"))
}

/// The cargo that started this run, in the root folder.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Runs a command to its end and makes its failure an error that names the program.
pub(crate) fn succeed(command: &mut Command) -> io::Result<()> {
    let program = command.get_program().display().to_string();
    let status = command
        .status()
        .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{program} ended with {status}")))
    }
}

/// The exit code of a child, as our own. A child that a signal ended counts as failed.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Every file that is tracked or about to be: paths relative to the root, sorted.
pub(crate) fn files() -> io::Result<Vec<String>> {
    let listed = output(
        Command::new("git")
            .current_dir(root())
            .args(["ls-files", "-z", "--cached", "--others"])
            .arg("--exclude-standard"),
    )?;
    let mut paths: Vec<String> = listed
        .split('\0')
        // A file deleted from the work tree is still listed until the deletion is staged.
        .filter(|path| root().join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Runs a command and returns what it printed; its error stream goes to ours.
pub(crate) fn output(command: &mut Command) -> io::Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!(
            "{program} ended with {}",
            output.status
        )));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
