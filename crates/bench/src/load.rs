//! Clients that ask a server as fast as it answers, each over one connection that stays open.
//!
//! Requests are whole before the clock runs, so that a client does little more than write and read.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Outcome;

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// A POST of JSON.
    pub(crate) fn post(path: &str, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("transfer objects have a JSON form");
        let mut bytes = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend(body);
        Self(bytes)
    }

    /// A request without a body, with more headers.
    pub(crate) fn bare(method: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if method != "GET" {
            text.push_str("content-length: 0\r\n");
        }
        text.push_str("\r\n");
        Self(text.into_bytes())
    }
}

/// Asks once; the head of the answer, in lower case but for what it says.
pub(crate) async fn head_of(server: SocketAddr, request: &Request) -> Outcome<String> {
    let mut connection = Connection::to(server).await?;
    connection.ask(request).await?;
    let end = end_of_head(&connection.buffer).unwrap_or_default();
    Ok(String::from_utf8_lossy(&connection.buffer[..end]).into_owned())
}

/// An answer: what stands in it, and how long it took.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Load {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// In no order.
    pub(crate) answers: Vec<Answer>,
}

/// Sends all requests, shared out among so many clients.
pub(crate) async fn run(
    server: SocketAddr,
    clients: usize,
    requests: Vec<Request>,
) -> Outcome<Load> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::to(server).await?);
    }
    let shared = Arc::new((requests, AtomicUsize::new(0)));
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn(client(connection, Arc::clone(&shared)));
    }
    let mut answers = Vec::new();
    while let Some(answered) = tasks.join_next().await {
        answers.extend(answered??);
    }
    Ok(Load {
        elapsed: begin.elapsed(),
        answers,
    })
}

async fn client(
    mut connection: Connection,
    shared: Arc<(Vec<Request>, AtomicUsize)>,
) -> io::Result<Vec<Answer>> {
    let (requests, next) = &*shared;
    let mut answers = Vec::new();
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let begin = Instant::now();
        let body = connection.ask(request).await?;
        answers.push(Answer {
            body,
            took: begin.elapsed(),
        });
    }
    Ok(answers)
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn to(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    /// Sends a request and reads the body of the answer, which must be a success.
    async fn ask(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        self.stream.write_all(&request.0).await?;
        self.buffer.clear();
        let end_of_head = loop {
            if let Some(end) = end_of_head(&self.buffer) {
                break end;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end_of_head]).to_ascii_lowercase();
        // An answer that says so has none.
        let is_empty = head.starts_with("http/1.1 204");
        let length = content_length(&head).or(is_empty.then_some(0));
        let length = length.ok_or_else(|| invalid(&head))?;
        while self.buffer.len() < end_of_head + length {
            self.read().await?;
        }
        let body = self.buffer[end_of_head..].to_vec();
        if head.starts_with("http/1.1 2") {
            Ok(body)
        } else {
            Err(invalid(&String::from_utf8_lossy(&body)))
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let blank = b"\r\n\r\n";
    bytes
        .windows(blank.len())
        .position(|window| window == blank)
        .map(|start| start + blank.len())
}

fn content_length(head: &str) -> Option<usize> {
    let header = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))?;
    header.trim().parse().ok()
}

fn invalid(said: &str) -> io::Error {
    io::Error::other(format!("the server answers: {said}"))
}
