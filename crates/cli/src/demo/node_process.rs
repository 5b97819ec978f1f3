//! A node as a process of its own: started on an empty directory, stopped by its own id.

use std::env;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::failure::{Doing, Failure};

/// How long a node may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// Settings of the user are for the user's node.
const SETTINGS: &str = "ASSENT_";

/// A running node. It is killed when it is dropped.
#[derive(Debug)]
pub(super) struct NodeProcess {
    /// Where its API is.
    pub(super) url: String,
    child: Child,
}

/// The first line of `assent serve --json`.
#[derive(Deserialize)]
struct Listening {
    address: String,
}

impl NodeProcess {
    /// Makes a node in a new directory and starts it on free ports.
    pub(super) async fn start(data_dir: &Path) -> Result<Self, Failure> {
        let init = assent()?
            .arg("init")
            .arg("--data-dir")
            .arg(data_dir)
            .output()
            .await;
        let init = init.doing("`assent init` cannot be run")?;
        if !init.status.success() {
            return Err(failed("`assent init`", &init.stderr));
        }
        let mut serve = assent()?;
        serve
            .args([
                "serve",
                "--json",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
            ])
            .arg("--data-dir")
            .arg(data_dir)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = serve.spawn().doing("`assent serve` cannot be run")?;
        let stdout = child.stdout.take().expect("the output is piped");
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await;
        let line = line.map_err(|_| Failure::unreachable("the node does not start in time"))??;
        let line = line.ok_or_else(|| Failure::unreachable("the node ends before it listens"))?;
        let listening: Listening =
            serde_json::from_str(&line).doing("the node does not say where it listens")?;
        Ok(Self {
            url: format!("http://{}", listening.address),
            child,
        })
    }

    /// Asks the node to stop, and waits until it has written everything.
    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = id.and_then(Pid::from_raw) {
            let sent = kill_process(pid, Signal::TERM).map_err(std::io::Error::from);
            sent.doing("the node cannot be told to stop")?;
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.map_err(|_| Failure::problem("the node does not stop in time"))??;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::problem(format!(
                "the node did not stop in order: {status}"
            )))
        }
    }
}

/// This program once more, without the user's settings.
pub(super) fn assent() -> Result<Command, Failure> {
    let program = env::current_exe().doing("this program cannot find itself")?;
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    let settings = env::vars_os().map(|(name, _)| name);
    for name in settings.filter(|name| name.to_string_lossy().starts_with(SETTINGS)) {
        command.env_remove(name);
    }
    Ok(command)
}

/// The failure of a process, in its own words.
pub(super) fn failed(what: &str, stderr: &[u8]) -> Failure {
    let said = String::from_utf8_lossy(stderr);
    Failure::problem(format!("{what} fails: {}", said.trim()))
}
