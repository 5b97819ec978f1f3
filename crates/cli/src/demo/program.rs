//! Another program of the product, as a process of its own.

use std::env;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::failure::{Doing, Failure};

/// How long a program may take to say what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program. It is killed when it is dropped.
#[derive(Debug)]
pub(super) struct Program {
    name: &'static str,
    said: mpsc::UnboundedReceiver<String>,
    _child: Child,
}

impl Program {
    /// Starts the program of this name, which stands beside this one.
    pub(super) fn start(name: &'static str, arguments: &[&str]) -> Result<Self, Failure> {
        let own = env::current_exe().doing("this program cannot find itself")?;
        let mut command = Command::new(own.with_file_name(name));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let child = command.spawn();
        let mut child = child.doing(format!(
            "{name} cannot be started: it has to be built, beside this program"
        ))?;
        let stdout = child.stdout.take().expect("the output is piped");
        let stderr = child.stderr.take().expect("the output is piped");
        let (sender, said) = mpsc::unbounded_channel();
        tokio::spawn(listen(stdout, stderr, sender));
        Ok(Self {
            name,
            said,
            _child: child,
        })
    }

    /// Waits until the program says a line of which `read` makes something.
    pub(super) async fn says<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
        let name = self.name;
        let heard = async {
            while let Some(line) = self.said.recv().await {
                if let Some(found) = read(&line) {
                    return Some(found);
                }
            }
            None
        };
        let heard = timeout(PATIENCE, heard).await;
        let heard = heard.map_err(|_| Failure::problem(format!("{name} takes too long")))?;
        heard.ok_or_else(|| Failure::problem(format!("{name} has ended")))
    }
}

/// Every line that a program writes, in order.
async fn listen(stdout: ChildStdout, stderr: ChildStderr, sender: mpsc::UnboundedSender<String>) {
    let mut out = BufReader::new(stdout).lines();
    let mut err = BufReader::new(stderr).lines();
    loop {
        let line = tokio::select! {
            Ok(Some(line)) = out.next_line() => line,
            Ok(Some(line)) = err.next_line() => line,
            else => return,
        };
        // A story that waits for nothing more goes on.
        let _ = sender.send(line);
    }
}
