//! `bench node`: the node at rest, as `assent` from a release build runs it.

use std::env;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, float, median};

/// How long a node is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);
/// How long a node may take to be ready before this gives up.
const PATIENCE: Duration = Duration::from_secs(30);
const MIB: f64 = 1024.0 * 1024.0;

/// Measures everything.
pub(crate) fn run() -> Outcome<Figures> {
    let program = assent()?;
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("node");
    let made = Command::new(&program)
        .arg("init")
        .arg("--data-dir")
        .arg(&data_dir)
        .stdout(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("`assent init` fails".into());
    }
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (node, took) = Node::start(&program, &data_dir)?;
        starts.push(took.as_secs_f64() * 1000.0);
        thread::sleep(IDLE);
        memory.push(node.resident_kib()? / 1024.0);
    }
    let stripped = folder.path().join("assent");
    let size = float(stripped_size(&program, &stripped)?) / MIB;
    let mut figures = Figures::default();
    figures.push(Figure::new("start to ready", median(starts), "ms").at_most(300.0));
    figures.push(Figure::new("idle memory", median(memory), "MiB").at_most(60.0));
    figures.push(Figure::new("stripped binary", size, "MiB").at_most(40.0));
    Ok(figures)
}

/// Where `assent` is: beside this program, built with it.
fn assent() -> Outcome<PathBuf> {
    let program = env::current_exe()?.with_file_name("assent");
    if program.exists() {
        Ok(program)
    } else {
        Err("`assent` is not built: use `cargo xtask bench node`".into())
    }
}

fn stripped_size(program: &Path, stripped: &Path) -> Outcome<usize> {
    let done = Command::new("strip")
        .arg("-o")
        .arg(stripped)
        .arg(program)
        .status()?;
    if !done.success() {
        return Err("`strip` fails".into());
    }
    Ok(usize::try_from(fs::metadata(stripped)?.len())?)
}

/// A node that runs until this is dropped.
struct Node(Child);

impl Node {
    /// Starts a node; how long it took until it said that it is ready.
    fn start(program: &Path, data_dir: &Path) -> Outcome<(Self, Duration)> {
        let [listen, admin] = [free_address()?, free_address()?];
        let begin = Instant::now();
        let process = Command::new(program)
            .arg("serve")
            .arg("--data-dir")
            .arg(data_dir)
            .args([
                "--listen",
                &listen.to_string(),
                "--admin-listen",
                &admin.to_string(),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let node = Self(process);
        while !is_ready(admin) {
            if begin.elapsed() > PATIENCE {
                return Err("the node does not become ready".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok((node, begin.elapsed()))
    }

    /// The memory that the node has in use.
    fn resident_kib(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.ok_or("the system does not tell")?.parse()?)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that nobody listens on at the moment.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

fn is_ready(admin: SocketAddr) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(admin)?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
