//! This program once more, as a server of its own.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Outcome, cpu};

/// The first and only line that a server prints.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
    /// The server ends when this does.
    input: Option<ChildStdin>,
}

impl Server {
    /// Starts the hidden command with these arguments.
    pub(crate) fn start<A: AsRef<OsStr>>(arguments: &[A]) -> Outcome<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(logs())
            .spawn()?;
        let output = process.stdout.take().expect("the output is piped");
        let input = process.stdin.take();
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let Listening { address } = serde_json::from_str(&line)?;
        Ok(Self {
            address,
            process,
            input,
        })
    }

    /// CPU time that it has used so far.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        cpu::of_process(self.process.id())
    }

    /// Lets it finish what it does, and waits for its end.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        drop(self.input.take());
        let status = self.process.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` it has ended, and nothing happens here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Logs are written as ever and read by nobody, unless the user asked for some.
fn logs() -> Stdio {
    if env::var_os("RUST_LOG").is_some() {
        Stdio::inherit()
    } else {
        Stdio::null()
    }
}

/// What a server does once it listens: says where, and waits until its input ends.
pub(crate) async fn until_input_ends(listening: &Listening) -> Outcome<()> {
    println!("{}", serde_json::to_string(listening)?);
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
