//! The program under test.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::lines::Line;

/// A reader that runs; killed when dropped.
pub(crate) struct Reader {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Reader {
    /// Starts a reader that prints, with this buffer.
    pub(crate) fn start(buffer: &Path, arguments: &[&str]) -> Self {
        Self::start_silent(buffer, &[&["--print"], arguments].concat())
    }

    /// Starts a reader with this buffer.
    pub(crate) fn start_silent(buffer: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assent-meter"))
            .arg("--buffer")
            .arg(buffer)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let stdout = child.stdout.take().expect("it is piped");
        Self {
            child,
            stdout: BufReader::new(stdout),
        }
    }

    /// The next record that it prints.
    pub(crate) fn line(&mut self) -> Line {
        let mut text = String::new();
        self.stdout.read_line(&mut text).expect("it prints UTF-8");
        Line::read(&text).unwrap_or_else(|| panic!("no record: {text:?} {}", self.words()))
    }

    /// Everything that it prints until it ends by itself, without a failure.
    pub(crate) fn until_the_end(mut self) -> Vec<Line> {
        let lines = self.rest();
        let status = self.child.wait().expect("a child can be waited for");
        assert!(status.success(), "{status}");
        lines
    }

    /// Kills it as `kill -9` does, and gives what it had printed.
    pub(crate) fn kill(&mut self) -> Vec<Line> {
        self.child.kill().expect("it runs, or has ended");
        self.child.wait().expect("a child can be waited for");
        self.rest()
    }

    /// Asks it to end, and gives its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it runs");
        self.child.wait().expect("a child can be waited for").code()
    }

    /// What it says to its operator until it ends.
    fn words(&mut self) -> String {
        let mut words = String::new();
        let mut stderr = self.child.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut words).expect("it prints UTF-8");
        words
    }

    /// The exit code and the words of one that is expected to fail.
    pub(crate) fn failure(mut self) -> (Option<i32>, String) {
        let words = self.words();
        (
            self.child.wait().expect("a child can be waited for").code(),
            words,
        )
    }

    /// Memory that it has in use.
    pub(crate) fn resident_kibibytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.expect("a figure").parse().expect("a number")
    }

    fn rest(&mut self) -> Vec<Line> {
        let lines = self.stdout.by_ref().lines();
        lines
            .filter_map(|line| Line::read(&line.expect("UTF-8")))
            .collect()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of telegrams.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/p1");
    fs::read(folder.join(name)).expect("a fixture")
}

/// Waits for what must come, for half a minute at most.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
