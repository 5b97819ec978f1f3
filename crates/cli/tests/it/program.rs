//! Running the built command, and a node of it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// The command.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_assent");

/// What a run of the command left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command, without the settings of whoever runs the tests.
pub(crate) fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ASSENT_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs the command to its end.
pub(crate) fn assent(arguments: &[&str]) -> Run {
    run(command().args(arguments))
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().expect("the command runs");
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    Run {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

impl Run {
    /// Fails the test unless the command did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// Fails the test unless the command ended with this exit code and these words.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stderr.contains(words), "{self:?}");
        self
    }

    /// The answer, which must be one line of JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).expect("the answer is JSON")
    }
}

/// A node of the command, killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) url: String,
    pub(crate) data_dir: PathBuf,
    child: Child,
}

impl Node {
    /// Makes a node in a folder and starts it.
    pub(crate) fn new(folder: &Path) -> Self {
        let data_dir = folder.join("node");
        assent(&["init", "--data-dir", text(&data_dir)]).done();
        Self::start(&data_dir)
    }

    /// Starts the node of a data directory on free ports.
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_at(data_dir, "127.0.0.1:0")
    }

    /// The same node after `kill -9`, at the same address.
    pub(crate) fn killed(mut self) -> Self {
        self.child.kill().expect("the node runs");
        self.child.wait().expect("a child can be waited for");
        let address = self.url.trim_start_matches("http://");
        Self::start_at(&self.data_dir, address)
    }

    fn start_at(data_dir: &Path, address: &str) -> Self {
        let anywhere = "127.0.0.1:0";
        let mut serve = command();
        serve
            .args([
                "serve",
                "--json",
                "--listen",
                address,
                "--admin-listen",
                anywhere,
            ])
            .args(["--data-dir", text(data_dir)])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = serve.spawn().expect("the node runs");
        let listening = first_line(&mut child);
        Self {
            url: format!(
                "http://{}",
                listening["address"].as_str().expect("an address")
            ),
            data_dir: data_dir.to_owned(),
            child,
        }
    }

    /// Runs a command at this node, with its answer in JSON.
    pub(crate) fn assent(&self, arguments: &[&str]) -> Run {
        run(command()
            .args(arguments)
            .args(["--json", "--node", &self.url]))
    }

    /// Stops the node as an operator does; its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        terminate(&self.child);
        self.child.wait().expect("the node ends").code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // One that was stopped is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a process to stop.
pub(crate) fn terminate(child: &Child) {
    let id = i32::try_from(child.id()).expect("a process id");
    kill_process(Pid::from_raw(id).expect("a process id"), Signal::TERM)
        .expect("the process is there");
}

/// The first line of what a process writes, as JSON.
pub(crate) fn first_line(child: &mut Child) -> Value {
    let stdout = child.stdout.take().expect("the output is piped");
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the process writes");
    serde_json::from_str(&line).expect("the process says where it listens")
}

/// A folder that is gone after the test.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

/// A file of this repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}
